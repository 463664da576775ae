// Copies of a store: made in a staging folder, checked, and then given the requested name.
internal import Foundation
package import GRDB

/// Pages between two reports of progress; 4 MiB.
private let pagesPerStep: CInt = 1024

/// Copies a store, as one moment shows it, into a new file: one file without a log, checked; `publish` flushes
/// it to the disk.
///
/// One transaction reads all of it, so that the copy never restarts, and in a store with a write-ahead log no
/// writer waits for it.
///
/// - Parameters:
///   - path: the file to be written, in a staging folder.
///   - name: what errors call it.
///   - progress: pages done and pages in all.
///   - finish: a last change of the copy.
package func writeCopy(
  of store: DatabaseQueue, to path: String, as name: String, progress: @escaping (Int, Int) -> Void = { _, _ in },
  finish: (Database) throws -> Void = { _ in }
) throws {
  try explained(name) {
    let copy = try DatabaseQueue(path: path)
    try store.read { db in
      try copy.writeWithoutTransaction { target in
        try target.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL")
        try db.backup(to: target, pagesPerStep: pagesPerStep) { step in
          progress(step.completedPageCount, step.totalPageCount)
        }
      }
    }
    try copy.writeWithoutTransaction { target in
      // The header of a store says that there is a log next to it.
      try target.execute(sql: "PRAGMA journal_mode = DELETE")
      try finish(target)
      if let problem = try target.pageProblems().first { throw StoreError.damaged(path: name, reason: problem) }
    }
    try copy.close()
  }
}

extension Database {
  /// What SQLite says about the file's pages and about values that break the rules of their table, one line each.
  package func pageProblems() throws -> [String] {
    do {
      return try String.fetchAll(self, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        .map { $0.split(whereSeparator: \.isNewline).joined(separator: "; ") }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return [error.message ?? "malformed"]
    }
  }
}
