// SQLite's result codes as the store's errors.
internal import Files
package import GRDB
internal import Glibc

extension StoreError {
  /// What an SQLite error on the store's file means to a person.
  package init(_ error: DatabaseError, path: String) {
    let message = error.message ?? "no message"
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .notADatabase(path: path)
    case .SQLITE_FULL: self = .diskFull(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_IOERR: self = .inputOutput(path: path, reason: message)
    case .SQLITE_CORRUPT: self = .damaged(path: path, reason: message)
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED: self = .replaced(path: path)
    case .SQLITE_READONLY: self = .unwritable(path: path, reason: message)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .unwritable(path: path, reason: openingProblem(path))
    case .SQLITE_NOMEM: self = .inputOutput(path: path, reason: "out of memory")
    default: self = .database(path: path, code: Int(error.extendedResultCode.rawValue), message: message)
    }
  }

  init(_ failure: FileFailure) {
    self = failure.isDiskFull ? .diskFull(path: failure.path) : .unwritable(path: failure.path, reason: failure.reason)
  }
}

/// Does something with SQLite or with files, and says what went wrong in the store's words.
package func explained<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as DatabaseError {
    throw StoreError(error, path: path)
  } catch let error as UnreadableColumn {
    throw StoreError.invalidValue(path: path, problem: error.description)
  } catch let error as FileFailure {
    throw StoreError(error)
  }
}

/// Why a file cannot be opened, by what the file system reports.
func openingProblem(_ path: String) -> String {
  let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/"
  if access(folder, F_OK) != 0 { return "there is no folder \(folder)" }
  var status = stat()
  if stat(path, &status) == 0 {
    if status.st_mode & S_IFMT == S_IFDIR { return "it is a folder" }
    if access(path, R_OK | W_OK) != 0 { return systemReason(errno) }
  }
  return access(folder, W_OK) != 0 ? "its folder: \(systemReason(errno))" : "it cannot be opened"
}

/// Why a file with its log cannot be written; nil where it can.
func writingProblem(_ path: String) -> String? {
  if isFolder(path) { return "it is a folder" }
  if fileSize(path) != nil, access(path, W_OK) != 0 { return systemReason(errno) }
  let folder = folder(of: path)
  if access(folder, F_OK) != 0 { return "there is no folder \(folder)" }
  return access(folder, W_OK | X_OK) != 0 ? "its folder: \(systemReason(errno))" : nil
}

/// The absolute path with symbolic links followed, so that all names of a file lead to the same lock file.
package func canonicalPath(_ path: String) -> String {
  if let whole = realPath(path) { return whole }
  guard let slash = path.lastIndex(of: "/") else { return (realPath(".") ?? ".") + "/" + path }
  let folder = slash == path.startIndex ? "/" : String(path[..<slash])
  return (realPath(folder).map { $0 == "/" ? "" : $0 } ?? folder) + path[slash...]
}

/// Whether something stands at the path, and how many bytes it has.
package func fileSize(_ path: String) -> Int? {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : nil
}

package func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// A file's identity in the file system, independent of its name.
package struct FileIdentity: Hashable {
  private let device: UInt64
  private let number: UInt64

  /// Nil where nothing has the name.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

/// Whether two paths lead to the same file.
package func isSameFile(_ left: String, _ right: String) -> Bool {
  FileIdentity(left).map { $0 == FileIdentity(right) } ?? false
}
