// Annotations of a run: names, tags, notes.
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
  public func tags(of run: RunNumber) throws -> [RunTag] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT key, value FROM tag WHERE run = ? ORDER BY key", [run.value])
        .map { try RunTag(key: $0["key"], value: $0["value"]) }
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
        .map { try Note(at: $0["at"], text: $0["text"]) }
    }
  }
}
