// Judges a model on real events, with their conditions and weights.
package import Configuration
package import Evaluation
package import RunStore
package import Samples
internal import ToyDescriptions
internal import ToySimulation

/// Takes the measures of a config on any events that have its targets and conditions.
package struct Evaluator {
  let configuration: Configuration
  private let parts: [Split.Part: JudgedEvents]
  private let separation: Separation?
  let generation: Generation
  private let targetTransform: Transform
  /// The extents of an event's cells; nil where the targets are columns.
  private let cellShape: [Int]?
  let threads: Int
  private let floors = KnownFloors()

  /// Floors of a part's measures, which are the same at every epoch.
  private final class KnownFloors {
    var values: [String: [Measure]] = [:]
  }

  /// The reference sample of a config's `evaluation.against`; nil where there is none.
  package static func reference(
    _ configuration: Configuration, locations: DataLocations, engine: Engine, observer: TrainingObserver
  ) throws -> EventSample? {
    guard let against = configuration.evaluation.against else { return nil }
    let momentum = configuration.evaluation.momentum.map { [(role: ColumnRole.condition, name: $0)] } ?? []
    return try EventSample(
      source: against.source, columns: momentum + configuration.data.targets.map { (.target, $0) },
      weights: against.weights, name: "\(configuration.name) reference", locations: locations, engine: engine,
      observer: observer)
  }

  /// The judge of a run that trains.
  init(
    configuration: Configuration, data: TrainingData, reference: EventSample?, model: any GenerativeModel, threads: Int
  ) throws {
    // A copy of the training part with its digests is made once, and only for a measure that looks at it.
    let training =
      configuration.evaluation.definitions.needTraining
      ? try data.dataset.rows(data.split.rows(of: .train), configuration.data) : nil
    try self.init(
      configuration: configuration, reference: reference?.dataset, model: model,
      targetTransform: data.targetTransform, cellShape: data.cellShape, threads: threads,
      parts: [
        .validation: JudgedEvents(.validation, of: data, configuration.data, training: training),
        .test: JudgedEvents(.test, of: data, configuration.data, training: training),
      ])
  }

  /// - Parameters:
  ///   - reference: of another species, for the AUC map.
  ///   - parts: the events of the config's own sample.
  init(
    configuration: Configuration, reference: Dataset?, model: any GenerativeModel, targetTransform: Transform,
    cellShape: [Int]?, threads: Int, parts: [Split.Part: JudgedEvents] = [:]
  ) throws {
    (self.configuration, self.threads, self.parts) = (configuration, threads, parts)
    (self.targetTransform, self.cellShape) = (targetTransform, cellShape)
    generation = try Generation(model: model, seed: configuration.seed)
    separation = try reference.flatMap { try Separation(configuration, reference: $0) }
  }

  /// The config's measures of the model's present state on a part of its own sample.
  /// - Returns: nil where the part has no rows.
  /// - Throws: `EvaluationError` where the part is not measurable.
  package func evaluation(of part: Split.Part, epoch: Int, step: Int) throws -> EpochEvaluation? {
    guard let events = parts[part], events.count > 0 else { return nil }
    return try evaluation(of: events, epoch: epoch, step: step, measures: configuration.evaluation.definitions)
  }

  /// - Parameters:
  ///   - bins: bins of conditions in which the measures of columns are taken too.
  ///   - projections: combinations of targets that are measured like targets.
  ///   - requested: an undefined measure is an error.
  ///   - takesFloors: whether the values get floors.
  ///   - progress: as of `judge`.
  func evaluation(
    of events: JudgedEvents, epoch: Int, step: Int, measures: [MeasureDefinition], bins: [ComparisonBins] = [],
    projections: [Projection] = [], requested: Bool = false, takesFloors: Bool = true,
    progress: (String, Double) -> Void = { _, _ in }
  ) throws -> EpochEvaluation {
    let replicas = configuration.evaluation.replicas
    let generated = try generated(for: events, replicas: replicas)
    let comparison = try comparison(
      events, generated: generated, measures: measures, bins: bins, projections: projections)
    func judged(_ comparison: SampleComparison, _ measures: [MeasureDefinition]) throws -> [Measure] {
      try judge(
        comparison, measures: measures, requested: requested,
        floors: takesFloors ? .known(knownFloors(comparison, measures, of: events)) : .none, progress: progress)
    }
    let ofImages = events.cells == nil ? [] : measures.filter { $0.needs.contains(.images) }
    let others = measures.filter { measure in !ofImages.contains { $0.name == measure.name } }
    var values = try judged(comparison, others)
    if !ofImages.isEmpty { values += try judged(imageComparison(of: events) ?? comparison, ofImages) }
    return EpochEvaluation(
      record: try events.record(
        epoch: epoch, seed: configuration.seed,
        generated: WeightedPoints(columns: generated, weights: comparison.generated.weights)),
      metrics: values.map { MetricRecord($0, role: events.role, epoch: epoch, step: step) }, comparison: comparison)
  }

  /// Targets for the conditions of given events; of cells a summary.
  private func generated(for events: JudgedEvents, replicas: Int) throws -> [[Double]] {
    guard let cells = configuration.data.cells, let cellShape else {
      return try generation.generate(
        conditions: events.conditionMatrix, rows: events.count, replicas: replicas, series: events.series,
        transform: targetTransform)
    }
    let conditions = events.dataset.columns(.condition)
    return try generation.columns(
      CellObservables(cells, shape: cellShape, conditions: configuration.data.conditions), physical: conditions,
      conditions: events.conditionMatrix, rows: events.count, replicas: replicas, series: events.series,
      cells: GeneratedCells(
        cells, shape: cellShape, conditions: conditions, rows: events.count, threads: threads))
  }

  private func knownFloors(
    _ comparison: SampleComparison, _ measures: [MeasureDefinition], of events: JudgedEvents
  ) -> [Measure] {
    let key = "\(events.role) \(measures.map(\.name)) \(comparison.projections) \(comparison.bins)"
    if let known = floors.values[key] { return known }
    let values = Evaluation.floors(of: comparison, measures: measures)
    floors.values[key] = values
    return values
  }

  private func comparison(
    _ events: JudgedEvents, generated: [[Double]], measures: [MeasureDefinition], bins: [ComparisonBins],
    projections: [Projection]
  ) throws -> SampleComparison {
    let dataset = events.dataset
    let conditions = dataset.columns(.condition)
    func repeated(_ values: [Double]) -> [Double] {
      (0..<configuration.evaluation.replicas).flatMap { _ in values }
    }
    return try SampleComparison(
      names: dataset.columns(.target).map(\.name),
      real: WeightedPoints(columns: dataset.columns(.target).map(\.values), weights: events.weights),
      generated: WeightedPoints(columns: generated, weights: repeated(events.weights)),
      pairing: .replicas(configuration.evaluation.replicas),
      conditions: conditions.isEmpty
        ? nil
        : ComparedConditions(
          names: conditions.map(\.name), real: conditions.map(\.values),
          generated: conditions.map { repeated($0.values) }),
      training: measures.needTraining ? events.training.map(WeightedPoints.init) : nil, modes: modes,
      projections: projections, separation: separation, bins: bins,
      undefined: configuration.data.cells == nil ? .refused : .leftOut, seed: configuration.seed, threads: threads)
  }

  /// The modes of a toy distribution, a coordinate for each target.
  private var modes: [Mode] {
    guard case .simulate(let source) = configuration.data.source, let toy = source.toy else { return [] }
    let axes = configuration.data.targets.compactMap(toy.columns.firstIndex)
    guard axes.count == toy.columns.count else { return [] }
    return toy.modes.map { mode in
      Mode(
        name: mode.name, points: mode.points.map { point in axes.map { point[$0] } }, sigma: mode.sigma,
        fraction: mode.fraction)
    }
  }
}

