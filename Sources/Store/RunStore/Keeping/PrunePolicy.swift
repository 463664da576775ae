// Which checkpoints of a run are worth their space.

/// What to keep of a run's checkpoints. The last one always stays, and so does a state inside an unfinished epoch: a
/// run can be resumed, forked and audited whatever the policy.
public struct PrunePolicy: Sendable {
  /// A metric or a series, and which end of it is good.
  public struct Best: Hashable, Sendable {
    /// `NAME` or `ROLE/NAME`, as in `metrics.NAME`.
    public let name: String
    public let largest: Bool

    public init(name: String, largest: Bool = false) {
      (self.name, self.largest) = (name, largest)
    }
  }

  /// So many of the last ones.
  public var last: Int?
  /// Those at whose epoch a value is best; of equals the earlier one.
  public var best: [Best]
  /// Those of every so many epochs.
  public var every: Int?

  public init(last: Int? = nil, best: [Best] = [], every: Int? = nil) {
    (self.last, self.best, self.every) = (last, best, every)
  }
}

/// What a policy means for a run.
public struct Pruning: Sendable {
  public let run: RunNumber
  public let name: String
  /// Checkpoints in the order of epochs.
  public let checkpoints: [Verdict]
  /// The size of what goes and is not shared with a checkpoint that stays, in bytes.
  public let freed: Int

  public struct Verdict: Hashable, Sendable {
    public let epoch: Int
    /// True inside an unfinished epoch.
    public let partial: Bool
    /// The size of its tensors, whether shared or not.
    public let bytes: Int
    /// Why it stays; nothing for one that goes.
    public let reasons: [String]
    public var stays: Bool { !reasons.isEmpty }
  }

  /// The epochs whose checkpoints go.
  public var dropped: [Int] { checkpoints.filter { !$0.stays }.map(\.epoch) }
}
