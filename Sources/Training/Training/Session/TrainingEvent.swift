// What a training reports while it runs.
package import RunStore

/// An event of a training, for progress output.
package enum TrainingEvent: Sendable {
  /// A part of the preparation starts.
  case preparing(String)
  /// A warning: allowed, but probably a mistake.
  case warning(String)
  /// The run exists in the store and its first step is next.
  case began(run: RunNumber, name: String, firstEpoch: Int, lastEpoch: Int)
  /// A generator step was done, the `done`-th of `steps` in this epoch.
  case step(epoch: Int, done: Int, steps: Int, lastEpoch: Int)
  /// An epoch is stored.
  case epoch(EpochRecord, lastEpoch: Int)
  case evaluating(role: String)
}

/// Sees the events of a training, on the thread that trains.
package typealias TrainingObserver = (TrainingEvent) -> Void
