// A named column of numbers, the unit that readers give, digests name and transforms map.
package import Digests

/// One named column of a table: float64 in memory for every type in the file.
///
///     let momentum = Column(name: "P", values: [21.0, 23.6])
///     momentum.digest().hex
package struct Column: Sendable {
  /// The column's name as in the file's header.
  package let name: String
  /// One value a row.
  package var values: [Double]

  package init(name: String, values: [Double]) {
    self.name = name
    self.values = values
  }

  /// SHA-256 of `"fastsim column 1\n<name>\nfloat64\n<count>\n"` and the values as little-endian float64.
  ///
  /// NaN payloads and the sign of zero count: equal digests mean equal bits. Cost: one pass over the bytes.
  package func digest() -> Digest {
    var stream = DigestStream()
    stream.update("fastsim column 1\n\(name)\nfloat64\n\(values.count)\n")
    withLittleEndianBytes { stream.update(raw: $0) }
    return stream.finalise()
  }

  /// The values as the bytes of little-endian float64, 8 a row; without a copy where memory is little-endian.
  func withLittleEndianBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    #if _endian(little)
      values.withUnsafeBytes(body)
    #else
      values.map { $0.bitPattern.littleEndian }.withUnsafeBytes(body)
    #endif
  }
}