/// The values of one part at one epoch.
package struct EpochEvaluation {
  package let record: EvaluationRecord
  package let metrics: [MetricRecord]
  package let comparison: SampleComparison
}

extension MetricRecord {
  package init(_ measure: Measure, role: String, epoch: Int, step: Int) {
    self.init(
      epoch: epoch, step: step, role: role, name: measure.name, bin: measure.bin, value: measure.value,
      uncertainty: measure.uncertainty, masked: measure.masked, floor: measure.floor?.value,
      floorUncertainty: measure.floor?.uncertainty, reason: measure.reason, parameters: measure.parameters)
  }
}

extension WeightedPoints {
  /// The targets with their weights.
  fileprivate init(_ dataset: Dataset) {
    self.init(
      columns: dataset.columns(.target).map(\.values),
      weights: dataset.weightValues ?? [Double](repeating: 1, count: dataset.rowCount))
  }
}

extension Separation {
  /// The separation of a config's species from that of its reference; nil where no DLL tells them apart.
  fileprivate init?(_ configuration: Configuration, reference: Dataset) throws {
    guard let pair = configuration.evaluation.pair, let momentum = configuration.evaluation.momentum,
      let column = reference.columns(.target).first(where: { $0.name == pair.score }),
      let momenta = reference.columns(.condition).first(where: { $0.name == momentum })
    else { return nil }
    self.init(
      positiveName: pair.positive, negativeName: pair.negative, score: pair.score,
      trained: pair.trainedIsPositive ? .positive : .negative,
      reference: ReferenceSample(
        real: column.values, weights: reference.weightValues ?? [Double](repeating: 1, count: reference.rowCount),
        momentum: momenta.values), momentum: momentum,
      bins: try AUCBins(momentum: configuration.evaluation.momentumEdges))
  }
}

extension [MeasureDefinition] {
  /// Whether one of them looks at the events that the generator learnt from.
  var needTraining: Bool {
    contains { $0.needs.contains(.trainingSample) || NetworkMeasure(rawValue: $0.name) == .reconstructionError }
  }
}
