// Training a config as a new run.
package import Configuration
package import RunStore

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

/// Rejects a store that cannot hold a run, before hours of preparation and without changing it.
private func requireUsableStore(_ path: String) throws {
  try RunStore.requireWritable(path)
  do { _ = try RunStore(path: path, access: .read) } catch StoreError.missing {} catch StoreError.olderStore {}
}
