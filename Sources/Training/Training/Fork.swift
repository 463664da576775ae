// Starting a new run from an epoch of another one.
internal import Configuration
internal import RunStore

/// Starts a new run from an epoch of another one, with changed settings.
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
  if epoch != 0, try !Configuration.load(canonicalJSON: stored.json).model.objective.hasNetworks {
    throw TrainingError.nothingToResume(run: parent)
  }
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
  // Without a checkpoint the state is that of the first step.
  let checkpoint = epoch == 0 ? nil : try store.checkpoint(of: parent, epoch: epoch)
  try prepared.restore(checkpoint)
  let run = try store.fork(parent, at: epoch, as: prepared.newRun(yaml: configuration.printed, name: name))
  try storeFits(of: prepared, run, store)
  return try Session(store: store, run: run, prepared: prepared, settings: settings, source: source)
    .work(from: prepared.start(after: checkpoint), to: max(configuration.training.epochs, epoch))
}
