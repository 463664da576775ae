// Files that appear complete or not at all.
internal import Glibc

/// A file that is being written.
package struct OutputFile {
  let descriptor: Int32
  /// The path that messages show.
  let path: String

  /// Writes all bytes at the end.
  /// - Throws: as for a full disk.
  package mutating func append(_ bytes: [UInt8]) throws(FileFailure) {
    let failure: FileFailure? = bytes.withUnsafeBytes { buffer in
      do throws(FileFailure) { try append(buffer) } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  /// Replaces bytes that were written.
  /// - Throws: as for what is no ordinary file.
  package mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(offset + done))
      }
      if count > 0 {
        done += count
      } else if errno == ESPIPE {
        throw FileFailure(path: path, reason: "it is a pipe or a device; name an ordinary file")
      } else if count == 0 || errno != EINTR {
        throw FileFailure(path: path, code: count == 0 ? ENOSPC : errno)
      }
    }
  }

  /// Writes all bytes at the end.
  package func append(_ buffer: UnsafeRawBufferPointer) throws(FileFailure) {
    var done = 0
    while done < buffer.count {
      let count = write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        throw FileFailure(path: path, code: count == 0 ? ENOSPC : errno)
      }
    }
  }
}

/// Writes a file in a staging folder next to it, flushes it to the disk and gives it its name. On an error nothing of
/// it remains, and an earlier file at the path is unchanged. Links are followed; what is not an ordinary file (a
/// pipe, a terminal) is written in place.
///
/// A file that is replaced keeps its mode; a new one gets the usual mode of new files.
///
/// - Parameters:
///   - failure: the caller's error for a failure of the file.
///   - body: writes the contents.
package func writeFile<Failure: Error>(
  _ path: String, failure: (FileFailure) -> Failure, _ body: (inout OutputFile) throws(Failure) -> Void
) throws(Failure) {
  let target = realPath(path) ?? path
  var status = stat()
  let exists = stat(target, &status) == 0
  let kind = status.st_mode & S_IFMT
  if exists, kind == S_IFDIR { throw failure(FileFailure(path: path, reason: "it is a folder")) }
  if exists, kind != S_IFREG {
    let descriptor = open(target, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(FileFailure(path: path, code: errno)) }
    defer { close(descriptor) }
    var file = OutputFile(descriptor: descriptor, path: path)
    try body(&file)
    return
  }
  let staging: StagingFolder
  do { staging = try StagingFolder(beside: target, as: path) } catch { throw failure(error) }
  defer { staging.remove() }
  let made = staging.file("file")
  let descriptor = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw failure(FileFailure(path: path, code: errno)) }
  do throws(Failure) {
    var file = OutputFile(descriptor: descriptor, path: path)
    try body(&file)
  } catch {
    close(descriptor)
    throw error
  }
  if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
  // Network file systems report a full disk when a file is closed.
  guard close(descriptor) == 0 else { throw failure(FileFailure(path: path, code: errno)) }
  do { _ = try publish(made, as: target, named: path, overwrite: true) } catch { throw failure(error) }
}

/// Writes bytes to a file that appears complete or not at all.
package func writeFile(_ bytes: [UInt8], to path: String) throws(FileFailure) {
  try writeFile(path, failure: { $0 }, { (file) throws(FileFailure) in try file.append(bytes) })
}

/// Copies a file's bytes to a new file, as onto another disk. The copy is flushed when it is published.
///
/// - Parameter name: what errors call the copy.
package func copyFile(_ source: String, to copy: String, as name: String) throws(FileFailure) {
  let from = open(source, O_RDONLY | O_CLOEXEC)
  guard from >= 0 else { throw FileFailure(path: name, code: errno) }
  defer { close(from) }
  let to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard to >= 0 else { throw FileFailure(path: name, code: errno) }
  do throws(FileFailure) {
    let file = OutputFile(descriptor: to, path: name)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = read(from, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure(path: name, code: errno) }
      if count == 0 { break }
      try file.append(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
    try flush(to, as: name)
  } catch {
    close(to)
    throw error
  }
  guard close(to) == 0 else { throw FileFailure(path: name, code: errno) }
}

/// The absolute path with its links followed; nil where there is nothing.
package func realPath(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}
