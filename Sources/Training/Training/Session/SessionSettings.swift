// The settings of a session, and its outcome.
package import RunStore

/// How a session works; no setting changes a bit of the result.
package struct SessionSettings {
  package var storePath: String
  package var engine: Engine
  package var observer: TrainingObserver
  package var interruption: Interruption
  /// Rejects source code with uncommitted changes.
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
