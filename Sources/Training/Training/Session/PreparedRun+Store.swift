// A prepared run and the store: its stored state, its data's digests, its fits.
internal import Configuration
internal import Foundation
package import RunStore
internal import SPlot
internal import Samples

extension PreparedRun {
  /// A stored run's config made ready to train.
  /// - Throws: `TrainingError.dataChanged` or `.programChanged` where the data or the compiled steps have other digests
  ///   than those stored.
  init(
    stored run: RunNumber, _ store: RunStore, _ configuration: Configuration, _ settings: SessionSettings
  ) throws {
    let stored = try store.datasets(of: run)
    try self.init(
      configuration, locations: DataLocations(configuration, stored: stored), engine: settings.engine,
      observer: settings.observer)
    let changes = datasets.flatMap { dataset in
      stored.first { $0.role == dataset.role }.map(dataset.differences) ?? []
    }
    guard changes.isEmpty else { throw TrainingError.dataChanged(run: run, changes: changes) }
    guard try store.run(run).programDigest == model.programDigest else {
      throw TrainingError.programChanged(run: run)
    }
  }

  /// Loads a checkpoint's state into the networks; without one, the state is that of the first step.
  package func restore(_ checkpoint: StoredCheckpoint?) throws {
    if let checkpoint {
      try model.restore(checkpoint)
    } else {
      model.initialise(seed: configuration.seed)
    }
  }

  /// Where a session continues whose networks have a checkpoint's state.
  func start(after checkpoint: StoredCheckpoint?) -> Session.Start {
    guard let checkpoint else { return .beginning }
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

/// Stores the picture and the table of every mass fit as artifacts of the run.
func storeFits(of prepared: PreparedRun, _ run: RunNumber, _ store: RunStore) throws {
  for (sample, role) in [(prepared.data.sample, "train"), (prepared.reference, "reference")] {
    guard let sample, let fit = sample.fit, let mass = sample.massName else { continue }
    try store.addArtifact(
      name: "splot-\(role).svg", mediaType: "image/svg+xml",
      bytes: Array(fit.picture(mass: mass, title: sample.dataset.source).utf8), to: run)
    try store.addArtifact(
      name: "splot-\(role).txt", mediaType: "text/plain", bytes: Array(fit.summary.utf8), to: run)
  }
}

/// Opens a store that exists.
package func existingStore(_ path: String) throws -> RunStore {
  guard FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path: path) }
  return try RunStore(path: path, access: .write)
}

/// Rejects a run that another program logged.
func requireTrained(_ run: RunRecord) throws {
  guard run.programDigest != NewRun.noProgram else { throw TrainingError.loggedElsewhere(run: run.number) }
}
