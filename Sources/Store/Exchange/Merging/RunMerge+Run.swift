// A run that is new here: its row, config, data sets, sweep, parent and children.
internal import Digests
internal import GRDB
internal import RunStore

extension RunMerge {
  /// Adds the complete run.
  mutating func add() throws {
    let number = try insertRun()
    ours = number
    outcome = .added
    for row in try theirRows("SELECT * FROM parameter WHERE run = ? ORDER BY path", [theirs.value]) {
      try RowCopy("parameter", in: db).insert(row, into: db, replacing: ["run": number.value.databaseValue])
    }
    try addDatasets(to: number)
    try addEpochs(to: number, after: 0, previous: nil)
    try addCheckpoints(to: number, after: 0)
    try addAttempts(to: number)
    try addAnnotations(to: number)
    try joinFamily(number)
  }

  /// Properties of the same run that must agree; otherwise two histories would have one identity.
  func requireSameOrigin(_ here: StoredRow) throws {
    let ours = try db.configuration(of: here["id"])
    let config = try theirs { try $0.configuration(of: theirs) }
    let facts: [(kind: String, ours: String, theirs: String)] = try [
      ("config", ours.digest.hex, config.digest.hex),
      ("program", here["program_digest"], run["program_digest"]),
      ("seed", text(here["seed"]), text(run["seed"])),
      ("creation", here["created"], run["created"]),
    ]
    if let fact = facts.first(where: { $0.ours != $0.theirs }) {
      throw MergeStop.diverged(
        MergeDisagreement(kind: fact.kind, key: "", ours: fact.ours, theirs: fact.theirs), epoch: nil)
    }
    let parents = try (here["parent_uuid"] as String?, run["parent_uuid"] as String?)
    if let mine = parents.0, let other = parents.1, mine != other {
      throw MergeStop.diverged(MergeDisagreement(kind: "parent", key: "", ours: mine, theirs: other), epoch: nil)
    }
    try requireSameDatasets(here["id"])
  }

  /// Ties a run to its parent and its children, whichever of them came first.
  func joinFamily(_ number: RunNumber) throws {
    try db.run(
      """
      UPDATE run SET parent_run = (SELECT id FROM run AS parent WHERE parent.uuid = run.parent_uuid)
      WHERE id = ? AND parent_run IS NULL AND EXISTS (SELECT 1 FROM run AS parent WHERE parent.uuid = run.parent_uuid)
      """, [number.value])
    try db.run(
      "UPDATE run SET parent_run = ? WHERE parent_uuid = ? AND parent_run IS NULL",
      [number.value, uuid])
  }

  private func insertRun() throws -> RunNumber {
    let before: String? = try run["origin"]
    let sweep = try sweep()
    let origin =
      source.isStaging
      ? before
      : RunOrigin(kind: "fastsim", file: source.file, run: theirs.description)
        .after(before.flatMap(RunOrigin.init(json:))).json
    try RowCopy("run", leavingOut: ["id"], in: db).insert(
      run, into: db,
      replacing: [
        "config": config().databaseValue, "parent_run": .null, "sweep": sweep,
        "member": try sweep.isNull ? .null : run["member"], "origin": origin.databaseValue,
        "status": try settledStatus(run["status"]).databaseValue,
      ])
    return RunNumber(db.lastInsertedRowID)
  }

