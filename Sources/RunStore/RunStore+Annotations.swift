// What people add to a run afterwards: names, tags, notes.
internal import GRDB

extension RunStore {
  /// Gives a run another name.
  public func rename(_ run: RunNumber, to name: String) throws {
    try requireName(name, "the run's name")
    try write { db in
      try db.require(run)
      try db.run("UPDATE run SET name = ? WHERE id = ?", [name, run.value])
    }
  }

  /// Removes a run with all that only it refers to. Forks of it stay, with a history of their own.
  ///
  /// - Throws: `runIsHeld` while a process works on it.
  public func delete(_ run: RunNumber) throws {
    try write { db in
      try db.require(run)
      if try locks.isHeld(run) {
        let holder = try db.row(
          "SELECT process, host FROM attempt WHERE run = ? ORDER BY number DESC LIMIT 1", [run.value])
        throw StoreError.runIsHeld(
          run: run, process: holder?["process"] ?? 0, host: holder?["host"] ?? "this computer")
      }
      let released = try db.integers(
        """
        SELECT blob FROM checkpoint JOIN checkpoint_tensor ON checkpoint = checkpoint.id WHERE run = ?1
        UNION SELECT blob FROM artifact WHERE run = ?1
        UNION SELECT source_diff FROM attempt WHERE run = ?1 AND source_diff IS NOT NULL
        """, [run.value])
      let config = try db.integer("SELECT config FROM run WHERE id = ?", [run.value])
      try db.run("DELETE FROM run WHERE id = ?", [run.value])
      try db.dropUnreferenced(released)
      try db.run(
        "DELETE FROM config WHERE id = ? AND NOT EXISTS (SELECT 1 FROM run WHERE config = config.id)", [config])
      try db.run("DELETE FROM dataset WHERE NOT EXISTS (SELECT 1 FROM run_dataset WHERE dataset = dataset.digest)", [])
    }
  }

  /// Sets a tag, or changes it.
  public func setTag(_ key: String, to value: String, of run: RunNumber) throws {
    try requireName(key, "the tag's key")
    try write { db in
      try db.require(run)
      try db.run("INSERT OR REPLACE INTO tag (run, key, value) VALUES (?, ?, ?)", [run.value, key, value])
    }
  }

  /// Removes a tag; harmless when there is none.
  public func removeTag(_ key: String, of run: RunNumber) throws {
    try write { db in
      try db.require(run)
      try db.run("DELETE FROM tag WHERE run = ? AND key = ?", [run.value, key])
    }
  }

  /// A run's tags by key.
  public func tags(of run: RunNumber) throws -> [(key: String, value: String)] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT key, value FROM tag WHERE run = ? ORDER BY key", [run.value])
        .map { ($0["key"], $0["value"]) }
    }
  }

  /// Adds a remark.
  public func addNote(_ text: String, to run: RunNumber) throws {
    guard !text.isEmpty else { throw StoreError.refused("the note is empty; write something") }
    try write { db in
      try db.require(run)
      try db.run("INSERT INTO note (run, at, text) VALUES (?, ?, ?)", [run.value, settings.now(), text])
    }
  }

  /// A run's remarks, oldest first.
  public func notes(of run: RunNumber) throws -> [Note] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT at, text FROM note WHERE run = ? ORDER BY id", [run.value])
        .map { Note(at: $0["at"], text: $0["text"]) }
    }
  }
}
