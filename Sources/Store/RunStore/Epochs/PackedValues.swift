// Float64 values as the little-endian bytes in which traces are stored and hashed.
internal import Foundation

/// The one NaN that stores keep.
private let canonicalNaN: UInt64 = 0x7ff8_0000_0000_0000

/// Eight bytes for each value, every NaN as 0x7ff8000000000000.
func packed(_ values: [Double]) -> [UInt8] {
  let patterns = values.map { ($0.isNaN ? canonicalNaN : $0.bitPattern).littleEndian }
  return patterns.withUnsafeBytes { Array($0) }
}

/// Does something with the packed bytes of values, which are the values' own memory where the layouts agree.
func withPackedBytes<Result>(of values: [Double], _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
{
  #if _endian(little)
    if !values.contains(where: { $0.isNaN && $0.bitPattern != canonicalNaN }) {
      return try values.withUnsafeBytes(body)
    }
  #endif
  return try packed(values).withUnsafeBytes(body)
}

/// The values of packed bytes; nil unless their number is a multiple of eight.
package func unpacked(_ bytes: [UInt8]) -> [Double]? {
  guard bytes.count.isMultiple(of: 8) else { return nil }
  return bytes.withUnsafeBytes { memory in
    (0..<bytes.count / 8).map { index in
      Double(bitPattern: UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
    }
  }
}

extension [Double] {
  /// Adds the values of packed bytes.
  /// - Returns: how many; nil, and nothing is added, unless the number of bytes is a multiple of eight.
  mutating func append(packed data: Data) -> Int? {
    guard data.count.isMultiple(of: 8) else { return nil }
    data.withUnsafeBytes { memory in
      for offset in stride(from: 0, to: memory.count, by: 8) {
        append(Double(bitPattern: UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self))))
      }
    }
    return data.count / 8
  }
}

/// Packed values as SQLite takes them.
func packedData(_ values: [Double]) -> Data {
  Data(packed(values))
}
