// How deep an audit goes.
package import Digests

/// The levels of an audit; each includes those before.
package enum AuditLevel: String, Sendable, Codable, CaseIterable, Comparable {
  /// Everything in the store that has a digest has it still.
  case integrity
  /// The samples, read or simulated again, are the same to the bit.
  case data
  /// The config compiles to the same program; what else differs from then to now is listed.
  case environment
  /// Epochs trained again give the same bits.
  case replay

  package static func < (left: AuditLevel, right: AuditLevel) -> Bool {
    allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
  }
}

/// How many epochs an audit trains again.
package enum Replay: Sendable, Equatable, CustomStringConvertible {
  case none
  /// That many, spread evenly from the first to the last that can be replayed.
  case epochs(Int)
  case all

  package var description: String {
    switch self {
    case .none: "none"
    case .epochs(let count): "\(count)"
    case .all: "all"
    }
  }
}

/// What is asked of an audit.
package struct AuditRequest: Sendable {
  package var level: AuditLevel
  package var replay: Replay
  /// Where the files of samples are now, by role, where they have moved.
  package var data: [String: String]
  /// The record's digest as it was kept outside the store; nil where there is none to compare with.
  package var against: Digest?

  package init(
    level: AuditLevel = .replay, replay: Replay = .epochs(1), data: [String: String] = [:], against: Digest? = nil
  ) {
    // Without an epoch to train again, an audit ends with the environment.
    self.level = replay == .none ? min(level, .environment) : level
    self.replay = self.level < .replay ? .none : replay
    self.data = data
    self.against = against
  }
}
