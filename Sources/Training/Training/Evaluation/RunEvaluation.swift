// Judges a stored run at one of its checkpoints.
package import Configuration
package import Evaluation
internal import Foundation
package import RunStore
package import Samples

/// Which epoch of a run is judged.
package enum EpochChoice: Sendable, Equatable {
  /// The last with a checkpoint.
  case last
  /// The one with the best value of the metric by which the run keeps its best checkpoint or stops early; the energy
  /// distance without such a metric.
  case best
  case number(Int)
}

/// The real events against which a run is judged.
package enum JudgedSource: Sendable {
  /// A part of the run's own sample; nil for the test part, or the validation part where no rows are for tests.
  case part(Split.Part?)
  /// A file with the run's conditions and targets.
  /// - Parameters:
  ///   - weights: a column of weights, `none`, or nil for weights as the run's config makes them.
  ///   - role: the name under which the values are stored; nil for the file's name without its extension.
  case file(String, weights: String?, role: String?)
  /// The simulation of the run's sample with another seed: events that the run never saw.
  /// - Parameters:
  ///   - seed: nil for ``Configuration/Configuration/calibrationSeed``.
  ///   - rows: nil for as many as the run's sample has.
  ///   - role: the name under which the values are stored.
  case simulation(seed: UInt64?, rows: Int?, role: String)
}

/// A stored run, loaded to be judged.
///
///     let evaluation = try RunEvaluation("latest", at: .best, on: .part(nil), store: store, engine: engine, …)
///     let found = try evaluation.evaluate(MeasureCatalogue.defaults)
///     try store.addMetrics(found.metrics, of: found.record, to: evaluation.run)
///
/// The same run, epoch, events and measures give the same bits as the evaluation in training does.
package struct RunEvaluation {
  package let run: RunNumber
  package let epoch: Int
  package let configuration: Configuration
  /// The generator steps done at the epoch.
  package let step: Int
  /// The networks at the epoch.
  let sampler: Sampler
  private let evaluator: Evaluator
  let events: JudgedEvents

  /// - Parameters:
  ///   - reference: a run's number, name, uuid, `latest` or `best:METRIC`.
  ///   - measures: those that will be taken; a reference sample is made where one of them needs it.
  ///   - ofCells: a run whose targets are columns is an error.
  /// - Throws: `StoreError`, `TrainingError`, `SampleError`: what is wrong, where and how to repair it.
  package init(
    _ reference: String, at choice: EpochChoice, on source: JudgedSource, measures: [MeasureDefinition]?,
    ofCells: Bool = false, store: RunStore, engine: Engine, observer: @escaping TrainingObserver
  ) throws {
    let number = try store.resolve(reference)
    let sampler = try Sampler(
      "\(number)", at: try store.epoch(choice, of: number), store: store, engine: engine)
    (run, epoch, configuration, self.sampler) = (number, sampler.epoch, sampler.configuration, sampler)
    if ofCells, sampler.cellShape == nil { throw TrainingError.eventsOfColumns(run: number) }
    step = configuration.training.steps * sampler.epoch
    let asked = measures ?? configuration.evaluation.definitions
    events = try sampler.events(of: source, withTraining: asked.needTraining, observer: observer)
    guard events.count > 0 else {
      throw TrainingError.nothingToJudge(run: run, role: events.role)
    }
    var other: EventSample?
    if asked.contains(where: { $0.needs.contains(.otherSpecies) }) {
      other = try Evaluator.reference(
        configuration, locations: sampler.locations, engine: engine, observer: observer)
    }
    evaluator = try Evaluator(
      configuration: configuration, reference: other?.dataset, model: sampler.model,
      targetTransform: sampler.targetTransform, cellShape: sampler.cellShape, threads: engine.threads)
  }

  /// - Parameters:
  ///   - bins: bins of conditions in which the measures of columns are taken too.
  ///   - projections: combinations of targets that are measured like targets.
  ///   - requested: an undefined measure is an error.
  ///   - takesFloors: whether the values get floors.
  ///   - progress: as of `judge`.
  /// - Throws: `EvaluationError`.
  package func evaluate(
    _ measures: [MeasureDefinition], bins: [ComparisonBins] = [], projections: [Projection] = [],
    requested: Bool = false, takesFloors: Bool = true, progress: (String, Double) -> Void = { _, _ in }
  ) throws -> EpochEvaluation {
    let found = try evaluator.evaluation(
      of: events, epoch: epoch, step: step, measures: measures.filter { NetworkMeasure(rawValue: $0.name) == nil },
      bins: bins, projections: projections, requested: requested, takesFloors: takesFloors, progress: progress)
    let values = try measures.flatMap { definition -> [Measure] in
      guard let measure = NetworkMeasure(rawValue: definition.name) else { return [] }
      progress(definition.name, 1)
      return try self.values(of: measure, on: found, takesFloor: takesFloors)
    }
    return EpochEvaluation(
      record: found.record,
      metrics: found.metrics + values.map { MetricRecord($0, role: found.record.role, epoch: epoch, step: step) },
      comparison: found.comparison)
  }

  /// The real events.
  var judged: Dataset { events.dataset }

  /// The events that the generator learnt from; nil where they are not known, or are the judged ones.
  var training: Dataset? { events.role == "\(Split.Part.train)" ? nil : events.training }
}

