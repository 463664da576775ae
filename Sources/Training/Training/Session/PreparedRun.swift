// Everything that a run computes with: its data, its networks, its loop and its judge.
package import Configuration
package import Digests
internal import Numerics
package import RunStore
internal import Samples
internal import TensorGraph

/// A config made ready to train.
package struct PreparedRun {
  package let configuration: Configuration
  package let data: TrainingData
  let reference: EventSample?
  package let model: any GenerativeModel
  package let trainer: any Trainer
  package let evaluator: Evaluator
  let engine: Engine

  /// - Parameters:
  ///   - locations: where the data files are.
  /// - Throws: what is wrong with the data or the networks.
  package init(
    _ configuration: Configuration, locations: DataLocations, engine: Engine, observer: TrainingObserver
  ) throws {
    let data = try TrainingData(configuration, locations: locations, engine: engine, observer: observer)
    let reference = try Evaluator.reference(
      configuration, locations: locations, engine: engine, observer: observer)
    observer(.preparing("compiling the steps"))
    try self.init(
      configuration, data: data, reference: reference,
      model: Self.model(configuration, cells: data.cellShape, engine: engine), engine: engine)
  }

  /// - Parameters:
  ///   - reference: nil where the config has none.
  ///   - model: what `model(_:engine:)` made of the config.
  package init(
    _ configuration: Configuration, data: TrainingData, reference: EventSample?, model: any GenerativeModel,
    engine: Engine
  ) throws {
    (self.configuration, self.engine) = (configuration, engine)
    (self.data, self.reference, self.model) = (data, reference, model)
    trainer = model.trainer(configuration, events: data.events)
    evaluator = try Evaluator(
      configuration: configuration, data: data, reference: reference, model: model, threads: engine.threads)
  }

  /// A config's model: networks with their compiled steps, a histogram or a mean shower; no data are needed for it.
  /// - Parameters:
  ///   - cells: the extents of an event's cells, where the targets are cells.
  ///   - batch: rows of a minibatch; nil for the config's.
  /// - Throws: what is wrong with the networks, that the histogram is too large, or `TrainingError.cellsUnknown`.
  package static func model(
    _ configuration: Configuration, cells: [Int]?, batch: Int? = nil, engine: Engine
  ) throws -> any GenerativeModel {
    let data = configuration.data
    guard (cells == nil) == (data.cells == nil) else { throw TrainingError.cellsUnknown(name: configuration.name) }
    let inputs = ModelInputs(
      targets: cells?.reduce(1, *) ?? data.targets.count, conditionNames: data.conditions,
      weighted: data.weights != .none, batch: batch ?? configuration.training.batch, cells: cells,
      cellsAreRoots: data.cells?.power == 0.5)
    if let histogram = configuration.model.histogram {
      return try HistogramModel(histogram, inputs: inputs, engine: engine)
    }
    if let shower = configuration.model.meanShower {
      return MeanShowerModel(shower, inputs: inputs, engine: engine)
    }
    return try AdversarialModel(configuration.model, training: configuration.training, inputs: inputs, engine: engine)
  }

  /// The run's datasets as the store keeps them.
  package var datasets: [RunDataset] {
    [RunDataset(role: "train", data.sample, splitDigest: data.split.digest)]
      + (reference.map { [RunDataset(role: "reference", $0, splitDigest: nil)] } ?? [])
  }

  /// The record with which a run begins.
  func newRun(yaml: String, name: String? = nil, place: SweepPlace? = nil) -> NewRun {
    let json = configuration.canonicalJSON
    return NewRun(
      name: name ?? configuration.name, seed: configuration.seed,
      config: (yaml: yaml, json: json, digest: Digest(of: json)), programDigest: model.programDigest,
      parameters: configuration.leaves.map { ($0.path, ParameterValue($0.value)) }, datasets: datasets,
      parameterCount: model.parameterCount, place: place)
  }
}

extension RunDataset {
  package init(role: String, _ sample: EventSample, splitDigest: Digest?) {
    let dataset = sample.dataset
    self.init(
      role: role, name: dataset.name, source: dataset.source, recipe: sample.recipe, rows: dataset.rowCount,
      weightSum: dataset.weightSum, weightSumSquares: dataset.weightSumSquares,
      columns: zip(dataset.columns, dataset.columnDigests).map { entry, digest in
        DatasetColumn(name: entry.column.name, role: entry.role.rawValue, type: "float64", digest: digest)
      } + dataset.cellColumns, digest: dataset.digest, splitDigest: splitDigest)
  }

  /// The extents of an event's cells, where a column is an array of cells: its type is `float32[30,30]`. nil also where the
  /// stored ones cannot be.
  package var cellShape: [Int]? {
    columns.lazy.compactMap { column in
      guard column.type.hasPrefix("float32["), column.type.hasSuffix("]") else { return nil }
      let extents = column.type.dropFirst(8).dropLast().split(separator: ",").compactMap { Bound.extent.value(of: $0) }
      let cells = extents.reduce(1.0) { $0 * Double($1) }
      return extents.isEmpty || cells > Double(CellArray.mostCells) ? nil : extents
    }.first
  }

  /// What differs from another dataset in the same part, in words; empty where the digests are equal.
  func differences(from other: RunDataset) -> [String] {
    if digest == other.digest, splitDigest == other.splitDigest { return [] }
    var words: [String] = []
    if rows != other.rows { words.append("\(role): \(rows) rows instead of \(other.rows)") }
    let changed = columns.filter { column in
      !other.columns.contains { $0.name == column.name && $0.role == column.role && $0.digest == column.digest }
    }
    let missing = other.columns.filter { column in
      !columns.contains { $0.name == column.name && $0.role == column.role }
    }
    if !changed.isEmpty {
      words.append(
        "\(role): column\(changed.count > 1 ? "s" : "") \(changed.map(\.name).joined(separator: ", ")) differ")
    }
    if !missing.isEmpty { words.append("\(role): no column \(missing.map(\.name).joined(separator: ", "))") }
    if words.isEmpty {
      words.append(digest == other.digest ? "\(role): another split" : "\(role): another order of columns")
    }
    return words
  }
}

extension [RunDataset] {
  /// The extents of an event's cells in a run's own sample; nil where its targets are columns.
  package var trainedCellShape: [Int]? { first { $0.role == "train" }?.cellShape }
}

extension Dataset {
  /// The array of cells as the store lists it among the columns.
  fileprivate var cellColumns: [DatasetColumn] {
    guard let cells, let cellDigest else { return [] }
    let extents = cells.shape.map(String.init).joined(separator: ",")
    return [
      DatasetColumn(
        name: cells.name, role: ColumnRole.target.rawValue, type: "float32[\(extents)]", digest: cellDigest)
    ]
  }
}

extension ParameterValue {
  package init(_ value: ConfigurationValue) {
    switch value {
    case .integer(let integer): self = Int64(exactly: integer).map(ParameterValue.integer) ?? .text(String(integer))
    case .number(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .list: self = .text(value.description)
    }
  }
}
