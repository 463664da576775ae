// Giving finished files their names, so that they are there complete or not at all, also after a power cut.
internal import Foundation
internal import Glibc

/// Flushes a finished file, or folder with all that is in it, gives it its name, and flushes the folder that holds the
/// name.
///
/// - Parameters:
///   - made: in a `StagingFolder` next to the target.
///   - name: what errors call the target.
///   - overwrite: replaces a file that is there.
/// - Returns: false where something has that name and may not be replaced.
package func publish(
  _ made: String, as target: String, named name: String? = nil, overwrite: Bool = false
) throws(FileFailure) -> Bool {
  let name = name ?? target
  var status = stat()
  guard stat(made, &status) == 0 else { throw FileFailure(path: name, code: errno) }
  if status.st_mode & S_IFMT == S_IFDIR {
    for inner in FileManager.default.enumerator(atPath: made)?.compactMap({ $0 as? String }) ?? [] {
      try flush(made + "/" + inner, as: name)
    }
  }
  try flush(made, as: name)
  // A link fails where a name is taken, a renaming does not.
  if !overwrite, link(made, target) == 0 {
    unlink(made)
  } else {
    if !overwrite {
      guard errno != EEXIST, lstat(target, &status) != 0 else { return false }
    }
    guard rename(made, target) == 0 else {
      if !overwrite, [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno) { return false }
      throw FileFailure(path: name, code: errno)
    }
  }
  try flush(splitPath(target).folder, as: name)
  return true
}

/// Makes sure that a file or a folder is on the disk.
package func flush(_ path: String, as name: String) throws(FileFailure) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    // A folder that may be written and not read cannot be flushed.
    if errno == EACCES { return }
    throw FileFailure(path: name, code: errno)
  }
  defer { close(descriptor) }
  try flush(descriptor, as: name)
}

/// Some file systems and devices do not support flushing.
func flush(_ descriptor: Int32, as name: String) throws(FileFailure) {
  while fsync(descriptor) != 0 {
    switch errno {
    case EINTR: continue
    case EINVAL, ENOTSUP: return
    default: throw FileFailure(path: name, code: errno)
    }
  }
}
