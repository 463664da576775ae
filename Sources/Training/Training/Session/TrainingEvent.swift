// What a training reports while it runs.
package import RunStore

/// Something that a person at a terminal would want to see.
package enum TrainingEvent: Sendable {
  /// A part of the preparation begins.
  case preparing(String)
  /// Something that is allowed and probably not wanted.
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
