// Temporary files without a name, which hold what is too large for memory and vanish with the process.
internal import Files
internal import Glibc

/// A file of a known size that nobody else sees, in the folder TMPDIR or else /var/tmp, while it is filled.
///
/// The room on the disk is taken before anything is written, so that a full disk is an error and no signal.
struct PrivateFile: ~Copyable {
  /// The file's bytes, at first zeros. They are part of the page cache and not of the process's own memory.
  let bytes: UnsafeMutableRawBufferPointer
  private let descriptor: Int32

  /// - Parameters:
  ///   - size: bytes, 1 or more.
  ///   - path: what messages call the contents.
  /// - Throws: `SampleError.unreadable` where there is no room for it.
  init(size: Int, of path: String) throws(SampleError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    var template = Array("\(folder)/fastsim-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    func refused(_ code: Int32) -> SampleError {
      .unreadable(
        path: path, reason: "\(size) bytes are needed for its numbers in \(folder) (TMPDIR): \(systemReason(code))")
    }
    guard descriptor >= 0 else { throw refused(errno) }
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let code = posix_fallocate(descriptor, 0, off_t(size))
    guard code == 0 else {
      close(descriptor)
      throw refused(code)
    }
    guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
      let code = errno
      close(descriptor)
      throw refused(code)
    }
    bytes = UnsafeMutableRawBufferPointer(start: base, count: size)
    self.descriptor = descriptor
  }

  deinit {
    munmap(bytes.baseAddress, bytes.count)
    close(descriptor)
  }

  /// Gives back the memory in which the bytes up to an offset are; they stay in the file.
  func release(upTo offset: Int) {
    let whole = offset / 4096 * 4096
    if whole > 0 { madvise(bytes.baseAddress, whole, MADV_DONTNEED) }
  }

  /// A reader of the finished file.
  func reader(path: String) throws(SampleError) -> FileReader {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .unreadable(path: path, reason: systemReason(errno)) }
    return FileReader(owning: copy, path: path, size: bytes.count)
  }
}
