// What a merge did with each run, and what it found that does not agree.

/// The outcome of a merge. Everything that was not taken, and every value that differs, is in it.
public struct MergeReport: Sendable {
  /// The other store's file.
  public let file: String
  /// Its runs in their order there.
  public let runs: [MergedRun]

  package init(file: String, runs: [MergedRun]) {
    self.file = file
    self.runs = runs
  }

  /// True where this store now has all that the other one has, and nothing differs.
  public var isWhole: Bool {
    runs.allSatisfy { $0.disagreements.isEmpty && [.added, .extended, .completed, .unchanged].contains($0.outcome) }
  }
}

/// What a merge did with one run.
public struct MergedRun: Sendable {
  public enum Outcome: String, Sendable, Codable, CaseIterable {
    /// It is new here.
    case added
    /// The other store's history goes further, and this one's goes on with it.
    case extended
    /// The history was here; something else, such as a tag or a metric, was not.
    case completed
    /// Nothing was missing.
    case unchanged
    /// Neither history is the beginning of the other, or the two are runs of different configs; nothing was changed.
    case diverged
    /// A process works on it in this store; nothing was changed.
    case held
    /// The other store's data don't agree with their digests; nothing was changed.
    case damaged
  }

  public let uuid: String
  public let name: String
  /// The run's number in the other store.
  public let theirs: RunNumber
  /// Its number in this one; nil where it is not here.
  public let ours: RunNumber?
  public let outcome: Outcome
  /// Epochs that were added to this store.
  public let epochs: Int
  /// Where the histories part, for `diverged` by epoch.
  public let firstDifferingEpoch: Int?
  /// How many rows of each kind came besides the epochs: `tags`, `notes`, `metrics`, `artifacts`, …
  public let additions: [(kind: String, count: Int)]
  /// Values that differ; this store's own are kept.
  public let disagreements: [MergeDisagreement]
}

/// A value that both stores have, and not the same one.
public struct MergeDisagreement: Hashable, Sendable, CustomStringConvertible {
  /// `tag`, `metric`, `artifact`, `name`, `attempt`, `history`, …
  public let kind: String
  /// Which of that kind.
  public let key: String
  public let ours: String
  public let theirs: String

  public var description: String {
    "\(key.isEmpty ? kind : "\(kind) \(key)"): \(ours) here, \(theirs) there"
  }
}
