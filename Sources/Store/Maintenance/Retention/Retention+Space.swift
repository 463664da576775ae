// Returns free pages to the file system.
internal import GRDB
internal import RunStore

/// What was done with the free pages of a store.
package struct Reclaimed: Hashable, Sendable {
  /// By how much the file has become smaller.
  package let bytes: Int
  /// Why there is free space left inside the file, where there is; runs to come use it.
  package let reason: String?

  package init(bytes: Int, reason: String?) {
    (self.bytes, self.reason) = (bytes, reason)
  }
}

extension Retention {
  /// Gives the space that removed rows have left back to the file system.
  ///
  /// Stores made by this version move their last pages forward a few MiB at a time, so that no writer waits long. Older
  /// ones have to be rewritten completely, once, which needs as much space again: not while runs are in training.
  package func reclaim() throws -> Reclaimed {
    guard store.access == .write else {
      throw StoreError.unwritable(path: store.path, reason: "it was opened for reading")
    }
    let before = try pages()
    var reason: String?
    do {
      if before.free > 0 { reason = try before.movable ? moveLastPages() : rewrite() }
    } catch StoreError.diskFull {
      reason = "the disk has no room for the work; \(free(try pages())) inside the file are used by runs to come"
    } catch StoreError.locked {
      reason = "another program uses the file; \(free(try pages())) inside it are used by runs to come"
    }
    // The file shrinks when the log is written back; where readers keep that from happening, it does so later.
    try? store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    let after = try pages()
    return Reclaimed(bytes: max(0, before.count - after.count) * after.size, reason: reason)
  }

  private struct Pages {
    let count: Int
    let free: Int
    let size: Int
    /// Whether single pages can be given back.
    let movable: Bool
  }

  private func pages() throws -> Pages {
    try store.read { db in
      func pragma(_ name: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
      return Pages(
        count: try pragma("page_count"), free: try pragma("freelist_count"), size: try pragma("page_size"),
        movable: try pragma("auto_vacuum") == 2)
    }
  }

  private func free(_ pages: Pages) -> String { "\(pages.free * pages.size) bytes" }

  private func moveLastPages() throws -> String? {
    var free = try pages().free
    while free > 0 {
      try store.write { try $0.execute(sql: "PRAGMA incremental_vacuum(1024)") }
      let left = try pages().free
      guard left < free else { break }
      free = left
    }
    return nil
  }

  private func rewrite() throws -> String? {
    let runs = try store.read { try $0.integers("SELECT id FROM run WHERE status = 'running'", []).map(RunNumber.init) }
    if try runs.contains(where: { try store.locks.isHeld($0) }) {
      return "an older store is rewritten as a whole, and runs are in training; do it again when they are done"
    }
    try explained(store.path) {
      try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM") }
    }
    return nil
  }
}
