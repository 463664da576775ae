package import Configuration
// Training into a store: from the first epoch, from where a run stopped, or from an epoch of another run.
internal import Digests
internal import Foundation
package import RunStore
internal import SPlot
internal import Samples

/// How a session works; none of it changes a bit of the result.
package struct SessionSettings {
  package var storePath: String
  package var engine: Engine
  package var observer: TrainingObserver
  package var interruption: Interruption
  /// Refuses a source that is not as its git revision has it.
  package var requireClean: Bool

  package init(
    storePath: String, engine: Engine, interruption: Interruption, requireClean: Bool = false,
    observer: @escaping TrainingObserver
  ) {
    (self.storePath, self.engine, self.requireClean) = (storePath, engine, requireClean)
    (self.interruption, self.observer) = (interruption, observer)
  }
}

/// How a session ended.
package struct SessionOutcome: Sendable {
  package let run: RunNumber
  package let name: String
  /// `finished` or `interrupted`.
  package let status: RunStatus
  /// The signal that interrupted it.
  package let signal: Int32?
}

/// Trains a config as a new run.
/// - Parameters:
///   - yaml: the config's text as written.
///   - folder: the config's folder.
///   - place: the run's place in a sweep.
/// - Throws: one-line errors; before the run exists the store is as it was.
package func train(
  _ configuration: Configuration, yaml: String, folder: String, place: SweepPlace? = nil, _ settings: SessionSettings
) throws -> SessionOutcome {
  try requireUsableStore(settings.storePath)
  let source = try SourceInspection(folder: folder, requireClean: settings.requireClean)
  let prepared = try PreparedRun(
    configuration, locations: DataLocations(folder: folder), engine: settings.engine, observer: settings.observer)
  let store = try RunStore(path: settings.storePath, access: .write)
  let run = try store.create(prepared.newRun(yaml: yaml, place: place))
  try storeFits(of: prepared, run, store)
  prepared.model.initialise(seed: configuration.seed)
  return try Session(store: store, run: run, prepared: prepared, settings: settings, source: source)
    .work(from: .beginning, to: configuration.training.epochs)
}

/// Goes on with a run from its last stored state.
/// - Parameter epochs: train up to this epoch instead of the config's last one.
package func resume(_ reference: String, epochs: Int?, _ settings: SessionSettings) throws -> SessionOutcome {
  let store = try existingStore(settings.storePath)
  let source = try SourceInspection(folder: ".", requireClean: settings.requireClean)
  let run = try store.resolve(reference)
  let record = try store.run(run)
  if record.trashed != nil { throw StoreError.inTrash(run: run) }
  try requireTrained(record)
  let configuration = try Configuration.load(canonicalJSON: store.configuration(of: run).json)
  let last = max(epochs ?? configuration.training.epochs, epochs == nil ? record.epoch : 0)
  guard record.status != .finished || last > record.epoch else {
    throw TrainingError.alreadyTrained(run: run, epochs: record.epoch)
  }
  if record.status == .finished, configuration.hasStopped(try store.metrics(of: run)) {
    throw TrainingError.stoppedEarly(
      run: run, epoch: record.epoch, metric: configuration.training.earlyStop?.metric ?? "")
  }
  let prepared = try PreparedRun.again(run, store, configuration, settings)
  let start = try prepared.restore(try store.checkpoint(of: run))
  return try Session(store: store, run: run, prepared: prepared, settings: settings, source: source)
    .work(from: start, to: last)
}

