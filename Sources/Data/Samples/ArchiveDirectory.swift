// The members of a zip archive (PKWARE APPNOTE 6.3.10): what NumPy's .npz files are.

/// The members that a zip archive lists.
struct ArchiveDirectory {
  struct Member {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    /// The stored bytes in the file.
    let range: Range<Int>
    /// The number of bytes after decompression.
    let size: Int
  }

  let members: [Member]

  /// - Throws: `SampleError.malformed` for what is no archive, is damaged, encrypted, or compressed otherwise.
  init(_ reader: FileReader) throws(SampleError) {
    func refused(_ reason: String) -> SampleError { .malformed(path: reader.path, reason: reason) }
    let head = try reader.bytes(0, min(4096, reader.size))
    guard head.starts(with: Array("PK".utf8)) else {
      let kind = fileKind(head).map { "; it looks like \($0)" } ?? ""
      throw refused("this is no archive of NumPy arrays (.npz)\(kind); convert it or rename the file")
    }
    let damaged = refused("the archive is cut off or damaged; copy it again")
    let file = LittleEndianFile(reader)
    guard var (count, start) = ArchiveDirectory.location(file) else { throw damaged }
    let end = start
    var members: [Member] = []
    var spans: [Range<Int>] = []
    while count > 0 {
      guard file[start, 4] == 0x0201_4B50, let flags = file[start + 8, 2], let method = file[start + 10, 2],
        let checksum = file[start + 16, 4], let shortStored = file[start + 20, 4], let shortSize = file[start + 24, 4],
        let nameLength = file[start + 28, 2], let extraLength = file[start + 30, 2],
        let commentLength = file[start + 32, 2], let shortHeader = file[start + 42, 4],
        start + 46 + nameLength + extraLength <= reader.size
      else { throw damaged }
      let name = String(decoding: try reader.bytes(start + 46, nameLength), as: UTF8.self)
      // Where 32 bits don't do, the true values stand in an extra field, in this order.
      var wide = ArchiveDirectory.wideValues(file, start + 46 + nameLength, extraLength)
      func widened(_ value: Int) -> Int { value == 0xFFFF_FFFF && !wide.isEmpty ? wide.removeFirst() : value }
      let size = widened(shortSize)
      let stored = widened(shortStored)
      let header = widened(shortHeader)
      guard flags & 1 == 0 else { throw refused("the member \(name) is encrypted; save the arrays without a password") }
      guard method == 0 || method == 8 else {
        throw refused("the member \(name) has the compression \(method); save it with numpy.savez")
      }
      guard file[header, 4] == 0x0403_4B50, let localName = file[header + 26, 2], let localExtra = file[header + 28, 2],
        case let begin = header + 30 + localName + localExtra, begin <= end, stored <= end - begin,
        method == 8 || stored == size
      else { throw damaged }
      spans.append(header..<begin + stored)
      members.append(
        Member(
          name: name, isDeflated: method == 8, checksum: UInt32(checksum), range: begin..<begin + stored, size: size))
      start += 46 + nameLength + extraLength + commentLength
      count -= 1
    }
    // Members that share bytes let a small file stand for a huge one.
    spans.sort { $0.lowerBound < $1.lowerBound }
    guard zip(spans, spans.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else { throw damaged }
    self.members = members
  }

  /// The number of members and the place of the first one's record.
  private static func location(_ file: LittleEndianFile) -> (count: Int, start: Int)? {
    // The end record is 22 bytes and a comment of at most 65535.
    let first = max(0, file.reader.size - 22 - 65_535)
    guard let tail = try? file.reader.bytes(first, file.reader.size - first) else { return nil }
    let signature: [UInt8] = [0x50, 0x4B, 5, 6]
    guard
      let place = stride(from: tail.count - 22, through: 0, by: -1).first(where: { tail[$0...].starts(with: signature) }
      )
    else { return nil }
    let end = first + place
    guard let count = file[end + 10, 2], let start = file[end + 16, 4] else { return nil }
    guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (count, start) }
    guard file[end - 20, 4] == 0x0706_4B50, let record = file[end - 12, 8], file[record, 4] == 0x0606_4B50,
      let wideCount = file[record + 32, 8], let wideStart = file[record + 48, 8]
    else { return nil }
    return (wideCount, wideStart)
  }

  /// The 64-bit values of a record's extra field with the number 1.
  private static func wideValues(_ file: LittleEndianFile, _ start: Int, _ length: Int) -> [Int] {
    var position = start
    while position + 4 <= start + length, let kind = file[position, 2], let size = file[position + 2, 2] {
      if kind == 1 { return (0..<size / 8).compactMap { file[position + 4 + 8 * $0, 8] } }
      position += 4 + size
    }
    return []
  }
}

/// Unsigned little-endian numbers in a file.
private struct LittleEndianFile {
  let reader: FileReader

  init(_ reader: FileReader) {
    self.reader = reader
  }

  /// The number of `width` bytes at an offset; nil outside, or beyond 2^48.
  subscript(offset: Int, width: Int) -> Int? {
    guard let bytes = try? reader.bytes(offset, width) else { return nil }
    let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value < 1 << 48 ? Int(value) : nil
  }
}
