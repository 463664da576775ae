// The checks between runs: attempts, statuses and locks, parents, sweeps, audits.
internal import Digests
internal import GRDB
internal import RunStore

extension Examination {
  mutating func checkAttempts(_ db: Database) throws {
    let gaps = try db.rows(
      "SELECT run, count(*) AS attempts, max(number) AS last FROM attempt GROUP BY run HAVING max(number) <> count(*)",
      [])
    for row in gaps {
      try add(
        .attempts, run: row["run"],
        "\(row["attempts"] as Int) attempts, the last with the number \(row["last"] as Int)")
    }
    let open = try db.rows(
      """
      SELECT run, number FROM attempt WHERE outcome = 'running'
      AND number < (SELECT max(number) FROM attempt AS later WHERE later.run = attempt.run)
      """, [])
    for row in open {
      try add(
        .attempts, run: row["run"], place: "attempt \(row["number"] as Int)",
        "it is open though another one followed")
    }
    let orphans = try db.rows(
      """
      SELECT run, min(epoch) AS epoch, attempt FROM epoch WHERE attempt IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM attempt AS made WHERE made.run = epoch.run AND made.number = epoch.attempt)
      GROUP BY run, attempt
      """, [])
    for row in orphans {
      try add(
        .attempts, run: row["run"], place: "epoch \(row["epoch"] as Int)",
        "it says that attempt \(row["attempt"] as Int) stored it, which isn't there")
    }
  }

  /// A process writes how its attempt ended before it releases the lock. So an attempt has crashed when its lock was
  /// free at one moment and the store says at a later one that it is running still.
  mutating func checkStatuses() throws {
    struct Running: Hashable {
      let run: RunNumber
      let attempt: Int
      /// As the attempt was left by a process that was killed.
      let isOpen: Bool
      let isElsewhere: Bool
    }
    let machine = store.settings.machine
    func running(_ db: Database) throws -> Set<Running> {
      let rows = try db.rows(
        """
        SELECT run.id, coalesce(number, 0) AS number, coalesce(outcome = 'running', 0) AS open, host, boot FROM run
        LEFT JOIN attempt ON run = run.id AND number = (SELECT max(number) FROM attempt WHERE run = run.id)
        WHERE status = 'running'
        """, [])
      return Set(
        try rows.map { row in
          try Running(
            run: row["id"], attempt: row["number"], isOpen: row["open"],
            isElsewhere: (row["host"] as String?) != machine.host && (row["boot"] as String?) != machine.boot)
        })
    }
    let free = try store.read(running).filter { try !store.locks.isHeld($0.run) }
    let dead: Set<Running> = try free.isEmpty ? [] : store.read(running).intersection(free)
    for row in dead.sorted(by: { $0.run < $1.run }) {
      if row.isElsewhere, row.attempt > 0 {
        note(.startedElsewhere(row.run))
      } else {
        add(
          .statuses, run: row.run, "it is stored as running, but its process has ended: it shows as crashed",
          repair: .statuses(row.run), isLeftover: row.isOpen)
      }
    }
    try look("statuses") { examination, db in
      let rows = try db.rows(
        """
        SELECT run.id, status, outcome FROM run JOIN attempt ON run = run.id
        AND number = (SELECT max(number) FROM attempt WHERE run = run.id) WHERE status <> outcome
        """, [])
      for row in rows {
        let run: RunNumber = try row["id"]
        if dead.contains(where: { $0.run == run }) { continue }
        try examination.add(
          .statuses, run: run, "it is \(row["status"] as String), its last attempt \(row["outcome"] as String)",
          repair: .statuses(run))
      }
    }
  }

  mutating func checkParents(_ db: Database) throws {
    let rows = try db.rows(
      """
      SELECT run.id, run.parent_run, run.parent_uuid, parent.uuid, named.id AS named FROM run
      LEFT JOIN run AS parent ON parent.id = run.parent_run
      LEFT JOIN run AS named ON named.uuid = run.parent_uuid
      WHERE (run.parent_run IS NOT NULL OR run.parent_uuid IS NOT NULL) AND run.parent_run IS NOT named.id
      """, [])
    for row in rows {
      let run: RunNumber = try row["id"]
      let (parent, uuid): (Int64?, String?) = try (row["parent_run"], row["parent_uuid"])
      switch (parent, uuid) {
      case (nil, let uuid?):
        add(.parents, run: run, "its parent \(uuid) is in this store, but the two are not linked", repair: .parent(run))
      case (let parent?, nil):
        add(.parents, run: run, "it does not have the uuid of run \(parent)", repair: .parent(run))
      default: add(.parents, run: run, "its parent is stored as run \(parent ?? 0) and uuid \(uuid ?? "none")")
      }
    }
    var parents: [Int64: Int64] = [:]
    for row in try db.rows("SELECT id, parent_run FROM run WHERE parent_run IS NOT NULL", []) {
      parents[try row["id"]] = try row["parent_run"]
    }
    for start in parents.keys.sorted() {
      var seen: Set<Int64> = [start]
      var next = parents[start]
      while let run = next, seen.insert(run).inserted { next = parents[run] }
      if next == start { add(.parents, run: RunNumber(start), "it descends from itself") }
    }
  }

  mutating func checkSweeps(_ db: Database) throws {
    let rows = try db.rows(
      """
      SELECT id, sweep, member FROM run WHERE (sweep IS NULL) <> (member IS NULL) OR sweep IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM sweep_member WHERE sweep_member.sweep = run.sweep AND sweep_member.member = run.member)
      """, [])
    for row in rows {
      let run: RunNumber = try row["id"]
      if try (row["sweep"] as Int64?) == nil {
        add(.sweeps, run: run, "it has a place in a sweep that no longer exists", repair: .member(run))
      } else {
        try add(
          .sweeps, run: run, "its sweep has no place \((row["member"] as Int?).map(String.init) ?? "without a number")")
      }
    }
    for row in try db.rows("SELECT id, name, yaml, digest FROM sweep ORDER BY id", []) {
      let members = try db.rows(
        "SELECT name, json FROM sweep_member WHERE sweep = ? ORDER BY member", [row["id"] as Int64])
      let sweep = try NewSweep(
        name: row["name"], yaml: row["yaml"], members: members.map { try ($0["name"], $0["json"]) })
      if try row.digest("digest") != sweep.digest {
        try add(.sweeps, place: "sweep \(row["name"] as String)", "its digest is not that of its members")
      }
    }
  }

  mutating func checkAudits(_ db: Database) throws {
    let rows = try db.rows(
      "SELECT id, run, document, digest FROM audit WHERE document IS NOT NULL OR digest IS NOT NULL ORDER BY id", [])
    for row in rows {
      let document: String? = try row["document"]
      if try row.optionalDigest("digest") != document.map({ Digest(of: $0) }) {
        try add(.audits, run: row["run"], place: "audit \(row["id"] as Int)", "its document has changed")
      }
    }
  }
}