/// Begins a new run from an epoch of another one, with settings changed.
/// - Parameters:
///   - epoch: the epoch whose state is shared; nil takes the last one with a checkpoint.
///   - overrides: `--set` pairs.
package func fork(
  _ reference: String, at epoch: Int?, overrides: [(path: String, value: String)], name: String?,
  _ settings: SessionSettings
) throws -> SessionOutcome {
  let store = try existingStore(settings.storePath)
  let source = try SourceInspection(folder: ".", requireClean: settings.requireClean)
  let parent = try store.resolve(reference)
  try requireTrained(try store.run(parent))
  let stored = try store.configuration(of: parent)
  let configuration = try Configuration.load(canonicalJSON: stored.json).applying(overrides)
  let whole = try store.checkpoints(of: parent).filter { !$0.partial }
  guard let epoch = epoch ?? whole.map(\.epoch).max() else {
    throw TrainingError.noCheckpoint(run: parent, epoch: nil)
  }
  guard epoch == 0 || whole.contains(where: { $0.epoch == epoch }) else {
    throw TrainingError.noCheckpoint(run: parent, epoch: epoch)
  }
  let prepared = try PreparedRun(
    configuration, locations: DataLocations(configuration, stored: try store.datasets(of: parent)),
    engine: settings.engine, observer: settings.observer)
  let start: Session.Start
  if epoch == 0 {
    prepared.model.initialise(seed: configuration.seed)
    start = .beginning
  } else {
    start = try prepared.restore(try store.checkpoint(of: parent, epoch: epoch))
  }
  let run = try store.fork(parent, at: epoch, as: prepared.newRun(yaml: configuration.printed, name: name))
  try storeFits(of: prepared, run, store)
  return try Session(store: store, run: run, prepared: prepared, settings: settings, source: source)
    .work(from: start, to: max(configuration.training.epochs, epoch))
}

extension PreparedRun {
  /// A stored run's config made ready once more, on data and programs that are proved to be the same.
  static func again(
    _ run: RunNumber, _ store: RunStore, _ configuration: Configuration, _ settings: SessionSettings
  ) throws -> PreparedRun {
    let stored = try store.datasets(of: run)
    let prepared = try PreparedRun(
      configuration, locations: DataLocations(configuration, stored: stored), engine: settings.engine,
      observer: settings.observer)
    let changes = prepared.datasets.flatMap { dataset in
      stored.first { $0.role == dataset.role }.map(dataset.differences) ?? []
    }
    guard changes.isEmpty else { throw TrainingError.dataChanged(run: run, changes: changes) }
    guard try store.run(run).programDigest == prepared.model.programDigest else {
      throw TrainingError.programChanged(run: run)
    }
    return prepared
  }

  /// Puts a checkpoint's state into the networks; without one, the state is that of the first step.
  func restore(_ checkpoint: StoredCheckpoint?) throws -> Session.Start {
    guard let checkpoint else {
      model.initialise(seed: configuration.seed)
      return .beginning
    }
    try model.restore(checkpoint)
    guard checkpoint.partial, let first = checkpoint.traces.first else {
      return Session.Start(epochs: checkpoint.step / configuration.training.steps, traces: nil)
    }
    let order = trainer.seriesNames
    let traces = order.compactMap { name in checkpoint.traces.first { $0.series == name } }
    return Session.Start(
      epochs: checkpoint.epoch - 1,
      traces: StepTraces(firstStep: first.firstStep, series: traces.map { ($0.series, $0.values) }))
  }
}

/// Keeps the picture and the table of every mass fit with the run.
private func storeFits(of prepared: PreparedRun, _ run: RunNumber, _ store: RunStore) throws {
  for (sample, role) in [(prepared.data.sample, "train"), (prepared.reference, "reference")] {
    guard let sample, let fit = sample.fit, let mass = sample.massName else { continue }
    try store.addArtifact(
      name: "splot-\(role).svg", mediaType: "image/svg+xml",
      bytes: Array(fit.picture(mass: mass, title: sample.dataset.source).utf8), to: run)
    try store.addArtifact(
      name: "splot-\(role).txt", mediaType: "text/plain", bytes: Array(fit.summary.utf8), to: run)
  }
}

/// A store that must be there already.
func existingStore(_ path: String) throws -> RunStore {
  guard FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path: path) }
  return try RunStore(path: path, access: .write)
}

/// Refuses a run whose steps another program takes.
func requireTrained(_ run: RunRecord) throws {
  guard run.programDigest != NewRun.noProgram else { throw TrainingError.loggedElsewhere(run: run.number) }
}

/// Refuses a store that cannot take a run, before hours of preparation and without touching it.
private func requireUsableStore(_ path: String) throws {
  try RunStore.requireWritable(path)
  do { _ = try RunStore(path: path, access: .read) } catch StoreError.missing {} catch StoreError.olderStore {}
}
