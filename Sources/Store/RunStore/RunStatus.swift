// The status of a run, or of one attempt at it.

/// The state of a run. A run that was created but never started is `interrupted`: no process works on it, and it can be
/// resumed.
public enum RunStatus: String, Sendable, Codable, CaseIterable {
  /// A live process holds the run's lock.
  case running
  /// All epochs that were requested are stored.
  case finished
  /// Stopped on purpose, at a stored checkpoint.
  case interrupted
  /// The process ended without storing an outcome; its lock is free.
  case crashed
  /// Stopped by an error, whose message the attempt keeps.
  case failed
}
