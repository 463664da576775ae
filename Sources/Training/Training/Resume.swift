// Continuing a run from its last stored state.
internal import Configuration
internal import RunStore

/// Continues a run from its last stored state.
/// - Parameter epochs: train up to this epoch instead of the config's last one.
package func resume(_ reference: String, epochs: Int?, _ settings: SessionSettings) throws -> SessionOutcome {
  let store = try existingStore(settings.storePath)
  let source = try SourceInspection(folder: ".", requireClean: settings.requireClean)
  let run = try store.resolve(reference)
  let record = try store.run(run)
  if record.trashed != nil { throw StoreError.inTrash(run: run) }
  try requireTrained(record)
  let configuration = try Configuration.load(canonicalJSON: store.configuration(of: run).json)
  if !configuration.model.objective.hasNetworks, record.epoch > 0 { throw TrainingError.nothingToResume(run: run) }
  let last = max(epochs ?? configuration.training.epochs, epochs == nil ? record.epoch : 0)
  guard record.status != .finished || last > record.epoch else {
    throw TrainingError.alreadyTrained(run: run, epochs: record.epoch)
  }
  if record.status == .finished, configuration.hasStopped(try store.metrics(of: run)) {
    throw TrainingError.stoppedEarly(
      run: run, epoch: record.epoch, metric: configuration.training.earlyStop?.metric ?? "")
  }
  let prepared = try PreparedRun(stored: run, store, configuration, settings)
  let checkpoint = try store.checkpoint(of: run)
  try prepared.restore(checkpoint)
  return try Session(store: store, run: run, prepared: prepared, settings: settings, source: source)
    .work(from: prepared.start(after: checkpoint), to: last)
}
