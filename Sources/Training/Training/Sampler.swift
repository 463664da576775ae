// Events from a stored run: its generator and its transforms for given conditions, without its training data.
internal import CKernels
package import Configuration
package import RunStore
package import Samples

/// A run's generator as a checkpoint keeps it.
///
///     let sampler = try Sampler("latest", at: nil, store: store, engine: Engine())
///     let events = try sampler.events(for: readTable("tracks.npz"), seed: 1)
///
/// The targets of a row depend on the checkpoint, the seed, the row's number and its conditions, and on nothing else.
package struct Sampler {
  package let run: RunNumber
  /// The epoch whose end the checkpoint keeps.
  package let epoch: Int
  package let configuration: Configuration

  let model: any GenerativeModel
  let conditionTransform: Transform
  let targetTransform: Transform
  /// The extents of an event's cells; nil where the targets are columns.
  package let cellShape: [Int]?
  private let stored: [RunDataset]
  let engine: Engine

  /// - Parameters:
  ///   - reference: a run's number, name, uuid, `latest` or `best:METRIC`.
  ///   - epoch: an epoch with a checkpoint; nil for the last one.
  /// - Throws: `StoreError`, or `TrainingError.noCheckpoint` or `.stateDoesNotFit`.
  package init(_ reference: String, at epoch: Int?, store: RunStore, engine: Engine) throws {
    run = try store.resolve(reference)
    try requireTrained(try store.run(run))
    configuration = try Configuration.load(canonicalJSON: store.configuration(of: run).json)
    let whole = try store.checkpoints(of: run).filter { !$0.partial }
    guard let last = epoch ?? whole.map(\.epoch).max(), let checkpoint = try store.checkpoint(of: run, epoch: last)
    else { throw TrainingError.noCheckpoint(run: run, epoch: epoch) }
    self.epoch = last
    stored = try store.datasets(of: run)
    self.engine = engine
    let data = configuration.data
    cellShape = stored.trainedCellShape
    // A batch of 1: nothing is trained, so that the steps need no memory.
    model = try PreparedRun.model(configuration, cells: cellShape, batch: 1, engine: engine)
    try model.restore(checkpoint)
    conditionTransform = try checkpoint.transform("transform.conditions.", columns: data.conditions.count)
    targetTransform = try checkpoint.transform("transform.targets.", columns: data.targets.count)
  }

  /// The default seed of the noise: the run's.
  package var defaultSeed: UInt64 { configuration.seed }

  /// Where the run's files were when it began.
  var locations: DataLocations { DataLocations(configuration, stored: stored) }

  /// Columns of a table that have a target's name and are replaced by the generated ones.
  package func replacedColumns(of table: Table) -> [String] {
    table.columns.map(\.name).filter { configuration.data.targets.contains($0) || $0 == cellName }
  }

  /// Generates the targets of every row of a table.
  /// - Parameters:
  ///   - table: has the config's conditions, in physical units.
  ///   - rows: how many events where the table has no columns, for a run without conditions; nil for the table's rows.
  ///   - progress: called now and then with the number of rows done.
  /// - Returns: the conditions, the targets in physical units, and the table's other columns as they were.
  /// - Throws: `SampleError` for a condition that is missing or not finite.
  package func events(
    for table: Table, rows: Int? = nil, seed: UInt64, progress: (Int) -> Void = { _ in }
  ) throws -> Table {
    let data = configuration.data
    guard data.cells == nil else { throw TrainingError.eventsOfCells(run: run) }
    let conditions = try table.selecting(data.conditions)
    try conditions.requireFinite()
    let seen = conditionTransform.forward(columns: conditions.columns.map(\.values))
    let generated = try Generation(model: model, seed: seed).generate(
      conditions: floatMatrix(columns: seen), rows: rows ?? table.rowCount, series: Generation.samplingSeries,
      transform: targetTransform, progress: progress)
    let known = data.conditions + data.targets
    return try Table(
      columns: conditions.columns + zip(data.targets, generated).map { Column(name: $0, values: $1) }
        + table.columns.filter { !known.contains($0.name) },
      origin: table.origin)
  }

  /// Conditions of rows of the training part, drawn without repeats until each was drawn once, and then again. Where
  /// the run has weights, the rows' weights stand next to the conditions: a histogram needs them, as the training did.
  ///
  /// The sample is simulated or read again and its mass fit repeated, because the store keeps no events. A run without
  /// conditions needs no sample: its table has no columns.
  /// - Parameter count: at least 1.
  /// - Throws: as `trainedSample`, and `TrainingError.tooManyEvents`.
  package func trainingConditions(count: Int, seed: UInt64, observer: TrainingObserver) throws -> Table {
    if configuration.data.conditions.isEmpty { return try Table(columns: [], origin: configuration.name) }
    let (dataset, split) = try trainedSample(observer: observer)
    let rows = split.rows(of: .train)
    guard !rows.isEmpty else {
      throw TrainingError.tooFewRows(source: dataset.source, rows: 0, batch: 1, total: dataset.rowCount)
    }
    try requireMemory(for: count, numbers: 2 * configuration.data.conditions.count)
    var drawn = [Int64](repeating: 0, count: count)
    fs_permuted_indices(seed, RandomStream.sampledConditions, UInt64(rows.count), 0, Int64(count), &drawn)
    let chosen = drawn.map { rows[Int($0)] }
    return try Table(
      columns: (dataset.columns(.condition) + dataset.columns(.weight)).map { $0.rows(chosen) }, origin: dataset.source)
  }

  /// The run's sample and its split, simulated or read again.
  /// - Throws: `TrainingError.dataChanged` where the sample is not that of the run, and what `EventSample` throws.
  func trainedSample(observer: TrainingObserver) throws -> (dataset: Dataset, split: Split) {
    let data = configuration.data
    let sample = try EventSample(
      source: data.source,
      columns: data.conditions.map { (.condition, $0) } + data.targets.map { (.target, $0) },
      cells: data.cells, weights: data.weights, name: configuration.name,
      locations: locations, engine: engine, observer: observer)
    let dataset = sample.dataset
    let split = Split(
      seed: data.splitSeed ?? configuration.seed, rows: dataset.rowCount,
      fractions: try SplitFractions(
        train: data.split.train, validation: data.split.validation, test: data.split.test))
    let found = RunDataset(role: "train", sample, splitDigest: split.digest)
    let changes = stored.first { $0.role == found.role }.map(found.differences) ?? []
    guard changes.isEmpty else { throw TrainingError.dataChanged(run: run, changes: changes) }
    return (dataset, split)
  }
}

extension StoredCheckpoint {
  /// The transform whose tensors have this prefix.
  /// - Throws: `TrainingError.stateDoesNotFit`.
  fileprivate func transform(_ prefix: String, columns: Int) throws -> Transform {
    let named = tensors.compactMap { tensor in
      tensor.name.hasPrefix(prefix) && tensor.type == .float64
        ? NamedTensor(name: String(tensor.name.dropFirst(prefix.count)), shape: tensor.shape, values: tensor.doubles)
        : nil
    }
    guard let transform = try? Transform(tensors: named), transform.columnCount == columns else {
      throw TrainingError.stateDoesNotFit(run: run, tensor: prefix + "kind")
    }
    return transform
  }
}

extension TensorRecord {
  /// The values of a float64 tensor.
  fileprivate var doubles: [Double] {
    stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) })
    }
  }
}
