// Reports of audits, stored with their runs.
internal import Digests
internal import GRDB

extension RunStore {
  /// Keeps what an audit found.
  ///
  /// - Parameters:
  ///   - report: for people.
  ///   - document: the report as JSON; its digest is stored with it.
  ///   - at: when the audit was made, ISO 8601 in UTC; nil for now.
  /// - Returns: the audit's number in the store.
  @discardableResult
  package func addAudit(
    run: RunNumber, verdict: String, report: String, document: String? = nil, at: String? = nil
  ) throws -> Int {
    let digest = document.map { Digest(of: $0) }
    return try write { db in
      try db.require(run)
      try db.run(
        "INSERT INTO audit (run, at, verdict, report, document, digest) VALUES (?, ?, ?, ?, ?, ?)",
        [run.value, at ?? settings.now(), verdict, report, document, digest?.hex])
      return Int(db.lastInsertedRowID)
    }
  }

  /// A run's audits, oldest first.
  package func audits(of run: RunNumber) throws -> [AuditRow] {
    try read { db in
      try db.require(run)
      return try db.audits("WHERE run = ? ORDER BY id", [run.value])
    }
  }

  /// Every run's audits, oldest first.
  package func audits() throws -> [AuditRow] {
    try read { db in try db.audits("ORDER BY id", []) }
  }

  /// One audit by its number.
  ///
  /// - Throws: `noSuchAudit`.
  package func audit(_ number: Int) throws -> AuditRow {
    try read { db in
      guard let row = try db.audits("WHERE id = ?", [number]).first else {
        throw StoreError.noSuchAudit(number: number, path: path)
      }
      return row
    }
  }
}

extension Database {
  fileprivate func audits(_ condition: String, _ arguments: Bindings) throws -> [AuditRow] {
    try rows("SELECT * FROM audit " + condition, arguments).map { row in
      try AuditRow(
        number: row["id"], run: row["run"], at: row["at"], verdict: row["verdict"], report: row["report"],
        document: row["document"], digest: row.optionalDigest("digest"))
    }
  }
}
