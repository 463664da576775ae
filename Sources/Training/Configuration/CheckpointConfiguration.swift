// The section `checkpoint`: when the state is stored, and for how long.
internal import Numerics

/// When checkpoints are stored and which of them are kept.
package struct CheckpointConfiguration: Sendable, Equatable {
  package enum Keep: Sendable, Equatable {
    case all
    /// The newest ones, at least one.
    case last(Int)
    /// That of the epoch with the best value of a validation metric, and the newest ones.
    case best(metric: String, last: Int)

    /// How many of the newest are kept; nil for all.
    package var newest: Int? {
      switch self {
      case .all: nil
      case .last(let count), .best(_, let count): count
      }
    }

    /// The metric whose best epoch is kept.
    package var metric: String? { if case .best(let metric, _) = self { metric } else { nil } }
  }

  /// Epochs from one checkpoint to the next.
  package let every: Int
  package let keep: Keep
  /// Minutes after which a checkpoint is stored inside an epoch; nil stores none there.
  package let minutes: Double?

  init(_ field: ConfigurationField) throws {
    let section = try field.sectionOrEmpty(["every", "keep", "minutes"])
    every = try section["every"].given?.integer(.interval) ?? 1
    keep = try section["keep"].given.map(Keep.init) ?? .all
    minutes = try section["minutes"].given?.number(.above(0, to: 1e6))
  }

  var tree: ConfigurationTree {
    let kept: ConfigurationTree =
      switch keep {
      case .all: .text("all")
      case .last(let count): .integer(count)
      case .best(let metric, let count): .section([("best", .text(metric)), ("last", .integer(count))])
      }
    return .section(
      [("every", .integer(every)), ("keep", kept)]
        + ConfigurationTree.optional("minutes", minutes.map(ConfigurationTree.number)))
  }
}

extension CheckpointConfiguration.Keep {
  /// `all`, a number, or a section with `best`.
  fileprivate init(_ field: ConfigurationField) throws {
    if field.isNumber {
      self = .last(try field.integer(.interval))
    } else if field.isSection {
      let section = try field.section(["best", "last"])
      self = .best(
        metric: try section["best"].text(), last: try section["last"].given?.integer(.interval) ?? 1)
    } else {
      _ = try field.choice(["all"], otherwise: "all, how many of the newest, or {best: METRIC, last: …}")
      self = .all
    }
  }
}
