// One run in a store of its own.
internal import GRDB

extension RunStore {
  /// Writes a run, with all that belongs to it, to a new store that is one file. Merging that back changes nothing.
  ///
  /// What is written was compared with its digests. The file appears whole or not at all.
  ///
  /// - Throws: `refused` where something stands at the path; `damaged` for a run that isn't as it was stored;
  ///   `unwritable`, `diskFull`.
  public func export(_ run: RunNumber, to path: String) throws {
    try read { try $0.require(run) }
    let isTaken = StoreError.refused("\(path) is there already; name another file, or remove it")
    guard fileSize(path) == nil else { throw isTaken }
    let unfinished = unfinishedCopy(of: path)
    defer {
      for ending in ["", "-wal", "-shm", "-journal", "-lock"] { removeFile(unfinished + ending) }
    }
    do {
      try fill(unfinished, with: run)
    } catch StoreError.unwritable(_, let reason) {
      throw StoreError.unwritable(path: path, reason: reason)
    } catch StoreError.diskFull {
      throw StoreError.diskFull(path: path)
    }
    guard try publish(unfinished, as: path) else { throw isTaken }
  }

  private func fill(_ path: String, with run: RunNumber) throws {
    let copy = try RunStore(path: path, access: .write, settings: settings)
    let report = try copy.merge(MergeSource(self), only: run)
    guard report.isWhole else {
      let problem = report.runs.first?.disagreements.first?.theirs ?? "it can't be read"
      throw StoreError.damaged(path: self.path, reason: "run \(run): \(problem)")
    }
    try explained(path) {
      // An archive is one file, which a read-only disk serves as well.
      try copy.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try copy.queue.close()
    }
  }
}
