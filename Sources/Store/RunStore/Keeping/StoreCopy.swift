// Copies of a store: made under a name of their own, looked through, and only then given the name that was asked for.
internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Pages between two reports of progress; 4 MiB.
private let pagesPerStep: CInt = 1024

/// Copies a store, as one moment shows it, into a new file: one file without a log, looked through and flushed to the
/// disk.
///
/// One transaction sees the whole of it, so that the copy never begins anew, and in a store with a write-ahead log no
/// writer waits for it.
///
/// - Parameters:
///   - path: the file to be written; on an error nothing stays there.
///   - name: what errors call it.
///   - progress: pages done and pages in all.
///   - finish: a last change of the copy.
func writeCopy(
  of store: DatabaseQueue, to path: String, as name: String, progress: @escaping (Int, Int) -> Void = { _, _ in },
  finish: (Database) throws -> Void = { _ in }
) throws {
  removeFile(path)
  do {
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
        // The header of a store says that there is a log beside it.
        try target.execute(sql: "PRAGMA journal_mode = DELETE")
        try finish(target)
        if let problem = try target.pageProblems().first { throw StoreError.damaged(path: name, reason: problem) }
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