extension Configuration {
  /// The seed of an independent sample of the same simulation where none is given; nil where the data are of a file.
  package var calibrationSeed: UInt64? {
    if case .simulate(let simulation) = data.source { simulation.seed &+ 1000 } else { nil }
  }
}

extension RunStore {
  /// The epoch that is meant; nil for the last with a checkpoint.
  package func epoch(_ choice: EpochChoice, of run: RunNumber) throws -> Int? {
    switch choice {
    case .last: return nil
    case .number(let epoch): return epoch
    case .best:
      try requireTrained(try self.run(run))
      let configuration = try Configuration.load(canonicalJSON: self.configuration(of: run).json)
      let metric =
        configuration.checkpoint.keep.metric ?? configuration.training.earlyStop?.metric ?? "energy_distance"
      let whole = Set(try checkpoints(of: run).filter { !$0.partial }.map(\.epoch))
      var course = ValidationCourse(metric: metric, every: 1)
      course.add(try metrics(of: run).filter { whole.contains($0.epoch) })
      guard let best = course.bestEpoch else { throw TrainingError.noBestEpoch(run: run, metric: metric) }
      return best
    }
  }
}

extension Sampler {
  /// - Parameter withTraining: whether the events that the generator learnt from are wanted, which are copied and hashed.
  fileprivate func events(
    of source: JudgedSource, withTraining: Bool, observer: @escaping TrainingObserver
  ) throws -> JudgedEvents {
    switch source {
    case .part(let asked):
      let (dataset, split) = try trainedSample(observer: observer)
      let part = asked ?? (split.rows(of: .test).isEmpty ? .validation : .test)
      let chosen = split.rows(of: part)
      let rows = try dataset.rows(chosen, configuration.data)
      return JudgedEvents(
        role: "\(part)", dataset: rows, conditionMatrix: conditionMatrix(of: rows), series: UInt64(part.rawValue),
        training: withTraining ? try dataset.rows(split.rows(of: .train), configuration.data) : nil,
        cells: dataset.cells.map { JudgedCells(array: $0, rows: chosen) },
        trainingCells: dataset.cells.map { JudgedCells(array: $0, rows: split.rows(of: .train)) })
    case .file(let path, let weights, let role):
      let chosen: WeightsConfiguration =
        switch weights {
        case nil: configuration.data.weights
        case "none": .none
        case .some(let column): .column(column)
        }
      return try events(
        of: .file(path), weights: chosen,
        role: role ?? URL(filePath: path).deletingPathExtension().lastPathComponent, observer: observer)
    case .simulation(let asked, let rows, let role):
      guard case .simulate(let own) = configuration.data.source, let seed = asked ?? configuration.calibrationSeed
      else {
        throw TrainingError.notSimulated(run: run)
      }
      guard seed != own.seed else { throw TrainingError.ownSimulation(run: run, seed: seed) }
      return try events(
        of: .simulate(own.with(seed: seed, rows: rows)), weights: configuration.data.weights, role: role,
        observer: observer)
    }
  }

  /// All events of a sample that the run was not trained with.
  private func events(
    of source: SampleSource, weights: WeightsConfiguration, role: String, observer: @escaping TrainingObserver
  ) throws -> JudgedEvents {
    let data = configuration.data
    // Another file may have the cells of an event in one row, as those that are generated have.
    let cells = cellShape.flatMap { data.cells?.with(shape: $0) }
    let sample = try EventSample(
      source: source, columns: data.conditions.map { (.condition, $0) } + data.targets.map { (.target, $0) },
      cells: cells, weights: weights, name: configuration.name, locations: DataLocations(folder: "."),
      engine: engine, observer: observer)
    let dataset = try sample.dataset.rows(Array(0..<sample.dataset.rowCount), data)
    return JudgedEvents(
      role: role, dataset: dataset, conditionMatrix: conditionMatrix(of: dataset),
      series: Generation.otherSampleSeries, training: nil,
      cells: sample.dataset.cells.map { JudgedCells(array: $0, rows: Array(0..<$0.rowCount)) })
  }

  private func conditionMatrix(of dataset: Dataset) -> [Float] {
    floatMatrix(columns: conditionTransform.forward(columns: dataset.columns(.condition).map(\.values)))
  }
}
