// The checks of the file itself: pages, schema, references, names, bytes, and what lies next to it.
internal import Digests
internal import Files
internal import Foundation
internal import GRDB
internal import RunStore

extension Examination {
  mutating func checkPages(_ db: Database) throws {
    // CHECK constraints are examined separately, because a read-only connection does not evaluate them.
    for problem in try db.pageProblems() where !problem.hasPrefix("CHECK constraint failed") {
      add(problem.contains(" value in ") ? .values : .pages, problem)
    }
  }

  mutating func checkReferences(_ db: Database) throws {
    for problem in try db.referenceProblems() { add(.references, place: problem.table, problem.text) }
  }

  /// The schema against the one that the migrations make in an empty database.
  mutating func checkSchema(_ db: Database) throws {
    let expected = try DatabaseQueue().write { empty in
      for migration in store.settings.migrations { try empty.execute(sql: migration.sql) }
      return try empty.schemaObjects()
    }
    let actual = try db.schemaObjects()
    tablesAreThere = expected.allSatisfy { $1.type != "table" || actual[$0]?.type == "table" }
    for (name, object) in expected.sorted(by: { $0.key < $1.key }) where actual[name] != object {
      add(
        .schema, place: "\(object.type) \(name)", actual[name] == nil ? "it is missing" : "it was changed",
        repair: object.type == "table" || !tablesAreThere
          ? nil : .schema(name: name, type: object.type, sql: object.sql))
    }
    try checkValues(db, of: expected.filter { $1.type == "table" && actual[$0] == $1 })
    for (name, object) in actual.sorted(by: { $0.key < $1.key }) where expected[name] == nil {
      if object.type == "trigger" {
        add(.schema, place: "trigger \(name)", "it changes what is written, and isn't fastsim's")
      } else {
        note(.foreignObject(type: object.type, name: name))
      }
    }
  }

  mutating func checkNames(_ db: Database) throws {
    let columns = [
      ("run", "name", "id"), ("series", "name", "run"), ("tag", "key", "run"), ("artifact", "name", "run"),
      ("parameter", "path", "run"), ("metric", "name", "run"), ("metric", "role", "run"), ("evaluation", "role", "run"),
      ("run_dataset", "role", "run"),
    ]
    for (table, column, run) in columns {
      let rows = try db.rows(
        "SELECT DISTINCT \(run) AS run, \(column) AS name FROM \(table) WHERE \(column) GLOB ?",
        ["*[\u{1}-\u{1F}\u{7F}]*"])
      for row in rows {
        let name: String = try row["name"]
        try add(
          .names, run: row["run"], place: "\(table).\(column)",
          "control characters in \(name.debugDescription)")
      }
    }
  }

  mutating func checkNumbers(_ db: Database) throws {
    let last = try db.integer("SELECT max(id) FROM run", []) ?? 0
    let given = try db.integer("SELECT max(seq) FROM sqlite_sequence WHERE name = 'run'", []) ?? 0
    if given < last {
      add(.numbers, "the last number given is stored as \(given), but run \(last) exists", repair: .numbers)
    }
  }

  /// Pieces and sizes of all blobs; the bytes of those that no run's own check has read.
  mutating func checkBlobs(_ db: Database) throws {
    let rows = try db.rows(
      """
      SELECT digest, size, count(number) AS pieces, total(length(bytes)) AS stored, coalesce(max(number), -1) AS last,
        total(length(bytes) > \(blobChunkSize)) AS oversized
      FROM blob LEFT JOIN blob_chunk ON blob_chunk.blob = blob.id GROUP BY blob.id
      """, [])
    for row in rows {
      let (size, pieces, last): (Int, Int, Int64) = try (row["size"], row["pieces"], row["last"])
      let whole = (size + blobChunkSize - 1) / blobChunkSize
      let stored = try Int(row["stored"] as Double)
      if try pieces != whole || last != whole - 1 || stored != size || (row["oversized"] as Double) > 0 {
        try add(
          .blobs, place: "blob \(row["digest"] as String)", "\(pieces) of \(whole) pieces, \(stored) of \(size) bytes")
      }
    }
  }

  mutating func checkOrphans(_ db: Database) throws {
    let orphans = try db.unreferencedBlobs()
    if !orphans.isEmpty { add(.orphans, "\(orphans.count) blobs have no owner", repair: .orphans) }
    let configs =
      try db.integer(
        "SELECT count(*) FROM config WHERE NOT EXISTS (SELECT 1 FROM run WHERE config = config.id)", []) ?? 0
    if configs > 0 { add(.config, "\(configs) configs belong to no run", repair: .configs) }
    let datasets =
      try db.integer(
        "SELECT count(*) FROM dataset WHERE NOT EXISTS (SELECT 1 FROM run_dataset WHERE dataset = dataset.digest)", [])
      ?? 0
    if datasets > 0 { add(.datasets, "\(datasets) data sets belong to no run", repair: .datasets) }
  }

  /// Copies made by migrations. An unfinished one is worthless once its process has ended.
  mutating func checkCopies() throws {
    let url = URL(fileURLWithPath: store.file)
    let name = url.lastPathComponent
    let folder = url.deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for other in names.sorted() where other.hasPrefix(name + "-") {
      if let owner = StagingFolder.Owner(of: other) {
        guard owner.isGone else { continue }
        add(
          .copies, place: other, "the process that made it has ended", repair: .file(folder + "/" + other),
          isLeftover: true
        )
      } else if other.hasPrefix(name + "-v"), other.contains("-backup"),
        !["-wal", "-shm", "-journal"].contains(where: other.hasSuffix)
      {
        note(.copyBeforeMigration(file: other))
      }
    }
  }

  mutating func noteSpace() throws {
    let (free, size) = try store.read { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0, try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
      )
    }
    if free * size >= 1 << 20 {
      note(.freeSpace(mebibytes: free * size >> 20))
    }
  }
}

extension Database {

  func referenceProblems() throws -> [(table: String, text: String)] {
    try rows("PRAGMA foreign_key_check", []).map { row in
      try (
        table: row["table"], text: "row \(row["rowid"] as Int64? ?? 0) refers to a missing \(row["parent"] as String)"
      )
    }
  }

  /// Tables, indexes, views and triggers by name; SQLite's own are omitted.
  func schemaObjects() throws -> [String: SchemaObject] {
    let rows = try rows(
      "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'", [])
    return Dictionary(try rows.map { try ($0["name"], SchemaObject(type: $0["type"], sql: $0["sql"])) }) { first, _ in
      first
    }
  }
}

/// A table, index, view or trigger as SQLite keeps it.
struct SchemaObject: Hashable {
  let type: String
  let sql: String
}
