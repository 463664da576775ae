// Copies of the store, taken while runs are in training.
internal import Files
internal import GRDB
package import RunStore

/// Copies of a store.
///
///     try StoreBackup(of: store).write(to: "copy.sqlite")
package struct StoreBackup {
  let store: RunStore

  package init(of store: RunStore) {
    self.store = store
  }

  /// Copies the present state of the store to a single file: checked, flushed, without a write-ahead log.
  /// Nobody who writes waits for it. A run that is in training is a crashed one in the copy, whose
  /// process is not that of the original, and can be resumed there.
  ///
  /// - Parameters:
  ///   - overwriting: replaces a file that is there, once the copy is complete.
  ///   - progress: pages done and pages in all.
  /// - Returns: the copy's size in bytes.
  /// - Throws: `exists`; `refused` for a file that is in use; `unwritable`, `diskFull`, after which the copy isn't
  ///   there and what was there before is as it was.
  @discardableResult
  package func write(
    to target: String, overwriting: Bool = false, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    let copy = canonicalPath(target)
    try requireFree(copy, named: target, overwriting)
    let reader = try openForReading(store.file, store.settings)
    let isPublished = try explained(target) {
      let staging = try StagingFolder(beside: copy, as: target)
      defer { staging.remove() }
      let made = staging.file("store.sqlite")
      try writeCopy(of: reader, to: made, as: target, progress: progress) { copy in
        try copy.run("UPDATE attempt SET outcome = 'crashed' WHERE outcome = 'running'", [])
        try copy.run("UPDATE run SET status = 'crashed' WHERE status = 'running'", [])
      }
      return try publish(made, as: copy, named: target, overwrite: overwriting)
    }
    guard isPublished else { throw StoreError.exists(path: target) }
    return fileSize(copy) ?? 0
  }

  private func requireFree(_ copy: String, named target: String, _ overwriting: Bool) throws {
    let own = ["", "-wal", "-shm", "-journal", "-lock"].map { store.file + $0 }
    guard !own.contains(copy), !isSameFile(copy, store.file) else {
      throw StoreError.refused("\(target) is the store itself; choose another file for the copy")
    }
    if isFolder(copy) { throw StoreError.unwritable(path: target, reason: "it is a folder") }
    // SQLite would take the log of another store for that of the copy.
    for ending in ["-wal", "-journal"] where fileSize(copy + ending) != nil {
      throw StoreError.refused(
        "\(target) is in use, because \(target)\(ending) exists; choose another file for the copy")
    }
    if !overwriting, FileIdentity(copy) != nil { throw StoreError.exists(path: target) }
  }
}
