// The filters that HDF5 applies to each chunk: DEFLATE, shuffled bytes, checksums.

/// A filter of a dataset's chunks.
enum HDF5Filter: Equatable {
  /// A zlib stream (RFC 1950).
  case deflate
  /// The first bytes of all elements, then the second ones, and so on.
  case shuffle(size: Int)
  /// Four bytes of Fletcher's checksum at the end.
  case checksum

  /// - Parameter message: a filter pipeline message.
  /// - Throws: `SampleError.malformed` naming a filter that is not read.
  static func list(_ message: HDF5Cursor, path: String) throws(SampleError) -> [HDF5Filter] {
    var message = message
    let version = try message.number(1)
    let count = try message.number(1)
    guard version == 1 || version == 2, count <= 32 else { throw message.damaged }
    try message.skip(version == 1 ? 6 : 0)
    var filters: [HDF5Filter] = []
    for _ in 0..<count {
      let kind = try message.number(2)
      let nameLength = version == 1 || kind >= 256 ? try message.number(2) : 0
      try message.skip(2)
      let valueCount = try message.number(2)
      let name = try message.take(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength)
      var values: [Int] = []
      for _ in 0..<valueCount { values.append(try message.number(4)) }
      if version == 1, valueCount % 2 == 1 { try message.skip(4) }
      switch kind {
      case 1: filters.append(.deflate)
      case 2:
        guard let size = values.first, size > 0 else { throw message.damaged }
        filters.append(.shuffle(size: size))
      case 3: filters.append(.checksum)
      default:
        let word = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        throw .malformed(
          path: path,
          reason: "its compression \(kind)\(word.isEmpty ? "" : " (\(word))") is not read; save it with"
            + " compression=\"gzip\" or without")
      }
    }
    return filters
  }

  /// The bytes before this filter was applied; nil where they are damaged.
  /// - Parameter count: the bytes of the whole chunk without filters.
  func undone(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    switch self {
    // A checksum may have been added before.
    case .deflate: return bytes.withUnsafeBytes { inflatedStream($0, most: count + 4) }
    case .shuffle(let size):
      guard size > 1, bytes.count >= size else { return bytes }
      let elements = bytes.count / size
      return [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, filled in
        for place in 0..<size {
          for element in 0..<elements { buffer[element * size + place] = bytes[place * elements + element] }
        }
        for place in elements * size..<bytes.count { buffer[place] = bytes[place] }
        filled = bytes.count
      }
    case .checksum:
      guard bytes.count >= 4 else { return nil }
      let content = bytes.dropLast(4)
      let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return fletcher32(content) == stored ? Array(content) : nil
    }
  }
}

/// Fletcher's checksum of big-endian words of 16 bits, the last one filled up with zeros.
private func fletcher32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var (first, second) = (UInt64(0), UInt64(0))
  for place in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
    first += UInt64(bytes[place]) << 8 | (place + 1 < bytes.endIndex ? UInt64(bytes[place + 1]) : 0)
    first = (first & 0xFFFF) + first >> 16
    second += first
    second = (second & 0xFFFF) + second >> 16
  }
  return UInt32(second) << 16 | UInt32(first)
}

/// The bytes of a zlib stream (RFC 1950), its checksum checked; nil where it is damaged or has more than `most`.
private func inflatedStream(_ data: UnsafeRawBufferPointer, most: Int) -> [UInt8]? {
  guard data.count >= 6, data[0] & 15 == 8, data[1] & 0x20 == 0, (Int(data[0]) << 8 | Int(data[1])) % 31 == 0 else {
    return nil
  }
  let body = UnsafeRawBufferPointer(rebasing: data[2..<data.count - 4])
  guard let bytes = inflated(body, atMost: most) else { return nil }
  var (first, second) = (UInt32(1), UInt32(0))
  // The largest number of bytes whose sums fit into 32 bits (zlib's NMAX).
  for start in stride(from: 0, to: bytes.count, by: 5552) {
    for byte in bytes[start..<min(bytes.count, start + 5552)] {
      first += UInt32(byte)
      second += first
    }
    (first, second) = (first % 65_521, second % 65_521)
  }
  let stored = data[(data.count - 4)...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  return stored == second << 16 | first ? bytes : nil
}
