// Which checkpoints of a run are kept.
package import RunStore

/// What to keep of a run's checkpoints. The last one always stays, and so does a state inside an unfinished epoch: a
/// run can be resumed, forked and audited with every policy.
package struct PrunePolicy: Sendable {
  /// A metric or a series, and which end of it is good.
  package struct Best: Hashable, Sendable {
    /// `NAME` or `ROLE/NAME`, as in `metrics.NAME`.
    package let name: String
    package let largest: Bool

    package init(name: String, largest: Bool = false) {
      (self.name, self.largest) = (name, largest)
    }
  }

  /// So many of the last ones.
  package var last: Int?
  /// Those at whose epoch a value is best; of equals the earlier one.
  package var best: [Best]
  /// Those of every n-th epoch.
  package var every: Int?

  package init(last: Int? = nil, best: [Best] = [], every: Int? = nil) {
    (self.last, self.best, self.every) = (last, best, every)
  }
}

/// What a policy means for a run.
package struct Pruning: Sendable {
  package let run: RunNumber
  package let name: String
  /// Checkpoints in the order of epochs.
  package let checkpoints: [Verdict]
  /// The size of what goes and is not shared with a checkpoint that stays, in bytes.
  package let freed: Int

  package struct Verdict: Hashable, Sendable {
    package let epoch: Int
    /// True inside an unfinished epoch.
    package let partial: Bool
    /// The size of its tensors, whether shared or not.
    package let bytes: Int
    /// Why it stays; nothing for one that goes.
    package let reasons: [String]
    package var stays: Bool { !reasons.isEmpty }
  }

  /// The epochs whose checkpoints go.
  package var dropped: [Int] { checkpoints.filter { !$0.stays }.map(\.epoch) }
}
