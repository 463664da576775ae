// CRC-32C (Castagnoli; RFC 3720, appendix B.4), masked as TensorFlow's records have it.
internal import Foundation

/// The reflected polynomial's remainders of all bytes.
private let remainders: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0x82f6_3b78 : rest >> 1 }
}

/// CRC-32C of some bytes.
func checksum(_ bytes: Data) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { rest, byte in rest >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] }
}

/// The checksum turned by 15 bits, plus a constant, so that a record with checksums inside has another one than its
/// bytes (TensorFlow, `tsl/lib/hash/crc32c.h`).
func maskedChecksum(_ bytes: Data) -> UInt32 {
  let sum = checksum(bytes)
  return (sum >> 15 | sum << 17) &+ 0xa282_ead8
}
