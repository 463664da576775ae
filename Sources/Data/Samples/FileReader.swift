// Bytes of a file, read where they are needed: a file may be larger than memory.
internal import Files
internal import Glibc

/// An open file whose bytes are read at places, by any number of threads.
///
/// What is no ordinary file, such as a pipe, is read into memory as a whole.
final class FileReader: Sendable {
  private enum Storage {
    case memory([UInt8])
    case descriptor(Int32)
  }

  /// The path that messages show.
  let path: String
  /// The number of bytes when it was opened.
  let size: Int
  private let storage: Storage

  /// - Throws: `SampleError.missingFile`, `.unreadable` or `.emptyFile`.
  init(_ path: String) throws(SampleError) {
    self.path = path
    let (descriptor, status) = try openedFile(path)
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let bytes = try fileBytes(path)
      (storage, size) = (.memory(bytes), bytes.count)
      return
    }
    guard status.st_size > 0 else {
      close(descriptor)
      throw .emptyFile(path: path)
    }
    (storage, size) = (.descriptor(descriptor), Int(status.st_size))
  }

  /// - Parameter descriptor: of a file of `size` bytes; it is closed with the reader.
  init(owning descriptor: Int32, path: String, size: Int) {
    (self.path, self.size, storage) = (path, size, .descriptor(descriptor))
  }

  /// Bytes that are in memory already.
  init(_ bytes: [UInt8], path: String) {
    (self.path, size, storage) = (path, bytes.count, .memory(bytes))
  }

  deinit {
    if case .descriptor(let descriptor) = storage { close(descriptor) }
  }

  /// Fills a buffer with the bytes from an offset.
  /// - Throws: `SampleError.malformed` where the file ends before, `.unreadable` where the disk fails.
  func read(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SampleError) {
    guard offset >= 0, buffer.count <= size, offset <= size - buffer.count else { throw cutOff }
    guard let base = buffer.baseAddress else { return }
    switch storage {
    case .memory(let bytes):
      bytes.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
      }
    case .descriptor(let descriptor):
      var done = 0
      while done < buffer.count {
        let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
        if count > 0 {
          done += count
        } else if count == 0 {
          throw cutOff
        } else if errno != EINTR {
          throw .unreadable(path: path, reason: systemReason(errno))
        }
      }
    }
  }

  /// Some bytes from an offset.
  /// - Throws: as `read`.
  func bytes(_ offset: Int, _ count: Int) throws(SampleError) -> [UInt8] {
    guard offset >= 0, count >= 0, count <= size, offset <= size - count else { throw cutOff }
    var failure: SampleError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SampleError) {
        try read(offset, into: UnsafeMutableRawBufferPointer(buffer))
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Some bytes of the file in its pages, without a copy; they must not be kept. For a whole member of an archive, which
  /// may be larger than memory.
  func withMapped<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(SampleError) -> Result {
    guard range.lowerBound >= 0, range.upperBound <= size else { throw cutOff }
    switch storage {
    case .memory(let bytes): return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    case .descriptor(let descriptor):
      let first = range.lowerBound / 65_536 * 65_536
      let count = range.upperBound - first
      guard count > 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
      guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, off_t(first)), base != MAP_FAILED else {
        throw .unreadable(path: path, reason: systemReason(errno))
      }
      defer { munmap(base, count) }
      return body(UnsafeRawBufferPointer(start: base + (range.lowerBound - first), count: range.count))
    }
  }

  private var cutOff: SampleError {
    .malformed(path: path, reason: "the file is cut off or damaged; copy it again")
  }
}
