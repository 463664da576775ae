// A store of every earlier schema becomes one of today, whole or not at all, and keeps everything.
import Foundation
import TestSupport
import Testing

@Suite struct OlderStoreTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func renew(_ schema: Int) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path) where name.hasPrefix("old") {
      try FileManager.default.removeItem(atPath: workshop.path(name))
    }
    let fixture = packageFolder.appending(path: "Tests/Fixtures/stores/schema\(schema).store")
    try FileManager.default.copyItem(at: fixture, to: URL(filePath: workshop.path("old.sqlite")))
  }

  /// Every row of a schema's tables, as text.
  private func rows(_ store: String, _ schema: Int) throws -> String {
    let migrations = ["0001_init", "0002_keep"].prefix(schema).map {
      packageFolder.appending(path: "migrations/\($0).sql").path
    }
    let output = try workshop.run(
      "/usr/bin/env",
      [
        "python3", "-c",
        """
        import sqlite3, sys
        schema = sqlite3.connect(':memory:')
        for migration in sys.argv[2:]: schema.executescript(open(migration).read())
        db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True)
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
        for (table,) in schema.execute(tables):
            columns = ', '.join(f'"{row[1]}"' for row in schema.execute(f'PRAGMA table_info({table})'))
            print(table, *map(repr, db.execute(f'SELECT {columns} FROM {table} ORDER BY 1, 2')), sep='\\n')
        print(db.execute('PRAGMA integrity_check').fetchall())
        """, store,
      ] + migrations)
    try #require(output.status == 0, "\(output.err)")
    return output.out
  }

  @Test(arguments: [1, 2]) func migratingKeepsEveryRowAndMakesACopy(schema: Int) throws {
    defer { workshop.remove() }
    try renew(schema)
    let before = try rows("old.sqlite", schema)
    let reading = try workshop.fastsim("runs", "--store", "old.sqlite")
    #expect(reading.status == 1)
    #expect(reading.complaints.count == 1 && reading.err.contains("schema version \(schema)"))
    // Run 9 is not there: the command opens the store for writing and changes no row.
    #expect(try workshop.fastsim("note", "9", "x", "--store", "old.sqlite").status == 1)
    #expect(try rows("old.sqlite", schema) == before)
    #expect(try rows("old.sqlite-v\(schema)-backup", schema) == before)
    let doctor = try workshop.fastsim("doctor", "--store", "old.sqlite")
    #expect(doctor.status == 0, "\(doctor.out)")
    let show = try workshop.fastsim("show", "1", "--format", "json", "--store", "old.sqlite").object
    #expect((show["run"] as? [String: Any])?["epoch"] as? Int == 3)
    // One from before audits had a digest, and in the newer file one that has.
    #expect((show["audits"] as? [[String: Any]])?.count == schema)
    let fork = try workshop.fastsim("show", "fork", "--format", "json", "--store", "old.sqlite").object
    #expect((fork["run"] as? [String: Any])?["status"] as? String == "crashed")
    #expect((fork["run"] as? [String: Any])?["parent"] as? Int == 1)
    #expect(
      try workshop.fastsim("audit", "1", "--replay", "none", "--store", "old.sqlite").out.contains(
        "in a chain of digests"))
    // The older kind of file is rewritten once, and gives space back from then on.
    #expect(try workshop.fastsim("prune", "1", "--keep-last", "1", "--apply", "--store", "old.sqlite").status == 0)
    let mode = try workshop.fastsim("sql", "PRAGMA auto_vacuum", "--format", "csv", "--store", "old.sqlite")
    #expect(mode.out.contains("2"))
    #expect(try workshop.fastsim("doctor", "--store", "old.sqlite").status == 0)
  }

  /// Killed at any moment, the store is of the old schema or of the new one, with every row, and the next command
  /// finishes the work.
  @Test(arguments: [1, 2]) func aKillWhileMigratingLeavesOneSchemaOrTheOther(schema: Int) throws {
    defer { workshop.remove() }
    try renew(schema)
    let before = try rows("old.sqlite", schema)
    var killed = 0
    for attempt in 0..<16 {
      try renew(schema)
      let running = try workshop.start(["note", "9", "x", "--store", "old.sqlite"])
      usleep(UInt32(attempt) * 2500)
      running.send(SIGKILL)
      if running.finish().signal == SIGKILL { killed += 1 }
      #expect(try rows("old.sqlite", schema) == before)
      #expect(try workshop.fastsim("note", "9", "x", "--store", "old.sqlite").status == 1)
      #expect(try rows("old.sqlite", schema) == before)
      #expect(try rows("old.sqlite-v\(schema)-backup", schema) == before)
      let doctor = try workshop.fastsim("doctor", "--fix", "--store", "old.sqlite")
      #expect(doctor.status == 0, "\(doctor.out)")
      let names = try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path)
      #expect(!names.contains { $0.contains(".part-") }, "\(names)")
    }
    #expect(killed > 0)
  }
}
