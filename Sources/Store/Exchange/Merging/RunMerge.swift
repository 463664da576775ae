// Merges one run from another store in one transaction.
internal import Digests
internal import GRDB
internal import RunStore

/// Why a run is not changed; what was written for it is rolled back.
enum MergeStop: Error {
  case diverged(MergeDisagreement, epoch: Int?)
  case held
  case damaged(String)
  /// Nothing is wrong, but nothing is to be stored.
  case dryRun
}

/// Adds one run, or the parts of it that this store lacks.
struct RunMerge {
  /// The row of `run` in the other store.
  let run: StoredRow
  let theirs: RunNumber
  let uuid: String
  let name: String
  let source: MergeSource
  /// Whether a process works on it in the other store.
  let isHeldThere: Bool
  /// This store's locks.
  private let locks: RunLocks
  /// Whether the run's lock is taken, so that no process here begins to work on it.
  private(set) var isHolding = false
  let other: Database
  let db: Database
  /// The run's number here, once there is one.
  var ours: RunNumber?
  var outcome = MergedRun.Outcome.unchanged
  /// Whether the run is new in this store.
  private var isNew = false
  var epochs = 0
  var firstDifferingEpoch: Int?
  var additions: [(kind: String, count: Int)] = []
  var disagreements: [MergeDisagreement] = []

  init(
    _ run: StoredRow, from other: Database, into db: Database, source: MergeSource, isHeldThere: Bool, locks: RunLocks
  ) throws {
    self.run = run
    theirs = try run["id"]
    (uuid, name) = try (run["uuid"], run["name"])
    self.source = source
    self.isHeldThere = isHeldThere
    self.locks = locks
    self.other = other
    self.db = db
  }

  var report: MergedRun {
    MergedRun(
      uuid: uuid, name: name, theirs: theirs, ours: ours, outcome: outcome, epochs: epochs,
      firstDifferingEpoch: firstDifferingEpoch, additions: additions, disagreements: disagreements)
  }

  /// Merges the run.
  ///
  /// - Throws: `MergeStop` where nothing may be stored.
  mutating func take() throws {
    do {
      if let here = try db.row("SELECT * FROM run WHERE uuid = ?", [uuid]) {
        try join(here)
      } else {
        isNew = true
        try add()
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw MergeStop.damaged(error.message ?? "a row breaks the rules of its table")
    } catch let error as UnreadableColumn {
      throw MergeStop.damaged(error.description)
    }
  }

  /// Takes the run's lock before its state or its attempts change.
  ///
  /// - Throws: `MergeStop.held` where a process works on it here.
  mutating func hold(_ number: RunNumber) throws {
    guard !isHolding else { return }
    guard try locks.acquire(number) else { throw MergeStop.held }
    isHolding = true
  }

  /// Says why nothing was stored.
  mutating func stop(_ reason: MergeStop) {
    switch reason {
    case .dryRun: return
    case .held: outcome = .held
    case .damaged(let what):
      outcome = .damaged
      disagreements = [MergeDisagreement(kind: "damage", key: "", ours: "not taken", theirs: what)]
    case .diverged(let disagreement, let epoch):
      outcome = .diverged
      firstDifferingEpoch = epoch
      disagreements = [disagreement]
    }
    (epochs, additions) = (0, [])
    if isNew { ours = nil }
  }

  /// Reads from the other store, whose errors are its own.
  func theirs<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try explained(source.path) { try body(other) }
  }

  func theirRows(_ sql: String, _ arguments: Bindings) throws -> [StoredRow] {
    try theirs { try $0.rows(sql, arguments) }
  }

  mutating func count(_ kind: String, _ number: Int) {
    if number > 0 { additions.append((kind, number)) }
  }

  /// The state of a run or an attempt in this store, where nobody works on it.
  func settledStatus(_ status: String) -> String {
    guard status == RunStatus.running.rawValue else { return status }
    return (isHeldThere ? RunStatus.interrupted : .crashed).rawValue
  }

  /// The bytes of a blob of the other store, compared with their digest, in this one.
  ///
  /// - Returns: the blob's number here.
  func blob(_ blob: Int64, of what: String) throws -> Int64 {
    let digest = try theirs { other in
      try other.row("SELECT digest FROM blob WHERE id = ?", [blob])?.digest("digest")
    }
    guard let digest else { throw MergeStop.damaged("the bytes of \(what) are missing") }
    if let known = try db.integer("SELECT id FROM blob WHERE digest = ?", [digest.hex]) { return known }
    let bytes = try theirs { try $0.blobBytes(blob) }
    guard Digest(of: bytes) == digest else {
      throw MergeStop.damaged("the bytes of \(what) don't agree with their digest \(digest.hex)")
    }
    return try db.storeBlob(bytes, digest: digest)
  }
}
