// Copies of a store: made under a name of their own, looked through, and only then given the name that was asked for.
internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Pages between two looks at whether to go on; 4 MiB.
private let pagesPerStep: CInt = 1024

/// Copies what a transaction sees into a new file: one file without a log, looked through and flushed to the disk.
///
/// The transaction keeps what it sees, so that the copy never begins anew, and in a store with a write-ahead log no
/// writer waits for it.
///
/// - Parameter progress: pages done and pages in all.
/// - Throws: on an error nothing stays at the path.
func writeCopy(
  of db: Database, to path: String, source: String, progress: @escaping (Int, Int) -> Void = { _, _ in }
) throws {
  removeFile(path)
  do {
    try explained(path) {
      let copy = try DatabaseQueue(path: path)
      try copy.writeWithoutTransaction { target in
        try target.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL")
        try db.backup(to: target, pagesPerStep: pagesPerStep) { step in
          progress(step.completedPageCount, step.totalPageCount)
        }
        // The header of a store says that there is a log beside it.
        try target.execute(sql: "PRAGMA journal_mode = DELETE")
        if let problem = try target.pageProblems().first { throw StoreError.damaged(path: source, reason: problem) }
      }
      try copy.close()
    }
    try flush(path)
  } catch {
    for ending in ["", "-wal", "-shm", "-journal"] { removeFile(path + ending) }
    throw error
  }
}

/// Gives a finished copy its name.
///
/// - Parameter overwrite: replaces what is there.
/// - Returns: false where something has that name and may not be replaced.
func publish(_ copy: String, as path: String, overwrite: Bool = false) throws -> Bool {
  // A link fails where a name is taken, a renaming does not.
  if !overwrite, link(copy, path) == 0 {
    removeFile(copy)
  } else {
    if !overwrite {
      guard errno != EEXIST, fileSize(path) == nil else { return false }
    }
    guard rename(copy, path) == 0 else { throw StoreError.unwritable(path: path, reason: reason(errno)) }
  }
  try flush(folder(of: path))
  return true
}

/// Makes sure that a file or a folder is on the disk.
private func flush(_ path: String) throws {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw StoreError.unwritable(path: path, reason: reason(errno)) }
  defer { close(file) }
  // Some file systems know no flushing of folders.
  guard fsync(file) == 0 || errno == EINVAL else { throw StoreError.inputOutput(path: path, reason: reason(errno)) }
}

private let unfinishedMark = ".part-"

/// The name of a copy while it is made; it tells which process makes it.
func unfinishedCopy(of path: String) -> String {
  path + unfinishedMark + String(getpid())
}

/// The process that makes, or made, a copy of this name; nil for a name of another kind.
func unfinishedCopyProcess(_ name: String) -> Int? {
  guard let mark = name.range(of: unfinishedMark) else { return nil }
  return Int(name[mark.upperBound...].prefix { $0.isNumber })
}

/// Whether a process of this computer lives.
func isAlive(_ process: Int) -> Bool {
  guard let process = pid_t(exactly: process), process > 0 else { return false }
  return kill(process, 0) == 0 || errno == EPERM
}
