// Numbers of an HDF5 structure, read one after the other.

/// Little-endian numbers in some bytes of an HDF5 file. Nothing is read beyond them.
struct HDF5Cursor {
  let bytes: [UInt8]
  var position = 0
  /// What messages call the file.
  let path: String

  init(_ bytes: [UInt8], path: String) {
    (self.bytes, self.path) = (bytes, path)
  }

  var remaining: Int { bytes.count - position }

  /// That the file cannot be as it is.
  var damaged: SampleError {
    .malformed(path: path, reason: "the HDF5 file is cut off or damaged; copy it again")
  }

  /// An unsigned number of 1 to 8 bytes.
  /// - Throws: `SampleError.malformed` beyond the end, or beyond 2^56, which no size or place in a file reaches.
  mutating func number(_ width: Int) throws(SampleError) -> Int {
    guard let value = try bits(width), value < 1 << 56 else { throw damaged }
    return Int(value)
  }

  /// A place in the file; nil for the value of all ones, which stands for none.
  mutating func address(_ width: Int) throws(SampleError) -> Int? {
    guard let value = try bits(width) else { return nil }
    guard value < 1 << 56 else { throw damaged }
    return Int(value)
  }

  mutating func skip(_ count: Int) throws(SampleError) {
    guard count >= 0, count <= remaining else { throw damaged }
    position += count
  }

  mutating func take(_ count: Int) throws(SampleError) -> [UInt8] {
    try skip(count)
    return Array(bytes[position - count..<position])
  }

  /// Four letters that a structure begins with.
  mutating func expect(_ signature: String) throws(SampleError) {
    guard try take(4) == Array(signature.utf8) else { throw damaged }
  }

  /// A text that ends in a zero byte, from a place that does not move.
  func text(at place: Int) throws(SampleError) -> String {
    guard place >= 0, place < bytes.count, let end = bytes[place...].firstIndex(of: 0) else { throw damaged }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  /// nil where all bits are set.
  private mutating func bits(_ width: Int) throws(SampleError) -> UInt64? {
    let value = try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value == UInt64.max >> UInt64(64 - 8 * width) ? nil : value
  }
}
