// Files that the command itself reads and writes.
import Foundation
import Samples
import Training

/// The text of a config.
/// - Throws: `TrainingError.unreadableConfig`.
func configText(_ path: String) throws -> String {
  func unreadable(_ reason: String) -> TrainingError { .unreadableConfig(path: path, reason: reason) }
  var status = stat()
  guard stat(path, &status) == 0 else { throw unreadable(systemMessage(errno)) }
  guard status.st_mode & S_IFMT != S_IFDIR else { throw unreadable("it is a folder") }
  guard access(path, R_OK) == 0 else { throw unreadable(systemMessage(errno)) }
  guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { throw unreadable("reading it fails") }
  guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable("it is not UTF-8 text") }
  return text
}

/// Writes a file that appears whole or not at all.
/// - Throws: `SampleError.unwritable`.
func save(_ bytes: [UInt8], to path: String) throws {
  do {
    try Data(bytes).write(to: URL(filePath: path), options: .atomic)
  } catch {
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    throw SampleError.unwritable(path: path, reason: isFolder ? "it is a folder" : "the folder is missing or read-only")
  }
}

/// Makes sure that a file, or a folder with all that is in it, is on the disk. A folder's own name is in the folder above.
/// - Throws: `SampleError.unwritable`.
func flushToDisk(_ path: String, contents: Bool = false) throws {
  let names = contents ? FileManager.default.subpaths(atPath: path) ?? [] : []
  for name in names.map({ "\(path)/\($0)" }) + [path] {
    let file = open(name, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SampleError.unwritable(path: name, reason: systemMessage(errno)) }
    defer { close(file) }
    // Some file systems know no flushing of folders.
    guard fsync(file) == 0 || errno == EINVAL else {
      throw SampleError.unwritable(path: name, reason: systemMessage(errno))
    }
  }
}

/// Refuses a table's path before any work is done for it.
/// - Throws: `SampleError.unknownFormat` or `.unwritable`.
func requireTablePath(_ path: String) throws {
  let endings = [".csv", ".tsv", ".npy", ".npz"]
  guard endings.contains(where: path.lowercased().hasSuffix) else { throw SampleError.unknownFormat(path: path) }
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
  guard access(folder, F_OK) == 0 else {
    throw SampleError.unwritable(path: path, reason: "there is no folder \(folder)")
  }
}
