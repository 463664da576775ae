// Repairs: each recomputes derived data from its source, or removes data without references.
internal import Digests
internal import Files
internal import GRDB
internal import RunStore

/// A repair. All of them may be done at any time, also on an intact store and while another process trains; then
/// without effect.
enum Repair: Hashable, Sendable {
  /// Summaries from points, the run's row from its last epoch or its partial state.
  case recompute(RunNumber)
  /// The run's status from its last attempt and the locks.
  case statuses(RunNumber)
  case parent(RunNumber)
  case member(RunNumber)
  case orphans
  case configs
  case datasets
  case numbers
  /// An index or a view, created again.
  case schema(name: String, type: String, sql: String)
  case file(String)
}

extension Doctor {
  /// Does repairs in one transaction; files come last.
  func repair(_ repairs: [Repair]) throws {
    try store.write { db in
      for repair in repairs { try self.repair(repair, in: db) }
    }
    for case .file(let path) in repairs { StagingFolder.remove(path) }
  }

  private func repair(_ repair: Repair, in db: Database) throws {
    switch repair {
    case .recompute(let run):
      try db.recomputeHistory(of: run)
      try db.recomputeState(of: run)
    case .statuses(let run): try recomputeStatus(of: run, in: db)
    case .parent(let run):
      try db.run(
        """
        UPDATE run SET parent_uuid = coalesce(parent_uuid, (SELECT uuid FROM run AS parent WHERE parent.id = run.parent_run)),
          parent_run = coalesce(parent_run, (SELECT id FROM run AS parent WHERE parent.uuid = run.parent_uuid))
        WHERE id = ?
        """, [run.value])
    case .member(let run):
      try db.run("UPDATE run SET member = NULL WHERE id = ? AND sweep IS NULL", [run.value])
    case .orphans:
      try db.dropUnreferenced(db.unreferencedBlobs())
    case .configs:
      try db.run("DELETE FROM config WHERE NOT EXISTS (SELECT 1 FROM run WHERE config = config.id)", [])
    case .datasets:
      try db.run(
        "DELETE FROM dataset WHERE NOT EXISTS (SELECT 1 FROM run_dataset WHERE dataset = dataset.digest)", [])
    case .numbers:
      try db.run("DELETE FROM sqlite_sequence WHERE name = 'run'", [])
      try db.run("INSERT INTO sqlite_sequence (name, seq) SELECT 'run', coalesce(max(id), 0) FROM run", [])
    case .schema(let name, let type, let sql):
      try db.execute(sql: "DROP \(type.uppercased()) IF EXISTS \(name.quotedDatabaseIdentifier)")
      try db.execute(sql: sql)
    case .file: break
    }
  }

  /// The last attempt says how the run ended; one that is open although its lock is free is a crash.
  private func recomputeStatus(of run: RunNumber, in db: Database) throws {
    if try !store.locks.isHeld(run) {
      try db.run("UPDATE attempt SET outcome = 'crashed' WHERE run = ? AND outcome = 'running'", [run.value])
    }
    try db.run(
      """
      UPDATE run SET status = coalesce(
        (SELECT outcome FROM attempt WHERE run = run.id ORDER BY number DESC LIMIT 1),
        iif(status = 'running', 'interrupted', status))
      WHERE id = ?
      """, [run.value])
  }
}
