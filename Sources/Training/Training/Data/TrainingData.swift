// The training sample as the networks see it: split, transformed and weighted to mean 1.
package import Configuration
package import Samples

/// A sample with its split and transforms, both fitted on the training part alone.
package struct TrainingData: Sendable {
  package let sample: EventSample
  package let split: Split
  let conditionTransform: Transform
  let targetTransform: Transform
  /// Training rows of targets, conditions and, where there are weights, the weight; row-major float32.
  let events: [Float]
  let conditions: [String]
  let targets: [String]
  /// Every row's conditions as the networks see them, by column.
  private let transformedConditions: [[Double]]

  package var dataset: Dataset { sample.dataset }
  var weighted: Bool { dataset.weightValues != nil }

  /// - Throws: `SampleError` and others of `EventSample`; `TrainingError.tooFewRows` for fewer rows than a batch.
  package init(
    _ configuration: Configuration, locations: DataLocations, engine: Engine, observer: TrainingObserver
  ) throws {
    let data = configuration.data
    sample = try EventSample(
      source: data.source,
      columns: data.conditions.map { (.condition, $0) } + data.targets.map { (.target, $0) },
      weights: data.weights, name: configuration.name, locations: locations, engine: engine,
      observer: observer)
    let dataset = sample.dataset
    split = Split(
      seed: data.splitSeed ?? configuration.seed, rows: dataset.rowCount,
      fractions: try SplitFractions(
        train: data.split.train, validation: data.split.validation, test: data.split.test))
    (conditions, targets) = (data.conditions, data.targets)
    let rows = split.rows(of: .train)
    guard rows.count >= configuration.training.batch else {
      throw TrainingError.tooFewRows(
        source: dataset.source, rows: rows.count, batch: configuration.training.batch, total: dataset.rowCount)
    }
    observer(.preparing("fitting the transforms of \(rows.count) training rows"))
    let kind = Transform.Kind(data.transform)
    conditionTransform = try Transform.fit(columns: dataset.columns(.condition), kind: kind, rows: rows)
    targetTransform = try Transform.fit(columns: dataset.columns(.target), kind: kind, rows: rows)
    transformedConditions = conditionTransform.forward(columns: dataset.columns(.condition).map(\.values))
    let transformedTargets = targetTransform.forward(columns: dataset.columns(.target).map(\.values))
    var columns = transformedTargets + transformedConditions
    if let weights = dataset.weightValues {
      columns.append(
        try Self.normalised(
          weights, rows: rows, of: dataset,
          batch: configuration.model.histogram == nil ? configuration.training.batch : nil, observer))
    }
    events = floatMatrix(columns: columns, rows: rows)
  }

  /// Weights with mean 1 over the training part. They are never divided by a batch's sum, which would bias the loss.
  /// - Parameter batch: nil where there are no minibatches.
  static func normalised(
    _ weights: [Double], rows: [Int], of dataset: Dataset, batch: Int?, _ observer: TrainingObserver
  ) throws -> [Double] {
    let summary = WeightSummary(rows.map { weights[$0] })
    try summary.requireUsable(origin: "the training part of \(dataset.source)")
    let fraction = summary.effectiveSize / Double(rows.count)
    if let batch, Double(batch) * fraction < 200 {
      observer(
        .warning(
          "a batch of \(batch) is worth \(Int(Double(batch) * fraction)) events with these weights; 200 or more train well,"
            + " so a larger training.batch may be needed"))
    }
    let mean = summary.sum / Double(rows.count)
    return weights.map { $0 / mean }
  }

  /// Conditions of some rows as the networks see them, row-major float32.
  func conditionMatrix(rows: [Int]) -> [Float] { floatMatrix(columns: transformedConditions, rows: rows) }
}

extension Transform.Kind {
  init(_ kind: DataConfiguration.TransformKind) {
    self =
      switch kind {
      case .quantileNormal: .quantileNormal
      case .standardise: .standardise
      case .none: .none
      }
  }
}
