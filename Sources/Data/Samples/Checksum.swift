// CRC-32, the checksum of zip members.

/// The remainders of all bytes for the reversed polynomial 0xEDB88320.
private let remainders: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { remainder, _ in remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
}

/// A running CRC-32 (ISO 3309, as in zip and PNG).
struct Checksum {
  private var state: UInt32 = 0xFFFF_FFFF

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    remainders.withUnsafeBufferPointer { table in
      var state = state
      for byte in bytes { state = state >> 8 ^ table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] }
      self.state = state
    }
  }

  var value: UInt32 { ~state }
}
