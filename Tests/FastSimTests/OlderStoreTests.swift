// A store of every earlier schema becomes one of today, whole or not at all, and keeps everything.
import Foundation
import Testing

@Suite struct OlderStoreTests {
  let workshop: Workshop

  init() throws {
    workshop = try Workshop()
    try renew()
  }

  private func renew() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path) where name.hasPrefix("old") {
      try FileManager.default.removeItem(atPath: workshop.path(name))
    }
    let fixture = Workshop.packageFolder.appending(path: "Tests/Fixtures/stores/schema1.store")
    try FileManager.default.copyItem(at: fixture, to: URL(filePath: workshop.path("old.sqlite")))
  }

  /// Every row of schema 1's tables, as text.
  private func rows(_ store: String) throws -> String {
    let output = try workshop.run(
      "/usr/bin/env",
      [
        "python3", "-c",
        """
        import sqlite3, sys
        schema = sqlite3.connect(':memory:')
        schema.executescript(open(sys.argv[2]).read())
        db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
        for (table,) in schema.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"):
            columns = ', '.join(f'"{row[1]}"' for row in schema.execute(f'PRAGMA table_info({table})'))
            print(table, *map(repr, db.execute(f'SELECT {columns} FROM {table} ORDER BY 1, 2')), sep='\\n')
        print(db.execute('PRAGMA integrity_check').fetchall())
        """, store, Workshop.packageFolder.appending(path: "migrations/0001_init.sql").path,
      ])
    try #require(output.status == 0, "\(output.err)")
    return output.out
  }

  @Test func migratingKeepsEveryRowAndMakesACopy() throws {
    defer { workshop.remove() }
    let before = try rows("old.sqlite")
    let reading = try workshop.fastsim("runs", "--store", "old.sqlite")
    #expect(reading.status == 1)
    #expect(reading.complaints.count == 1 && reading.err.contains("schema version 1"))
    // Run 3 is not there: the command opens the store for writing and changes no row.
    #expect(try workshop.fastsim("note", "3", "x", "--store", "old.sqlite").status == 1)
    #expect(try rows("old.sqlite") == before)
    #expect(try rows("old.sqlite-v1-backup") == before)
    let doctor = try workshop.fastsim("doctor", "--store", "old.sqlite")
    #expect(doctor.status == 0, "\(doctor.out)")
    let show = try workshop.fastsim("show", "1", "--format", "json", "--store", "old.sqlite").object
    #expect((show["run"] as? [String: Any])?["epoch"] as? Int == 3)
    #expect((show["audits"] as? [[String: Any]])?.count == 1)
    let fork = try workshop.fastsim("show", "fork", "--format", "json", "--store", "old.sqlite").object
    #expect((fork["run"] as? [String: Any])?["status"] as? String == "crashed")
    #expect((fork["run"] as? [String: Any])?["parent"] as? Int == 1)
    #expect(
      try workshop.fastsim("audit", "1", "--replay", "none", "--store", "old.sqlite").out.contains("in a chain of digests"))
    // The older kind of file is rewritten once, and gives space back from then on.
    #expect(try workshop.fastsim("prune", "1", "--keep-last", "1", "--apply", "--store", "old.sqlite").status == 0)
    let mode = try workshop.fastsim("sql", "PRAGMA auto_vacuum", "--format", "csv", "--store", "old.sqlite")
    #expect(mode.out.contains("2"))
    #expect(try workshop.fastsim("doctor", "--store", "old.sqlite").status == 0)
  }

  /// Killed at any moment, the store is of the old schema or of the new one, with every row, and the next command
  /// finishes the work.
  @Test func aKillWhileMigratingLeavesOneSchemaOrTheOther() throws {
    defer { workshop.remove() }
    let before = try rows("old.sqlite")
    var killed = 0
    for attempt in 0..<16 {
      try renew()
      let running = try workshop.start(["note", "3", "x", "--store", "old.sqlite"])
      usleep(UInt32(attempt) * 2500)
      running.send(SIGKILL)
      if running.finish().signal == SIGKILL { killed += 1 }
      #expect(try rows("old.sqlite") == before)
      #expect(try workshop.fastsim("note", "3", "x", "--store", "old.sqlite").status == 1)
      #expect(try rows("old.sqlite") == before)
      #expect(try rows("old.sqlite-v1-backup") == before)
      let doctor = try workshop.fastsim("doctor", "--fix", "--store", "old.sqlite")
      #expect(doctor.status == 0, "\(doctor.out)")
      let names = try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path)
      #expect(!names.contains { $0.contains(".part-") }, "\(names)")
    }
    #expect(killed > 0)
  }
}
