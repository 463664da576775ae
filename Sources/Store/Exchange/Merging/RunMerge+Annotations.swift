// What belongs to a run besides its history: attempts, tags, notes, metrics, artifacts, audits.
internal import Digests
internal import GRDB
internal import RunStore

extension RunMerge {
  mutating func addAttempts(to number: RunNumber) throws {
    for row in try theirRows("SELECT * FROM attempt WHERE run = ? ORDER BY number", [theirs.value]) {
      try insert(attempt: row, of: number)
    }
  }

  /// Adds attempts that are new here, and the end of those that had none.
  ///
  /// - Returns: whether there was something to do.
  /// - Throws: `MergeStop.diverged` where an attempt's number stands for two.
  @discardableResult
  mutating func updateAttempts(of number: RunNumber) throws -> Bool {
    var changes = 0
    for row in try theirRows("SELECT * FROM attempt WHERE run = ? ORDER BY number", [theirs.value]) {
      let place: Int = try row["number"]
      guard let here = try db.row("SELECT * FROM attempt WHERE run = ? AND number = ?", [number.value, place]) else {
        try hold(number)
        try insert(attempt: row, of: number)
        changes += 1
        continue
      }
      let isOne = try ["started", "host", "boot", "process"].allSatisfy { try here[$0] as DatabaseValue == row[$0] }
      guard isOne else {
        throw try MergeStop.diverged(
          MergeDisagreement(kind: "attempt", key: String(place), ours: identity(here), theirs: identity(row)),
          epoch: nil)
      }
      guard try certainty(row) >= certainty(here) else { continue }
      let end = try (settledStatus(row["outcome"]), row["ended"] as String?, row["message"] as String?)
      guard try end != (here["outcome"] as String, here["ended"] as String?, here["message"] as String?) else {
        continue
      }
      guard try certainty(row) > certainty(here) else {
        throw try MergeStop.diverged(
          MergeDisagreement(kind: "the end of attempt", key: String(place), ours: ending(here), theirs: ending(row)),
          epoch: nil)
      }
      try hold(number)
      try db.run(
        "UPDATE attempt SET outcome = ?, ended = ?, message = ? WHERE run = ? AND number = ?",
        [end.0, end.1, end.2, number.value, place])
      changes += 1
    }
    count("attempts", changes)
    return changes > 0
  }

  /// How sure a store is of an attempt's end: from a copy made while it ran to an end that was stored.
  private func certainty(_ attempt: StoredRow) throws -> Int {
    if try attempt["ended"] as String? != nil { return 3 }
    let outcome: String = try attempt["outcome"]
    if outcome == RunStatus.running.rawValue { return isHeldThere ? 1 : 2 }
    return outcome == RunStatus.crashed.rawValue ? 2 : 1
  }

  private func identity(_ attempt: StoredRow) throws -> String {
    try "process \(attempt["process"] as Int) on \(attempt["host"] as String) at \(attempt["started"] as String)"
  }

  private func ending(_ attempt: StoredRow) throws -> String {
    try "\(attempt["outcome"] as String)\((attempt["ended"] as String?).map { " at \($0)" } ?? "")"
  }

  private func insert(attempt row: StoredRow, of number: RunNumber) throws {
    let place: Int = try row["number"]
    let diff = try (row["source_diff"] as Int64?).map { try blob($0, of: "the source changes of attempt \(place)") }
    try RowCopy("attempt", in: db).insert(
      row, into: db,
      replacing: [
        "run": number.value.databaseValue, "source_diff": diff.databaseValue,
        "outcome": try settledStatus(row["outcome"]).databaseValue,
      ])
  }

  /// Adds annotations and audits of the run; where the stores differ, this store's value stays.
  mutating func addAnnotations(to number: RunNumber) throws {
    try addTags(to: number)
    try addRemarks("note", ["at", "text"], to: number)
    try addEvaluations(to: number)
    try addMetrics(to: number)
    try addArtifacts(to: number)
    try addRemarks("audit", ["at", "verdict", "report"], to: number)
  }

  private mutating func addTags(to number: RunNumber) throws {
    let copy = try RowCopy("tag", in: db)
    var added = 0
    for row in try theirRows("SELECT * FROM tag WHERE run = ? ORDER BY key", [theirs.value]) {
      let (key, value): (String, String) = try (row["key"], row["value"])
      if let mine = try db.row("SELECT value FROM tag WHERE run = ? AND key = ?", [number.value, key]) {
        guard try mine["value"] != value else { continue }
        try disagreements.append(MergeDisagreement(kind: "tag", key: key, ours: mine["value"], theirs: value))
      } else {
        try copy.insert(row, into: db, replacing: ["run": number.value.databaseValue])
        added += 1
      }
    }
    count("tags", added)
  }

