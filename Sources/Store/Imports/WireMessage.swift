// A message of protocol buffers as it stands in a file (protobuf.dev, "Encoding"): numbered fields, one after the other.
internal import Foundation

/// The fields of a message, in the order of its bytes. Readers skip the numbers that they do not know.
struct WireMessage {
  /// The bytes are no message.
  struct Malformed: Error {}

  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(Data)
    case fixed32(UInt32)
  }

  let fields: [(number: Int, value: Value)]

  /// - Throws: `Malformed` where a field is cut off, is of an unknown type, or has the number 0.
  init(_ bytes: Data) throws {
    var reader = WireReader(rest: bytes[...])
    var fields: [(number: Int, value: Value)] = []
    while !reader.rest.isEmpty {
      let key = try reader.varint()
      guard let number = Int(exactly: key >> 3), number > 0 else { throw Malformed() }
      switch key & 7 {
      case 0: fields.append((number, .varint(try reader.varint())))
      case 1: fields.append((number, .fixed64(try reader.word(UInt64.self))))
      case 2: fields.append((number, .bytes(try reader.bytes(try reader.varint()))))
      case 5: fields.append((number, .fixed32(try reader.word(UInt32.self))))
      default: throw Malformed()
      }
    }
    self.fields = fields
  }
}

extension WireMessage.Value {
  /// An integer or a flag; nil for another type.
  var integer: Int64? {
    guard case .varint(let value) = self else { return nil }
    return Int64(bitPattern: value)
  }

  var double: Double? {
    guard case .fixed64(let value) = self else { return nil }
    return Double(bitPattern: value)
  }

  var float: Float? {
    guard case .fixed32(let value) = self else { return nil }
    return Float(bitPattern: value)
  }

  var data: Data? {
    guard case .bytes(let value) = self else { return nil }
    return value
  }

  var text: String? { data.map { String(decoding: $0, as: UTF8.self) } }

  /// A message inside the message; nil for another type.
  ///
  /// - Throws: `Malformed`
  func message() throws -> WireMessage? { try data.map { try WireMessage($0) } }

  /// The numbers of a repeated field: one for each field, or all packed in one.
  ///
  /// - Throws: `Malformed`
  func integers() throws -> [Int64] {
    if let integer { return [integer] }
    var reader = WireReader(rest: data ?? Data())
    var values: [Int64] = []
    while !reader.rest.isEmpty { values.append(Int64(bitPattern: try reader.varint())) }
    return values
  }

  func floats() throws -> [Float] { try float.map { [$0] } ?? words(UInt32.self).map { Float(bitPattern: $0) } }

  func doubles() throws -> [Double] { try double.map { [$0] } ?? words(UInt64.self).map { Double(bitPattern: $0) } }

  private func words<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type) throws -> [Word] {
    var reader = WireReader(rest: data ?? Data())
    var values: [Word] = []
    while !reader.rest.isEmpty { values.append(try reader.word(Word.self)) }
    return values
  }
}

/// What is left of a message's bytes.
private struct WireReader {
  var rest: Data

  /// At most ten bytes of seven bits, the lowest first.
  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<10 {
      guard let byte = rest.popFirst() else { throw WireMessage.Malformed() }
      value |= UInt64(byte & 0x7f) << UInt64(7 * place)
      if byte < 0x80 { return value }
    }
    throw WireMessage.Malformed()
  }

  /// Little-endian.
  mutating func word<Word: FixedWidthInteger & UnsignedInteger>(_: Word.Type) throws -> Word {
    try bytes(UInt64(MemoryLayout<Word>.size)).reversed().reduce(0) { $0 << 8 | Word($1) }
  }

  mutating func bytes(_ count: UInt64) throws -> Data {
    guard count <= UInt64(rest.count) else { throw WireMessage.Malformed() }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }
}
