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

  static let standard = CheckpointConfiguration(every: 1, keep: .all, minutes: nil)

  private init(every: Int, keep: Keep, minutes: Double?) {
    (self.every, self.keep, self.minutes) = (every, keep, minutes)
  }

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["every", "keep", "minutes"])
    every = try section["every"].given?.integer(1...1_000_000) ?? 1
    if let kept = section["keep"].given {
      if !kept.isNumber { _ = try kept.choice(["all"], otherwise: "all, or how many of the newest") }
      keep = kept.isNumber ? .last(try kept.integer(1...1_000_000)) : .all
    } else {
      keep = .all
    }
    minutes = try section["minutes"].given?.number(.above(0, to: 1e6))
  }

  var tree: ConfigurationTree {
    let kept: ConfigurationTree = if case .last(let count) = keep { .integer(count) } else { .text("all") }
    return .section(
      [("every", .integer(every)), ("keep", kept)]
        + ConfigurationTree.optional("minutes", minutes.map(ConfigurationTree.number)))
  }
}
