// Sweeps: stored once, trained by any number of processes.
internal import Digests
internal import GRDB
internal import Suggestions
internal import Text

extension RunStore {
  /// The stored sweep with the same members, or a new one: the same command resumes it.
  ///
  /// - Throws: `refused` for no members or an invalid name.
  package func sweep(_ sweep: NewSweep) throws -> SweepRecord {
    try requireName(sweep.name, "the sweep's name")
    guard !sweep.members.isEmpty else { throw StoreError.refused("the sweep has no member; give it one") }
    for member in sweep.members { try requireName(member.name, "a member's name") }
    return try write { db in
      if let uuid = try db.texts(
        "SELECT uuid FROM sweep WHERE digest = ? AND name = ? ORDER BY id DESC LIMIT 1",
        [sweep.digest.hex, sweep.name]
      ).first {
        return try db.sweep(uuid: uuid)
      }
      let uuid = newUUID()
      try db.run(
        "INSERT INTO sweep (uuid, name, digest, yaml, created) VALUES (?, ?, ?, ?, ?)",
        [uuid, sweep.name, sweep.digest.hex, sweep.yaml, settings.now()])
      let identifier = db.lastInsertedRowID
      for (place, member) in sweep.members.enumerated() {
        try db.run(
          "INSERT INTO sweep_member (sweep, member, name, json) VALUES (?, ?, ?, ?)",
          [identifier, place, member.name, member.json])
      }
      return try db.sweep(uuid: uuid)
    }
  }

  /// The sweep that a reference names.
  ///
  /// - Parameter reference: a name, of which the last one counts, or a uuid or its beginning of four characters or
  ///   more.
  /// - Throws: `noSuchSweep`.
  package func sweep(_ reference: String) throws -> SweepRecord {
    try read { db in
      let uuids = try db.texts("SELECT uuid FROM sweep WHERE name = ? ORDER BY id DESC LIMIT 1", [reference])
      if let uuid = uuids.first { return try db.sweep(uuid: uuid) }
      let prefix = reference.lowercased()
      if prefix.count >= 4, prefix.allSatisfy({ $0.isHexDigit || $0 == "-" }) {
        let fits = try db.texts("SELECT uuid FROM sweep WHERE uuid LIKE ? || '%' ORDER BY id LIMIT 2", [prefix])
        if fits.count == 1 { return try db.sweep(uuid: fits[0]) }
      }
      let names = try db.texts("SELECT DISTINCT name FROM sweep", [])
      throw StoreError.noSuchSweep(reference: reference, nearest: nearestName(to: reference, among: names))
    }
  }

  /// The runs that there are of a sweep, by place; those in the trash have none.
  package func runs(of sweep: SweepRecord) throws -> [Int: RunRecord] {
    let numbers = try read { db in
      try db.runs(
        """
        SELECT run.id FROM run JOIN sweep ON sweep.id = run.sweep
        WHERE sweep.uuid = ? AND trashed IS NULL ORDER BY member
        """, [sweep.uuid])
    }
    var runs: [Int: RunRecord] = [:]
    for number in numbers {
      let run = try run(number)
      if let place = run.member { runs[place] = run }
    }
    return runs
  }
}

extension Database {
  fileprivate func sweep(uuid: String) throws -> SweepRecord {
    guard let row = try row("SELECT * FROM sweep WHERE uuid = ?", [uuid]) else {
      throw StoreError.noSuchSweep(reference: uuid, nearest: nil)
    }
    let identifier: Int64 = try row["id"]
    let members = try rows("SELECT * FROM sweep_member WHERE sweep = ? ORDER BY member", [identifier]).map {
      try SweepRecord.Member(place: $0["member"], name: $0["name"], json: $0["json"])
    }
    return try SweepRecord(
      uuid: row["uuid"], name: row["name"], digest: row.digest("digest"), yaml: row["yaml"],
      created: row["created"], members: members)
  }

  /// Gives a new run its place in a sweep.
  ///
  /// - Throws: `memberIsTaken` where another process created the run first, `noSuchSweep`.
  func take(_ place: SweepPlace, for run: RunNumber) throws {
    guard let sweep = try integer("SELECT id FROM sweep WHERE uuid = ?", [place.sweep]) else {
      throw StoreError.noSuchSweep(reference: place.sweep, nearest: nil)
    }
    guard try integer("SELECT 1 FROM sweep_member WHERE sweep = ? AND member = ?", [sweep, place.member]) != nil else {
      throw StoreError.refused("sweep \(place.sweep) has no member \(place.member)")
    }
    let taken = try integer(
      "SELECT id FROM run WHERE sweep = ? AND member = ? AND trashed IS NULL", [sweep, place.member])
    if let taken { throw StoreError.memberIsTaken(place, run: RunNumber(taken)) }
    try self.run("UPDATE run SET sweep = ?, member = ? WHERE id = ?", [sweep, place.member, run.value])
  }
}
