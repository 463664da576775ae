// Checks every invariant of the store and repairs what can be recomputed.
internal import GRDB
package import RunStore

/// Checks a store and repairs what can be recomputed.
///
///     let diagnosis = try Doctor(store).diagnose()
///     let findings = try Doctor(store).verify(run: run)
package struct Doctor {
  let store: RunStore

  package init(_ store: RunStore) {
    self.store = store
  }

  /// Checks every invariant of the store. Processes may train into it meanwhile: each check is a separate
  /// transaction that blocks no other process.
  ///
  ///     let diagnosis = try Doctor(RunStore(path: "fastsim.sqlite", access: .read)).diagnose()
  ///     for finding in diagnosis.findings { print(finding, finding.isRepairable) }
  ///
  /// Costs one read of the file and the hashing of every stored byte.
  ///
  /// - Parameter repairing: repairs what can be recomputed from other rows, in one transaction.
  /// - Throws: what keeps the file from being read or written.
  package func diagnose(repairing: Bool = false) throws -> Diagnosis {
    let first = try examine()
    guard repairing, first.findings.contains(where: \.isRepairable) else { return first }
    var repairs: [Repair] = []
    for case let repair? in first.findings.map(\.repair) where !repairs.contains(repair) { repairs.append(repair) }
    try repair(repairs)
    let second = try examine()
    let repaired = first.findings.filter { $0.isRepairable && !second.findings.contains($0) }
    return Diagnosis(findings: second.findings, repaired: repaired, notes: second.notes, runs: second.runs)
  }

  private func examine() throws -> Diagnosis {
    var examination = Examination(store: store)
    // Rows in pages that SQLite reports as damaged are not examined further.
    try examination.look("database") { try $0.checkPages($1) }
    guard examination.findings.allSatisfy({ $0.invariant == .values }) else { return examination.diagnosis(runs: 0) }
    try examination.look("schema") { try $0.checkSchema($1) }
    guard examination.tablesAreThere else { return examination.diagnosis(runs: 0) }
    try examination.look("references") { try $0.checkReferences($1) }
    let runs = try store.read { db in try db.integers("SELECT id FROM run ORDER BY id", []).map(RunNumber.init) }
    for run in runs { try examination.check(run) }
    try examination.look("names") { try $0.checkNames($1) }
    try examination.look("numbers") { try $0.checkNumbers($1) }
    try examination.look("blobs") { try $0.checkBlobs($1) }
    try examination.look("orphans") { try $0.checkOrphans($1) }
    try examination.look("attempts") { try $0.checkAttempts($1) }
    try examination.look("parents") { try $0.checkParents($1) }
    try examination.look("sweeps") { try $0.checkSweeps($1) }
    try examination.look("audits") { try $0.checkAudits($1) }
    try examination.checkStatuses()
    try examination.checkCopies()
    try examination.noteSpace()
    return examination.diagnosis(runs: runs.count)
  }
}

/// Collects what is found about a store.
struct Examination {
  let store: RunStore
  private(set) var findings: [StoreFinding] = []
  private(set) var notes: [StoreNote] = []
  /// False where a table is missing, so that no other question can be asked.
  var tablesAreThere = true

  init(store: RunStore) {
    self.store = store
  }

  mutating func add(
    _ invariant: Invariant, run: RunNumber? = nil, place: String? = nil, _ problem: String, repair: Repair? = nil,
    isLeftover: Bool = false
  ) {
    findings.append(StoreFinding(invariant, run: run, place: place, problem, repair: repair, isLeftover: isLeftover))
  }

  mutating func note(_ note: StoreNote) {
    notes.append(note)
  }

  func diagnosis(runs: Int) -> Diagnosis {
    Diagnosis(findings: findings, repaired: [], notes: notes, runs: runs)
  }

  /// One read transaction; damage that it meets is a finding.
  mutating func look(_ place: String, _ check: (inout Examination, Database) throws -> Void) throws {
    try store.read { db in
      do {
        try check(&self, db)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
        add(.pages, place: place, error.message ?? "malformed")
      } catch let error as UnreadableColumn {
        add(.values, run: error.run, place: place, error.description)
      }
    }
  }

  /// What `Doctor.verify` asks of one run, in the words of the invariants.
  mutating func check(_ run: RunNumber) throws {
    try look("run \(run)") { examination, db in
      // It may have been deleted since the list was made.
      guard try db.integer("SELECT 1 FROM run WHERE id = ?", [run.value]) != nil else { return }
      var findings = Findings(run: run)
      try findings.checkRecords(db)
      // Nothing is derived from a history that is itself in doubt.
      let isSound = findings.all.allSatisfy { Invariant($0) != .chain }
      for finding in findings.all {
        let invariant = Invariant(finding)
        let derived = isSound && (invariant == .state || invariant == .summaries)
        examination.add(
          invariant, run: run, place: finding.place, finding.problem, repair: derived ? .recompute(run) : nil)
      }
    }
  }
}

extension Invariant {
  /// The invariant that a finding about a run speaks of.
  init(_ finding: IntegrityFinding) {
    self =
      switch finding.table {
      case "config": .config
      case "dataset": .datasets
      case "epoch", "point": .chain
      case "trace", "checkpoint_trace": .traces
      case "run": .state
      case "series_summary": .summaries
      case "checkpoint": .checkpoints
      case "checkpoint_tensor": .tensors
      case "artifact", "attempt": .blobs
      case "database": .pages
      // A column of any table that cannot be read.
      default: .values
      }
  }
}

extension IntegrityFinding {
  /// Where it is within the run.
  var place: String? {
    let places = [epoch.map { "epoch \($0)" }, item, blob.map { "blob \($0)" }].compactMap { $0 }
    return places.isEmpty ? nil : places.joined(separator: ", ")
  }
}