  private func config() throws -> Int64 {
    let config = try theirs { try $0.configuration(of: theirs) }
    guard Digest(of: config.json) == config.digest else {
      throw MergeStop.damaged("the config doesn't agree with its digest \(config.digest.hex)")
    }
    try db.run(
      "INSERT INTO config (digest, yaml, json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [config.digest.hex, config.yaml, config.json])
    guard
      let number = try db.integer(
        "SELECT id FROM config WHERE digest = ? AND yaml = ?", [config.digest.hex, config.yaml])
    else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no config \(config.digest.hex)") }
    return number
  }

  /// The sweep of the run, taken where it is new.
  private func sweep() throws -> DatabaseValue {
    guard let number = try run["sweep"] as Int64?,
      let sweep = try theirRows("SELECT * FROM sweep WHERE id = ?", [number]).first
    else { return .null }
    let uuid: String = try sweep["uuid"]
    guard let known = try db.row("SELECT id, digest FROM sweep WHERE uuid = ?", [uuid]) else {
      try RowCopy("sweep", leavingOut: ["id"], in: db).insert(sweep, into: db)
      let added = db.lastInsertedRowID
      for member in try theirRows("SELECT * FROM sweep_member WHERE sweep = ? ORDER BY member", [number]) {
        try RowCopy("sweep_member", in: db).insert(member, into: db, replacing: ["sweep": added.databaseValue])
      }
      return added.databaseValue
    }
    guard try known["digest"] == sweep["digest"] as String else {
      throw try MergeStop.diverged(
        MergeDisagreement(kind: "sweep", key: uuid, ours: known["digest"], theirs: sweep["digest"]), epoch: nil)
    }
    let here: Int64 = try known["id"]
    if try run["trashed"] as String? == nil, let member = try run["member"] as Int64?,
      let rival = try db.row(
        "SELECT uuid FROM run WHERE sweep = ? AND member = ? AND trashed IS NULL", [here, member])
    {
      throw try MergeStop.diverged(
        MergeDisagreement(
          kind: "sweep member", key: String(member), ours: "run \(rival["uuid"] as String)",
          theirs: "run \(self.uuid)"), epoch: nil)
    }
    return here.databaseValue
  }

  private func addDatasets(to number: RunNumber) throws {
    for dataset in try theirs({ try $0.datasets(of: theirs) }) {
      guard datasetDigest(dataset.columns.map { ($0.role, $0.digest) }) == dataset.digest else {
        throw MergeStop.damaged("the columns of the data set for \(dataset.role) don't amount to its digest")
      }
      guard try db.integer("SELECT 1 FROM dataset WHERE digest = ?", [dataset.digest.hex]) == nil else { continue }
      for row in try theirRows("SELECT * FROM dataset WHERE digest = ?", [dataset.digest.hex]) {
        try RowCopy("dataset", in: db).insert(row, into: db)
      }
      let columns = "SELECT * FROM dataset_column WHERE dataset = ? ORDER BY position"
      for row in try theirRows(columns, [dataset.digest.hex]) {
        try RowCopy("dataset_column", in: db).insert(row, into: db)
      }
    }
    for row in try theirRows("SELECT * FROM run_dataset WHERE run = ? ORDER BY role", [theirs.value]) {
      try RowCopy("run_dataset", in: db).insert(row, into: db, replacing: ["run": number.value.databaseValue])
    }
  }

  private func requireSameDatasets(_ number: RunNumber) throws {
    let sql = "SELECT role, dataset FROM run_dataset WHERE run = ? ORDER BY role"
    let mine = try db.rows(sql, [number.value])
    let others = try theirRows(sql, [theirs.value])
    let roles = try Set((mine + others).map { try $0["role"] as String }).sorted()
    for role in roles {
      func digest(_ rows: [StoredRow]) throws -> String {
        try rows.first { try $0["role"] == role }.map { try $0["dataset"] } ?? "none"
      }
      guard try digest(mine) == digest(others) else {
        throw try MergeStop.diverged(
          MergeDisagreement(kind: "data set", key: role, ours: digest(mine), theirs: digest(others)), epoch: nil)
      }
    }
  }

  private func text(_ value: DatabaseValue) -> String {
    StoreValue(value).plainText
  }
}

extension StoreValue {
  /// As a report names it.
  var plainText: String {
    switch self {
    case .null: "NaN"
    case .integer(let integer): String(integer)
    case .real(let real): "\(real)"
    case .text(let text): text
    case .blob(let bytes): "\(bytes.count) bytes"
    }
  }
}
