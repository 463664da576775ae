// The invariants of a store, which doctor checks.
package import RunStore

/// A condition that holds for an intact store at every moment. `docs/store.md` lists them all.
package enum Invariant: String, CaseIterable, Sendable {
  case pages, values, schema, references, names, numbers
  case config, datasets, chain, state, summaries, traces
  case checkpoints, tensors, blobs, orphans
  case attempts, statuses, parents, sweeps, audits
  case copies

  /// The sentence.
  package var rule: String {
    switch self {
    case .pages: "SQLite finds every page and index in order"
    case .values: "every value has the type and the form that its column demands"
    case .schema: "tables, indexes and views are those that the migrations make, and no trigger is there"
    case .references: "every reference leads to a row"
    case .names: "names have at least one character and no control characters"
    case .numbers: "the next run's number is higher than every number that was given"
    case .config: "each config's digest is that of its canonical JSON, and some run has it"
    case .datasets: "each data set's digest is that of its columns, and some run uses it"
    case .chain: "a run's epochs are 1, 2, 3, … in the order of steps, and each chain digest is that of its epoch"
    case .state: "a run's row says what its last epoch or its partial state says"
    case .summaries: "the summary of a series says what its points say"
    case .traces: "the steps of a trace lie within those of its epoch"
    case .checkpoints: "a checkpoint's parameters amount to its digest, which is that of its epoch, at the epoch's step"
    case .tensors: "a tensor's shape and type amount to the size of its bytes, and its bytes to their digest"
    case .blobs: "a blob has all its pieces, and their sizes and bytes amount to its size and digest"
    case .orphans: "every blob belongs to a checkpoint, an artifact or an attempt"
    case .attempts: "a run's attempts are 1, 2, 3, …, only the last may be open, and each epoch names one of them"
    case .statuses: "a run has the status of its last attempt, and one that is running has a live process"
    case .parents: "a fork's parent is the run with the stored uuid, and no run descends from itself"
    case .sweeps: "a member has a place in its sweep, whose digest is that of its members"
    case .audits: "an audit's digest is that of its document"
    case .copies: "no half-made copy lies beside the store"
    }
  }

  /// The remedy where it does not hold and nothing can be recomputed.
  var advice: String {
    switch self {
    case .pages: "restore a backup, or save what is left with `sqlite3 FILE .recover`"
    case .schema: "drop what isn't fastsim's, or restore a backup"
    case .names: "`fastsim rename` changes a run's name; other names must be changed by the program that wrote them"
    case .config, .chain, .traces: "restore a backup; `fastsim fork` continues from an earlier epoch"
    case .datasets: "restore a backup; `fastsim audit` takes the digests from the data again"
    case .checkpoints, .tensors, .blobs:
      "restore a backup, or continue from another checkpoint with `fastsim fork --at`"
    case .values, .references, .attempts, .parents, .sweeps, .audits: "restore a backup, or delete the run"
    case .numbers, .state, .summaries, .orphans, .statuses, .copies: "`fastsim doctor --fix` repairs it"
    }
  }
}

/// A place where an invariant doesn't hold.
package struct StoreFinding: Hashable, Sendable, CustomStringConvertible {
  package let invariant: Invariant
  /// Nil for a finding about the store itself.
  package let run: RunNumber?
  /// The epoch, tensor, series, table or file.
  package let place: String?
  package let problem: String
  /// Whether a killed process left it behind, as one may at any time: it harms nothing, and who writes next deals with
  /// it.
  package let isLeftover: Bool
  /// Whether `RunStore.doctor(repairing: true)` repairs it: rows derived from others, or without an owner.
  package var isRepairable: Bool { repair != nil }
  /// What puts it right.
  package var remedy: String { repair == nil ? invariant.advice : "`fastsim doctor --fix` repairs it" }
  let repair: Repair?

  init(
    _ invariant: Invariant, run: RunNumber? = nil, place: String? = nil, _ problem: String, repair: Repair? = nil,
    isLeftover: Bool = false
  ) {
    (self.invariant, self.run, self.place, self.problem) = (invariant, run, place, problem)
    (self.repair, self.isLeftover) = (repair, isLeftover)
  }

  /// One line: invariant, place and problem.
  package var description: String {
    let places = [run.map { "run \($0)" }, place].compactMap { $0 }
    return ([invariant.rawValue] + (places.isEmpty ? [] : [places.joined(separator: ", ")]) + [problem])
      .joined(separator: ": ")
  }
}

/// The result of a check of the store.
package struct Diagnosis: Sendable {
  /// The invariants that do not hold, after the repair if one was requested.
  package let findings: [StoreFinding]
  /// The findings that were repaired.
  package let repaired: [StoreFinding]
  /// Remarks that are no findings.
  package let notes: [String]
  package let runs: Int
  /// True without findings other than leftovers of killed processes.
  package var isClean: Bool { findings.allSatisfy(\.isLeftover) }
}
