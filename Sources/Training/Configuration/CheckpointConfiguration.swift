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

  init(_ field: ConfigurationField) throws {
    let section = try field.sectionOrEmpty(["every", "keep", "minutes"])
    every = try section["every"].given?.integer(1...1_000_000) ?? 1
    keep = try section["keep"].given.map(Keep.init) ?? .all
    minutes = try section["minutes"].given?.number(.above(0, to: 1e6))
  }

  var tree: ConfigurationTree {
    let kept: ConfigurationTree = if case .last(let count) = keep { .integer(count) } else { .text("all") }
    return .section(
      [("every", .integer(every)), ("keep", kept)]
        + ConfigurationTree.optional("minutes", minutes.map(ConfigurationTree.number)))
  }
}

extension CheckpointConfiguration.Keep {
  /// `all`, or a number.
  fileprivate init(_ field: ConfigurationField) throws {
    guard field.isNumber else {
      _ = try field.choice(["all"], otherwise: "all, or how many of the newest")
      self = .all
      return
    }
    self = .last(try field.integer(1...1_000_000))
  }
}
