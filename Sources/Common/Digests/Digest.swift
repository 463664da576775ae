// The SHA-256 values that name blobs, columns, datasets, configs, programs and epochs.
internal import CSHA256

/// A SHA-256 value of 32 bytes, ordered and printed as lower-case hexadecimal.
public struct Digest: Hashable, Sendable {
  /// The 32 bytes.
  public let bytes: [UInt8]

  /// The digest of some bytes.
  public init(of bytes: some Collection<UInt8>) {
    var stream = DigestStream()
    stream.update(bytes)
    self = stream.finalise()
  }

  /// The digest of a string's UTF-8 bytes.
  public init(of text: String) {
    self.init(of: Array(text.utf8))
  }

  /// A digest read back from storage; nil unless there are exactly 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// A digest read back from its 64 hexadecimal digits; nil for anything else.
  public init?(hex: String) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var high: UInt8?
    for code in hex.utf8 {
      let digit: UInt8
      switch code {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = code - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = code - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = code - UInt8(ascii: "A") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard bytes.count == 32, high == nil else { return nil }
    self.bytes = bytes
  }

  fileprivate init(trusted bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { memory in
      for (place, byte) in bytes.enumerated() {
        memory[2 * place] = digit(byte >> 4)
        memory[2 * place + 1] = digit(byte & 15)
      }
      return 2 * bytes.count
    }
  }
}

extension Digest: CustomStringConvertible {
  public var description: String { hex }
}

extension Digest: Comparable {
  public static func < (left: Digest, right: Digest) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// SHA-256 of bytes that come piece by piece.
public struct DigestStream {
  private var stream = fs_sha256_begin()

  public init() {}

  /// Adds bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    let whole: Void? = bytes.withContiguousStorageIfAvailable { update(raw: UnsafeRawBufferPointer($0)) }
    if whole == nil { Array(bytes).withUnsafeBytes { update(raw: $0) } }
  }

  /// Adds raw memory, as of an array's elements.
  public mutating func update(raw bytes: UnsafeRawBufferPointer) {
    fs_sha256_update(&stream, bytes.baseAddress, bytes.count)
  }

  /// Adds a string's UTF-8 bytes.
  public mutating func update(_ text: String) {
    update(text.utf8)
  }

  /// The digest of all that was added.
  public func finalise() -> Digest {
    var stream = stream
    let bytes = [UInt8](unsafeUninitializedCapacity: 32) { memory, count in
      if let first = memory.baseAddress {
        fs_sha256_finish(&stream, first)
        count = 32
      }
    }
    return Digest(trusted: bytes)
  }
}
