// Evaluates a model on a part of its sample, with the conditions and weights of the real events.
package import Configuration
internal import Evaluation
package import RunStore
package import Samples
internal import ToyDescriptions
internal import ToySimulation

/// The measures of a config on a part of the sample, and on the reference sample for the AUC.
package struct Evaluator {
  private let configuration: Configuration
  private let data: TrainingData
  private let separation: Separation?
  private let generation: Generation
  private let threads: Int

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

  init(
    configuration: Configuration, data: TrainingData, reference: EventSample?, model: AdversarialModel, threads: Int
  ) throws {
    (self.configuration, self.data, self.threads) = (configuration, data, threads)
    generation = try Generation(model: model, seed: configuration.seed)
    separation = try reference.flatMap { try Separation(configuration, reference: $0.dataset) }
  }

  /// The modes of a toy distribution, a coordinate for each target.
  private var modes: [Mode] {
    guard case .simulate(let source) = configuration.data.source, let toy = source.toy else { return [] }
    let axes = data.targets.compactMap(toy.columns.firstIndex)
    guard axes.count == toy.columns.count else { return [] }
    return toy.modes.map { mode in
      Mode(
        name: mode.name, points: mode.points.map { point in axes.map { point[$0] } }, sigma: mode.sigma,
        fraction: mode.fraction)
    }
  }

  /// - Returns: the measures of the model's present state; none where the part has no rows.
  /// - Throws: `EvaluationError` where the part is not measurable.
  package func metrics(of part: Split.Part, epoch: Int, step: Int) throws -> [MetricRecord] {
    let rows = data.split.rows(of: part)
    guard !rows.isEmpty else { return [] }
    let settings = configuration.evaluation
    let generated = generation.generate(
      conditions: data.conditionMatrix(rows: rows), rows: rows.count, replicas: settings.replicas,
      series: UInt64(part.rawValue), transform: data.targetTransform)
    func taken(_ values: [Double]) -> [Double] { rows.map { values[$0] } }
    let dataset = data.dataset
    var options = EvaluationOptions()
    options.measures = MeasureFamily.allCases.filter { family in settings.measures.contains { $0.family == family } }
    options.momentumEdges = settings.momentumEdges
    options.threads = threads
    let measures = try evaluate(
      EvaluationInput(
        targetNames: data.targets, real: dataset.columns(.target).map { taken($0.values) }, generated: generated,
        replicas: settings.replicas,
        weights: dataset.weightValues.map(taken) ?? [Double](repeating: 1, count: rows.count),
        momentum: settings.momentum.flatMap { name in
          dataset.columns(.condition).first { $0.name == name }.map { taken($0.values) }
        }, separation: separation, modes: modes, options: options))
    return measures.map {
      MetricRecord(
        epoch: epoch, step: step, role: "\(part)", name: $0.name, bin: $0.bin, value: $0.value,
        uncertainty: $0.uncertainty, masked: $0.masked)
    }
  }
}

extension EvaluationConfiguration.Measure {
  fileprivate var family: MeasureFamily {
    switch self {
    case .moments: .moments
    case .ks: .kolmogorovSmirnov
    case .energyDistance: .energyDistance
    case .aucMap: .aucMap
    case .modes: .modes
    }
  }
}

/// What separates two species: short names as physicists write them, and the DLL of the heavier hypothesis.
private struct SpeciesScore {
  let species: String
  let shortName: String
  let score: String?

  static let all = [
    SpeciesScore(species: "electron", shortName: "e", score: "RichDLLe"),
    SpeciesScore(species: "muon", shortName: "mu", score: "RichDLLmu"),
    SpeciesScore(species: "pion", shortName: "pi", score: nil),
    SpeciesScore(species: "kaon", shortName: "K", score: "RichDLLk"),
    SpeciesScore(species: "proton", shortName: "p", score: "RichDLLp"),
  ]

  /// The species of a simulated sample; a file of the kaon calibration sample is what has no species of its own.
  static func of(_ source: SampleSource, otherwise: String) -> SpeciesScore? {
    let species = if case .simulate(let simulation) = source { simulation.species } else { otherwise as String? }
    return all.first { $0.species == species }
  }
}

extension Separation {
  /// The separation of a config's species from that of its reference; nil where no DLL tells them apart.
  fileprivate init?(_ configuration: Configuration, reference: Dataset) throws {
    guard let against = configuration.evaluation.against, let momentum = configuration.evaluation.momentum,
      let trained = SpeciesScore.of(configuration.data.source, otherwise: "kaon"),
      let other = SpeciesScore.of(against.source, otherwise: "pion")
    else { return nil }
    let trainedIsPositive = trained.score.map(configuration.data.targets.contains) ?? false
    let (positive, negative) = trainedIsPositive ? (trained, other) : (other, trained)
    guard let score = positive.score, let column = reference.columns(.target).first(where: { $0.name == score }),
      let momenta = reference.columns(.condition).first(where: { $0.name == momentum })
    else { return nil }
    self.init(
      positiveName: positive.shortName, negativeName: negative.shortName, score: score,
      trained: trainedIsPositive ? .positive : .negative,
      reference: ReferenceSample(
        real: column.values, weights: reference.weightValues ?? [Double](repeating: 1, count: reference.rowCount),
        momentum: momenta.values))
  }
}
