// Whole numbers as bytes of files.

/// A number's lowest bytes, little-endian.
func littleEndian(_ value: Int, _ width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
