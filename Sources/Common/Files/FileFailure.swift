// Why a file could not be written.
internal import Glibc

/// A file or folder that could not be made, written or renamed; nothing of it was left behind.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as the caller named it.
  package let path: String
  package let reason: String
  /// Whether the disk is full or a quota used up.
  package let isDiskFull: Bool

  package init(path: String, reason: String) {
    (self.path, self.reason, isDiskFull) = (path, reason, false)
  }

  /// - Parameter code: an error number of the system.
  package init(path: String, code: Int32) {
    (self.path, reason, isDiskFull) = (path, systemReason(code), code == ENOSPC || code == EDQUOT)
  }

  /// The same failure with the path that the user gave.
  package func named(_ path: String) -> FileFailure {
    FileFailure(path: path, reason: reason, isDiskFull: isDiskFull)
  }

  private init(path: String, reason: String, isDiskFull: Bool) {
    (self.path, self.reason, self.isDiskFull) = (path, reason, isDiskFull)
  }

  package var description: String {
    isDiskFull
      ? "no space left for \(path); no partial file remains; free some space, or name a path on another disk"
      : "\(path) can't be written (\(reason)); no partial file remains; check the path and the permissions of its folder"
  }
}

/// The system's text for an error number.
package func systemReason(_ code: Int32) -> String {
  strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
