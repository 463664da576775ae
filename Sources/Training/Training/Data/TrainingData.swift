// The training sample as the networks see it: split, transformed and weighted to mean 1.
package import Configuration
package import Samples

/// A sample with its split and transforms, both fitted on the training part alone.
package struct TrainingData: Sendable {
  package let sample: EventSample
  package let split: Split
  let conditionTransform: Transform
  let targetTransform: Transform
  /// Training rows of targets, conditions and, where there are weights, the weight.
  let events: TrainingEvents
  let conditions: [String]
  let targets: [String]
  /// Every row's conditions as the networks see them, by column.
  private let transformedConditions: [[Double]]

  package var dataset: Dataset { sample.dataset }
  /// The extents of an event's cells; nil where the targets are columns.
  package var cellShape: [Int]? { dataset.cells?.shape }

  /// - Throws: `SampleError` and others of `EventSample`; `TrainingError.tooFewRows` for fewer rows than a batch.
  package init(
    _ configuration: Configuration, locations: DataLocations, engine: Engine, observer: TrainingObserver
  ) throws {
    let data = configuration.data
    sample = try EventSample(
      source: data.source,
      columns: data.conditions.map { (.condition, $0) } + data.targets.map { (.target, $0) },
      cells: data.cells, weights: data.weights, name: configuration.name, locations: locations, engine: engine,
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
    let columns = try Self.seen(
      dataset, targets: targetTransform, conditions: transformedConditions, rows: rows,
      batch: configuration.model.objective.hasNetworks ? configuration.training.batch : nil, observer)
    if let shower = configuration.model.meanShower {
      // Cells are divided by the energy, as by a divisor.
      try requirePositive(shower.energy, in: dataset.columns(.condition))
    }
    events = try TrainingEvents(dataset, columns: columns, rows: rows, cells: data.cells)
  }

  /// The columns of a sample as the networks see them: targets, conditions and, where there are weights, the weight.
  /// - Parameters:
  ///   - conditions: transformed.
  ///   - rows: the training part.
  ///   - batch: nil where there are no minibatches.
  static func seen(
    _ dataset: Dataset, targets: Transform, conditions: [[Double]], rows: [Int], batch: Int?,
    _ observer: TrainingObserver
  ) throws -> [[Double]] {
    let weights = try dataset.weightValues.map {
      try normalised($0, rows: rows, of: dataset, batch: batch, observer)
    }
    return targets.forward(columns: dataset.columns(.target).map(\.values)) + conditions + (weights.map { [$0] } ?? [])
  }

  /// Weights with mean 1 over the training part. They are never divided by a batch's sum, which would bias the loss.
  /// - Parameter batch: nil where there are no minibatches.
  private static func normalised(
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

extension CellsConfiguration {
  /// What the cells of some rows are divided by, over the scale.
  /// - Parameters:
  ///   - conditions: in physical units.
  ///   - rows: nil for all of so many.
  /// - Throws: `SampleError.unfittable` where a condition is not above 0.
  func divisors(_ conditions: [Column], rows: [Int]? = nil, count: Int = 0) throws -> [Double] {
    switch divisor {
    case .number(let number): return [Double](repeating: number / scale, count: rows?.count ?? count)
    case .condition(let name):
      guard let values = conditions.first(where: { $0.name == name })?.values else { return [] }
      try requirePositive(name, in: conditions)
      return (rows.map { $0.map { values[$0] } } ?? values).map { $0 / scale }
    }
  }
}

/// - Throws: `SampleError.unfittable` where a condition that cells are divided by is not above 0.
private func requirePositive(_ name: String, in conditions: [Column]) throws {
  guard let values = conditions.first(where: { $0.name == name })?.values,
    let row = values.firstIndex(where: { $0 <= 0 })
  else { return }
  throw SampleError.unfittable(
    column: name, reason: "row \(row + 1) is \(values[row]), and cells are divided by it; remove such rows")
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
