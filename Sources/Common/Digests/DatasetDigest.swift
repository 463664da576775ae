// The digests that identify a column and a data set (docs/datasets.md).

/// SHA-256 of `"fastsim column 1\n<name>\nfloat64\n<count>\n"` and the values as little-endian float64.
///
/// NaN payloads and the sign of zero count: equal digests mean equal bits. Cost: one pass over the bytes.
package func columnDigest(_ name: String, _ values: [Double]) -> Digest {
  var stream = DigestStream()
  stream.update("fastsim column 1\n\(name)\nfloat64\n\(values.count)\n")
  values.withLittleEndianBytes { stream.update(raw: $0) }
  return stream.finalise()
}

/// SHA-256 of `"fastsim dataset 1\n"` and, for each column in order, `"<role>\t<column digest in hexadecimal>\n"`.
package func datasetDigest(_ columns: [(role: String, digest: Digest)]) -> Digest {
  var stream = DigestStream()
  stream.update("fastsim dataset 1\n")
  for column in columns { stream.update("\(column.role)\t\(column.digest.hex)\n") }
  return stream.finalise()
}

extension [Double] {
  /// The values as the bytes of little-endian float64, 8 a value; without a copy where memory is little-endian.
  package func withLittleEndianBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    #if _endian(little)
      withUnsafeBytes(body)
    #else
      map { $0.bitPattern.littleEndian }.withUnsafeBytes(body)
    #endif
  }
}
