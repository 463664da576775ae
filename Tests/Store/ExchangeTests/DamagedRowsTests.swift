// Rows that another program wrote against the rules of their tables are errors, never the end of the process.
import Comparison
import Digests
import Exchange
import Foundation
import GRDB
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct DamagedRowsTests {
  /// Every column of every table holds NULL, a text, a number that is too large, negative or no whole one, or bytes,
  /// and everything that reads the store either answers or throws a `StoreError`. In a separate process, which a trap
  /// would end.
  @Test func everyColumnMayHoldAnything() async throws {
    let folder = try Folder()
    let seed = testSeed
    print("\(#function): FASTSIM_TEST_SEED=\(seed)")
    let path = folder.file("case.txt")
    let result = await #expect(processExitsWith: .success, "seed \(seed)") {
      [seed = seed as UInt64, path = path as String] in
      try DamagedStore.tryEveryColumn(seed: seed, writingCasesTo: path)
    }
    if result == nil { Issue.record("in the case \(String(decoding: contents(path), as: UTF8.self))") }
  }

  @Test(arguments: [
    ("UPDATE run SET seed = -1", "column 'seed' of table 'run' of run 1 holds -1"),
    ("UPDATE run SET seed = 'abc'", "column 'seed' of table 'run' of run 1 holds the text 'abc'"),
    ("UPDATE run SET seed = '07'", "column 'seed' of table 'run' of run 1 holds the text '07'"),
    ("UPDATE run SET created = 'a' || char(10) || char(27), epoch = -1", "column 'epoch'"),
  ])
  func anErrorNamesColumnTableAndRun(_ sql: String, _ place: String) throws {
    let folder = try Folder()
    let store = try folder.store()
    _ = try trained(store, epochs: 1)
    try tamper(store.path, sql)
    let error = try #require(storeError { _ = try store.runs() })
    #expect(error.description.contains(place) && !error.description.contains("\n"), "\(error)")
    for access in [RunStore.Access.write, .read] {
      let findings = try Doctor(RunStore(path: store.path, access: access)).diagnose().findings
      #expect(findings.contains { $0.invariant == .values && $0.run == RunNumber(1) }, "\(findings)")
    }
  }
}

/// A store that has a row in every table, and what reads it.
private struct DamagedStore {
  let folder: Folder
  /// Where the intact store is, as one file.
  let intact: String

  init() throws {
    folder = try Folder()
    intact = folder.file("intact.sqlite")
    try fillEveryTable(of: folder.store("intact.sqlite"))
    try tamper(intact, "PRAGMA wal_checkpoint(TRUNCATE)")
  }

  /// Runs all cases; ends the process at the first one that throws anything but a `StoreError`.
  ///
  /// - Parameter path: of a file that says which case was the last one.
  static func tryEveryColumn(seed: UInt64, writingCasesTo path: String) throws {
    let store = try DamagedStore()
    var random = Dice(seed)
    let values = [
      "NULL", "'text'", "'a' || char(10) || 'b'", "-1", "9223372036854775807", "-9223372036854775808", "1.5", "9e999",
      "x'00ff'", "''", "zeroblob(8)", "'7'",
    ]
    // Every value everywhere takes minutes, for the long tests; two of them otherwise.
    let all = ProcessInfo.processInfo.environment["FASTSIM_ALL_DAMAGE"] != nil
    for (table, column) in try store.columns() {
      for value in all ? values : Array(values.shuffled(using: &random).prefix(2)) {
        let sql = "UPDATE \(table) SET \"\(column)\" = \(value)"
        guard try store.damage(sql) else { continue }
        for (name, read) in store.readings() {
          // Written first, because a trap prints nothing.
          try Data("\(sql): \(name)".utf8).write(to: URL(filePath: path))
          do {
            try read()
          } catch is StoreError {
            continue
          } catch {
            try Data("\(sql): \(name) threw \(type(of: error)): \(error)".utf8).write(to: URL(filePath: path))
            exit(1)
          }
        }
      }
    }
  }

  private func columns() throws -> [(table: String, column: String)] {
    try DatabaseQueue(path: intact).read { db in
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
      return try tables.flatMap { table in try db.columns(in: table).map { (table, $0.name) } }
    }
  }

  private var damaged: String { folder.file("damaged.sqlite") }

  /// Copies the intact store and changes the copy with no rule in force, as any program can.
  ///
  /// - Returns: false for a value that a key doesn't take.
  private func damage(_ sql: String) throws -> Bool {
    for ending in ["", "-wal", "-shm", "-lock"] { try? FileManager.default.removeItem(atPath: damaged + ending) }
    try FileManager.default.copyItem(atPath: intact, toPath: damaged)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let schema = try DatabaseQueue(path: damaged, configuration: configuration)
    let texts = try schema.writeWithoutTransaction { db in
      let texts = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'table'")
      try db.execute(sql: "PRAGMA writable_schema = ON")
      try db.execute(
        sql: """
          UPDATE sqlite_master SET sql = replace(replace(replace(sql, ') STRICT', ') '), ' , WITHOUT', ' WITHOUT'),
            ' NOT NULL', '') WHERE type = 'table' AND name NOT LIKE 'sqlite%'
          """)
      return texts
    }
    try schema.close()
    let data = try DatabaseQueue(path: damaged, configuration: configuration)
    defer { try? data.close() }
    return try data.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
      do {
        try db.execute(sql: sql)
      } catch let error as DatabaseError where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH].contains(error.resultCode) {
        return false
      }
      try db.execute(sql: "PRAGMA writable_schema = ON")
      for row in texts {
        try db.execute(
          sql: "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?",
          arguments: [row["sql"] as String?, row["name"] as String])
      }
      return true
    }
  }

  /// What a command does to a store, by name.
  private func readings() -> [(name: String, read: () throws -> Void)] {
    let runs = (1...3).map { RunNumber(Int64($0)) }
    let readings = storeReadings(of: runs).map { name, read in
      (name, { try read(RunStore(path: damaged, access: .read)) })
    }
    return readings + [
      (
        "merge",
        {
          for ending in ["", "-wal", "-shm", "-lock"] {
            try? FileManager.default.removeItem(atPath: folder.file("merged.sqlite") + ending)
          }
          let merged = try folder.store("merged.sqlite")
          _ = try StoreMerge(into: merged).merge(damaged)
          // Another value of the right form may disagree with what it is derived from; a wrong form is never taken.
          let findings = try Doctor(merged).diagnose().findings.filter {
            [.values, .pages, .references].contains($0.invariant)
          }
          if !findings.isEmpty { throw NotIntact(findings: findings) }
        }
      ),
      (
        "write",
        {
          let store = try folder.store("damaged.sqlite")
          _ = try Doctor(store).diagnose(repairing: true)
          try Retention(store).trash([runs[0]])
          try Retention(store).delete(runs[0])
        }
      ),
    ]
  }
}

/// A merge took something that breaks a rule of the schema.
private struct NotIntact: Error {
  let findings: [StoreFinding]
}
