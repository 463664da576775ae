// A whole file as bytes, with an error that says what is wrong with the path.
internal import Files
internal import Glibc

/// Opens a file, a pipe or a device to read it; the caller closes it.
/// - Throws: `SampleError.missingFile` or `.unreadable`.
func openedFile(_ path: String) throws(SampleError) -> (descriptor: Int32, status: stat) {
  var descriptor = open(path, O_RDONLY | O_CLOEXEC)
  while descriptor < 0, errno == EINTR { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else {
    let code = errno
    throw code == ENOENT ? .missingFile(path: path) : .unreadable(path: path, reason: systemReason(code))
  }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    let code = errno
    close(descriptor)
    throw .unreadable(path: path, reason: systemReason(code))
  }
  return (descriptor, status)
}

/// All bytes of a file, a pipe or a device.
/// - Throws: `SampleError.missingFile`, `.unreadable` or `.emptyFile`.
func fileBytes(_ path: String) throws(SampleError) -> [UInt8] {
  let (descriptor, status) = try openedFile(path)
  defer { close(descriptor) }
  guard status.st_mode & S_IFMT != S_IFDIR else { throw .unreadable(path: path, reason: "it is a folder") }

  var bytes: [UInt8] = []
  // One byte more than the size, so that the read that finds the end needs no more room.
  var room = max(65_536, Int(status.st_size) + 1)
  var failure: Int32 = 0
  var isAtEnd = false
  while !isAtEnd, failure == 0 {
    let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      while count < buffer.count {
        let got = read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
        if got < 0, errno == EINTR { continue }
        if got <= 0 {
          failure = got < 0 ? errno : 0
          isAtEnd = true
          return
        }
        count += got
      }
    }
    if bytes.isEmpty { bytes = piece } else { bytes += piece }
    room = max(65_536, bytes.count)
  }
  if failure != 0 { throw .unreadable(path: path, reason: systemReason(failure)) }
  guard !bytes.isEmpty else { throw .emptyFile(path: path) }
  return bytes
}

/// What some bytes look like, by their first ones; nil for what may be plain text.
func fileKind(_ bytes: [UInt8]) -> String? {
  let signatures: [(kind: String, start: [UInt8])] = [
    ("a NumPy array (.npy)", [0x93] + Array("NUMPY".utf8)),
    ("a zip archive (.npz)", Array("PK".utf8) + [3, 4]),
    ("an HDF5 file", [0x89] + Array("HDF".utf8)),
    ("a gzip file", [0x1F, 0x8B]),
    ("a ROOT file", Array("root".utf8) + [0]),
    ("a Parquet file", Array("PAR1".utf8)),
    ("UTF-16 text", [0xFF, 0xFE]),
    ("UTF-16 text", [0xFE, 0xFF]),
  ]
  if let match = signatures.first(where: { bytes.starts(with: $0.start) }) { return match.kind }
  return bytes.prefix(4096).contains(0) ? "binary data" : nil
}
