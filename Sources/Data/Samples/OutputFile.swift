// Files that appear whole or not at all.
internal import Numerics

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that is being written.
struct OutputFile {
  fileprivate let descriptor: Int32
  /// The path that messages show.
  fileprivate let path: String

  /// Writes all bytes.
  /// - Throws: `SampleError.unwritable`, as for a full disk.
  mutating func write(_ bytes: [UInt8]) throws(SampleError) {
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        #if canImport(Darwin)
          let count = Darwin.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        #elseif canImport(Musl)
          let count = Musl.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        #else
          let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        #endif
        if count > 0 {
          done += count
        } else if count == 0 || errno != EINTR {
          failure = count == 0 ? ENOSPC : errno
          return
        }
      }
    }
    if failure != 0 { throw .unwritable(path: path, reason: systemReason(failure)) }
  }

  /// Writes the bytes of chunks of rows, made in parallel, in their order, a few at a time so that memory stays bounded.
  mutating func write(_ chunks: RowChunks, _ make: @Sendable (Range<Int>) -> [UInt8]) throws(SampleError) {
    let wave = 16
    for start in stride(from: 0, to: chunks.count, by: wave) {
      for bytes in mapChunks(min(wave, chunks.count - start), { make(chunks[start + $0]) }) {
        try write(bytes)
      }
    }
  }
}

/// Writes a file under a temporary name in its folder, flushes it to the disk and gives it its name. On an error the
/// temporary file is removed and what stood at the path before stands there still. Links are followed; what is not an
/// ordinary file (a pipe, a terminal) is written in place.
func writeFile(_ path: String, _ body: (inout OutputFile) throws(SampleError) -> Void) throws(SampleError) {
  let target = resolved(path)
  var status = stat()
  let exists = stat(target, &status) == 0
  let kind = status.st_mode & S_IFMT
  if exists, kind == S_IFDIR { throw .unwritable(path: path, reason: "it is a folder") }
  if exists, kind != S_IFREG {
    let descriptor = open(target, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason(errno)) }
    defer { close(descriptor) }
    var file = OutputFile(descriptor: descriptor, path: path)
    try body(&file)
    return
  }

  let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "./"
  let (temporary, descriptor) = try temporaryFile(in: folder, path: path)
  var file = OutputFile(descriptor: descriptor, path: path)
  var isOpen = true
  do throws(SampleError) {
    try body(&file)
    if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
    if fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP {
      throw .unwritable(path: path, reason: systemReason(errno))
    }
    isOpen = false
    if close(descriptor) != 0 { throw .unwritable(path: path, reason: systemReason(errno)) }
    if rename(temporary, target) != 0 { throw .unwritable(path: path, reason: systemReason(errno)) }
  } catch {
    if isOpen { close(descriptor) }
    unlink(temporary)
    throw error
  }
  // The new name itself must outlive a power cut; where a folder cannot be flushed, nothing is lost by going on.
  let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
  if folderDescriptor >= 0 {
    _ = fsync(folderDescriptor)
    close(folderDescriptor)
  }
}

/// The path with its links followed; itself where there is nothing yet.
private func resolved(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

/// A new empty file that no other process uses.
private func temporaryFile(
  in folder: String, path: String
) throws(SampleError) -> (path: String, descriptor: Int32) {
  for attempt in 0..<1000 {
    let candidate = "\(folder).fastsim-\(getpid())-\(attempt).tmp"
    let descriptor = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor >= 0 { return (candidate, descriptor) }
    let code = errno
    if code == ENOENT { throw .unwritable(path: path, reason: "there is no folder \(folder)") }
    if code != EEXIST, code != EINTR { throw .unwritable(path: path, reason: systemReason(code)) }
  }
  throw .unwritable(path: path, reason: "the folder \(folder) is full of unfinished files (.fastsim-*.tmp)")
}
