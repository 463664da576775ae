// What a merge did with each run, and what it found that does not agree.
package import RunStore

/// The outcome of a merge. Everything that was not taken, and every value that differs, is in it.
package struct MergeReport: Sendable {
  /// The other store's file.
  package let file: String
  /// Its runs in their order there.
  package let runs: [MergedRun]

  package init(file: String, runs: [MergedRun]) {
    self.file = file
    self.runs = runs
  }

  /// True where this store now has all that the other one has, and nothing differs.
  package var isWhole: Bool {
    runs.allSatisfy { $0.disagreements.isEmpty && [.added, .extended, .completed, .unchanged].contains($0.outcome) }
  }
}

/// What a merge did with one run.
package struct MergedRun: Sendable {
  package enum Outcome: String, Sendable, Codable, CaseIterable {
    /// It is new here.
    case added
    /// The other store's history is longer and extends this one's.
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

  package let uuid: String
  package let name: String
  /// The run's number in the other store.
  package let theirs: RunNumber
  /// Its number in this one; nil where it is not here.
  package let ours: RunNumber?
  package let outcome: Outcome
  /// Epochs that were added to this store.
  package let epochs: Int
  /// Where the histories diverge, for `diverged` by epoch.
  package let firstDifferingEpoch: Int?
  /// How many rows of each kind came besides the epochs: `tags`, `notes`, `metrics`, `artifacts`, …
  package let additions: [(kind: String, count: Int)]
  /// Values that differ; this store's own are kept.
  package let disagreements: [MergeDisagreement]
}

/// A value that both stores have, and not the same one.
package struct MergeDisagreement: Hashable, Sendable, CustomStringConvertible {
  /// `tag`, `metric`, `artifact`, `name`, `attempt`, `history`, …
  package let kind: String
  /// Which of that kind.
  package let key: String
  package let ours: String
  package let theirs: String

  package var description: String {
    "\(key.isEmpty ? kind : "\(kind) \(key)"): \(ours) here, \(theirs) there"
  }
}
