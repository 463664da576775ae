// The section `checkpoint`: when the state is stored, and for how long.

/// When checkpoints are stored and which of them are kept.
package struct CheckpointConfiguration: Sendable, Equatable {
  package enum Keep: Sendable, Equatable {
    case all
    /// The newest ones, at least one.
    case last(Int)
  }

  /// Epochs from one checkpoint to the next.
  package let every: Int
  package let keep: Keep
  /// Minutes after which a checkpoint is stored inside an epoch; nil stores none there.
  package let minutes: Double?
}
