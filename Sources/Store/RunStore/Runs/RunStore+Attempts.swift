// Attempts at a run, and detection of those whose process has ended.
internal import Digests
package import GRDB

extension RunStore {
  /// Takes the run's lock and begins to work on it; the run is `running` from here on. Nothing stored is touched.
  ///
  /// - Throws: `runIsHeld` when a live process works on the run; `inTrash`.
  package func beginAttempt(of run: RunNumber, _ attempt: NewAttempt) throws -> Attempt {
    try read { try $0.require(run) }
    guard access == .write else { throw StoreError.unwritable(path: path, reason: "it was opened for reading") }
    guard try locks.acquire(run) else {
      throw try read { try $0.isHeld(run) }
    }
    do {
      return Attempt(run: run, number: try write { db in try insert(attempt, of: run, db) }, locks: locks)
    } catch {
      locks.release(run)
      throw error
    }
  }

  /// Ends an attempt, gives the run its status and releases the lock. When storing fails the attempt stays open.
  ///
  /// - Parameter message: for people, as the error's line of a failed attempt.
  package func end(_ attempt: Attempt, outcome: RunStatus, message: String? = nil) throws {
    try end(attempt, outcome: outcome, message: message) { _ in }
  }

  /// Ends an attempt in one transaction with what is still to be stored.
  func end(
    _ attempt: Attempt, outcome: RunStatus, message: String?, storing rest: (Database) throws -> Void
  ) throws {
    guard outcome != .running else { throw StoreError.refused("an attempt cannot end as running; give its outcome") }
    try attempt.whileHeld {
      try write { db in
        try rest(db)
        let now = settings.now()
        try db.run(
          "UPDATE attempt SET ended = ?, outcome = ?, message = ? WHERE run = ? AND number = ?",
          [now, outcome.rawValue, message, attempt.run.value, attempt.number])
        try db.run("UPDATE run SET ended = ?, status = ? WHERE id = ?", [now, outcome.rawValue, attempt.run.value])
      }
    }
    attempt.finish()
  }

  /// A run's attempts in their order.
  package func attempts(of run: RunNumber) throws -> [AttemptRow] {
    try read { db in
      try db.require(run)
      let isHeld = try locks.isHeld(run)
      return try db.rows(
        """
        SELECT attempt.*, blob.digest AS diff_digest, blob.size AS diff_size
        FROM attempt LEFT JOIN blob ON blob.id = attempt.source_diff WHERE run = ? ORDER BY number
        """, [run.value]
      ).map { row in
        let outcome = try row.status("outcome")
        let diff = try row.optionalDigest("diff_digest")
        return try AttemptRow(
          number: row["number"], started: row["started"], ended: row["ended"],
          outcome: outcome == .running && !isHeld ? .crashed : outcome, message: row["message"],
          attempt: NewAttempt(
            host: row["host"], cpu: row["cpu"], isa: row["isa"], threads: row["threads"], toolchain: row["toolchain"],
            sourceRevision: row["source_revision"], sourceDirty: row["source_dirty"], version: row["version"],
            os: row["os"], workingDirectory: row["working_directory"], commandLine: row["command_line"]),
          sourceDiff: diff.map { try ($0, row["diff_size"]) }, process: row["process"], boot: row["boot"])
      }
    }
  }

  /// The differences of an attempt's source from its revision; nil where none were stored.
  ///
  /// - Throws: `corruptArtifact` where the bytes do not have their digest.
  package func sourceDiff(of run: RunNumber, attempt: Int) throws -> [UInt8]? {
    try read { db in
      try db.require(run)
      let row = try db.row(
        "SELECT blob.id, digest FROM attempt JOIN blob ON blob.id = source_diff WHERE run = ? AND number = ?",
        [run.value, attempt])
      guard let row else { return nil }
      let (bytes, digest) = try (db.blobBytes(row["id"]), row.digest("digest"))
      guard Digest(of: bytes) == digest else {
        throw StoreError.corruptArtifact(digest: digest, name: "source diff of attempt \(attempt)", run: run)
      }
      return bytes
    }
  }

  /// Runs that are stored as running though no process has their lock.
  func crashedRuns(in db: Database) throws -> [RunNumber] {
    try db.runs("SELECT id FROM run WHERE status = 'running' ORDER BY id", []).filter { try !locks.isHeld($0) }
  }

  /// Stores as crashed the runs that are so. A run that another computer began is left as it is stored, though it
  /// shows as crashed: its lock may be out of sight.
  func markCrashedRuns() throws {
    guard try !read(crashedRuns).isEmpty else { return }
    try write { db in
      for run in try crashedRuns(in: db) {
        let last = try db.row("SELECT host, boot FROM attempt WHERE run = ? ORDER BY number DESC LIMIT 1", [run.value])
        let machine = settings.machine
        guard try last?["boot"] == machine.boot || last?["host"] == machine.host else { continue }
        try closeOpenAttempts(of: run, in: db)
        try db.run("UPDATE run SET status = 'crashed' WHERE id = ?", [run.value])
      }
    }
  }

  private func closeOpenAttempts(of run: RunNumber, in db: Database) throws {
    try db.run("UPDATE attempt SET outcome = 'crashed' WHERE run = ? AND outcome = 'running'", [run.value])
  }

  /// - Returns: the attempt's number. The caller holds the run's lock.
  func insert(_ attempt: NewAttempt, of run: RunNumber, _ db: Database) throws -> Int {
    if try db.isTrashed(run) { throw StoreError.inTrash(run: run) }
    try closeOpenAttempts(of: run, in: db)
    let last: Int? = try db.row("SELECT max(number) AS number FROM attempt WHERE run = ?", [run.value])?["number"]
    let number = (last ?? 0) + 1
    let now = settings.now()
    try db.run(
      """
      INSERT INTO attempt (run, number, started, outcome, host, boot, process, cpu, isa, threads, toolchain,
        source_revision, source_dirty, source_diff, version, os, working_directory, command_line)
      VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        run.value, number, now, attempt.host, settings.machine.boot, settings.machine.process, attempt.cpu, attempt.isa,
        attempt.threads, attempt.toolchain, attempt.sourceRevision, attempt.sourceDirty,
        attempt.sourceDiff.map { try db.storeBlob($0, digest: Digest(of: $0)) }, attempt.version, attempt.os,
        attempt.workingDirectory, attempt.commandLine,
      ])
    try db.run(
      "UPDATE run SET status = 'running', started = coalesce(started, ?), ended = NULL WHERE id = ?",
      [now, run.value])
    return number
  }
}

extension Database {
  /// The error that tells who works on a run.
  package func isHeld(_ run: RunNumber) throws -> StoreError {
    let holder = try row("SELECT process, host FROM attempt WHERE run = ? ORDER BY number DESC LIMIT 1", [run.value])
    return try .runIsHeld(run: run, process: holder?["process"] ?? 0, host: holder?["host"] ?? "this computer")
  }
}
