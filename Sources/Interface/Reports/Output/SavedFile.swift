// Files that a report is written to.
internal import Foundation
internal import Samples

/// Writes a file that appears whole or not at all.
/// - Throws: `SampleError.unwritable`.
package func save(_ bytes: [UInt8], to path: String) throws {
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
package func flushToDisk(_ path: String, contents: Bool = false) throws {
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