  /// Adds the rows of a table whose rows are identified by their text.
  private mutating func addRemarks(_ table: String, _ columns: [String], to number: RunNumber) throws {
    let copy = try RowCopy(table, leavingOut: ["id"], in: db)
    let same = columns.map { "\($0) = ?" }.joined(separator: " AND ")
    var added = 0
    for row in try theirRows("SELECT * FROM \(table) WHERE run = ? ORDER BY id", [theirs.value]) {
      let arguments =
        try Bindings([number.value] + columns.map { try row[$0] as DatabaseValue })
      guard try db.integer("SELECT 1 FROM \(table) WHERE run = ? AND \(same)", arguments) == nil else { continue }
      try copy.insert(row, into: db, replacing: ["run": number.value.databaseValue])
      added += 1
    }
    count(table + "s", added)
  }

  private mutating func addEvaluations(to number: RunNumber) throws {
    let copy = try RowCopy("evaluation", in: db)
    var added = 0
    for row in try theirRows("SELECT * FROM evaluation WHERE run = ? ORDER BY role, epoch", [theirs.value]) {
      let evaluation = try EvaluationRecord(row)
      let key: Bindings = [number.value, evaluation.role, evaluation.epoch]
      guard let here = try db.row("SELECT * FROM evaluation WHERE run = ? AND role = ? AND epoch = ?", key) else {
        try copy.insert(row, into: db, replacing: ["run": number.value.databaseValue])
        added += 1
        continue
      }
      let ours = try EvaluationRecord(here)
      guard !ours.hasSamples(of: evaluation) else { continue }
      disagreements.append(
        MergeDisagreement(
          kind: "evaluation", key: "\(evaluation.role) at epoch \(evaluation.epoch)", ours: ours.real.digest.hex,
          theirs: evaluation.real.digest.hex))
    }
    count("evaluations", added)
  }

  private mutating func addMetrics(to number: RunNumber) throws {
    let copy = try RowCopy("metric", in: db)
    let order = "ORDER BY name, role, epoch, bin"
    let keys = ["name", "role", "epoch", "bin"]
    func key(_ row: StoredRow) throws -> [DatabaseValue] { try keys.map { try row[$0] } }
    let mine = try db.rows("SELECT * FROM metric WHERE run = ? \(order)", [number.value])
    let known = Dictionary(try mine.map { (try key($0), $0) }) { first, _ in first }
    var added = 0
    for row in try theirRows("SELECT * FROM metric WHERE run = ? \(order)", [theirs.value]) {
      guard let here = try known[key(row)] else {
        try copy.insert(row, into: db, replacing: ["run": number.value.databaseValue])
        added += 1
        continue
      }
      let isSame = try ["value", "uncertainty", "masked"].allSatisfy { try here[$0] as DatabaseValue == row[$0] }
      guard !isSame else { continue }
      let bin: String = try row["bin"]
      let name = try "\(row["role"] as String)/\(row["name"] as String) at epoch \(row["epoch"] as Int)"
      try disagreements.append(
        MergeDisagreement(
          kind: "metric", key: bin.isEmpty ? name : "\(name) in \(bin)", ours: StoreValue(here["value"]).plainText,
          theirs: StoreValue(row["value"]).plainText))
    }
    count("metrics", added)
  }

  private mutating func addArtifacts(to number: RunNumber) throws {
    let copy = try RowCopy("artifact", in: db)
    let sql = "SELECT artifact.*, digest FROM artifact JOIN blob ON blob.id = blob WHERE run = ?"
    var added = 0
    for row in try theirRows(sql + " ORDER BY name", [theirs.value]) {
      let name: String = try row["name"]
      if let here = try db.row(sql + " AND name = ?", [number.value, name]) {
        guard try here["digest"] != row["digest"] as String else { continue }
        try disagreements.append(
          MergeDisagreement(kind: "artifact", key: name, ours: here["digest"], theirs: row["digest"]))
      } else {
        let bytes = try blob(row["blob"], of: "artifact '\(name)'")
        try copy.insert(
          row, into: db, replacing: ["run": number.value.databaseValue, "blob": bytes.databaseValue])
        added += 1
      }
    }
    count("artifacts", added)
  }
}
