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
    case .copies: "no incomplete copy is next to the store"
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
  /// Whether `Doctor.diagnose(repairing: true)` repairs it: rows derived from others, or without an owner.
  package var isRepairable: Bool { repair != nil }
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

/// A fact about a store that is no fault.
package enum StoreNote: Hashable, Sendable, CustomStringConvertible {
  /// An object of another program in the schema, that does no harm.
  case foreignObject(type: String, name: String)
  /// The store as it was before a migration.
  case copyBeforeMigration(file: String)
  /// Pages of the file that hold nothing.
  case freeSpace(mebibytes: Int)
  /// A run that is stored as running, by a process of another computer.
  case startedElsewhere(RunNumber)

  package var description: String {
    switch self {
    case .foreignObject(let type, let name): "the \(type) \(name) isn't fastsim's; it does no harm"
    case .copyBeforeMigration(let file):
      "\(file) is the store as it was before a migration; remove it when you no longer need it"
    case .freeSpace(let mebibytes): "\(mebibytes) MiB inside the file are free"
    case .startedElsewhere(let run):
      "run \(run) was started on another computer, whose processes are not visible here; it shows as crashed"
    }
  }
}

/// The result of a check of the store.
package struct Diagnosis: Sendable {
  /// The invariants that do not hold, after the repair if one was requested.
  package let findings: [StoreFinding]
  /// The findings that were repaired.
  package let repaired: [StoreFinding]
  /// Remarks that are no findings.
  package let notes: [StoreNote]
  package let runs: Int
  /// True without findings other than leftovers of killed processes.
  package var isClean: Bool { findings.allSatisfy(\.isLeftover) }
}
