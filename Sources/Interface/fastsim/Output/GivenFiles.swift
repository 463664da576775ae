// Files that a command line names, looked at before any work is done for them.
import Files
import Foundation
import Output
import Samples
import Training

/// The text of a config.
/// - Throws: `TrainingError.unreadableConfig`.
func configText(_ path: String) throws -> String {
  func unreadable(_ reason: String) -> TrainingError { .unreadableConfig(path: path, reason: reason) }
  var status = stat()
  guard stat(path, &status) == 0 else { throw unreadable(systemReason(errno)) }
  guard status.st_mode & S_IFMT != S_IFDIR else { throw unreadable("it is a folder") }
  guard access(path, R_OK) == 0 else { throw unreadable(systemReason(errno)) }
  guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { throw unreadable("reading it fails") }
  guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable("it is not UTF-8 text") }
  return text
}

/// Refuses a table's path before any work is done for it.
/// - Throws: `SampleError.unknownFormat` or `.unwritable`.
func requireTablePath(_ path: String) throws {
  try requireTableFormat(path)
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  guard access(folder, F_OK) == 0 else {
    throw SampleError.unwritable(path: path, reason: "there is no folder \(folder)")
  }
}
