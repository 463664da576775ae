// Decompression of DEFLATE data (RFC 1951), the method of compressed zip members.

/// The most bytes that one byte of DEFLATE gives.
private let largestInflation = 1032

/// Whether compressed data can give so many bytes; a count beyond is not worth its memory.
func mayInflate(_ stored: Int, to count: Int) -> Bool { count / largestInflation <= stored }

/// Decompresses a whole DEFLATE stream.
/// - Parameter count: the number of bytes that must come out.
/// - Returns: nil when the data are damaged or give another number of bytes.
func inflated(_ data: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
  guard count >= 0, mayInflate(data.count, to: count) else { return nil }
  var isWhole = false
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    var inflater = Inflater(input: data, output: buffer)
    isWhole = inflater.run() && inflater.written == count
    filled = inflater.written
  }
  return isWhole ? bytes : nil
}

/// Decompresses a whole DEFLATE stream of unknown length.
/// - Parameter most: the largest number of bytes that may come out.
/// - Returns: nil when the data are damaged or give more bytes.
func inflated(_ data: UnsafeRawBufferPointer, atMost most: Int) -> [UInt8]? {
  var isWhole = false
  let bytes = [UInt8](unsafeUninitializedCapacity: min(most, largestInflation * (data.count + 1))) { buffer, filled in
    var inflater = Inflater(input: data, output: buffer)
    isWhole = inflater.run()
    filled = inflater.written
  }
  return isWhole ? bytes : nil
}

/// Decompresses a whole DEFLATE stream into memory of the right size.
/// - Returns: whether the data are whole and fill the memory.
func inflate(_ data: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer) -> Bool {
  var inflater = Inflater(input: data, output: memory.assumingMemoryBound(to: UInt8.self))
  return inflater.run() && inflater.written == memory.count
}

/// Decompresses the beginning of a DEFLATE stream.
/// - Returns: `count` bytes; nil when the data are damaged before, or give fewer.
func inflatedPrefix(_ data: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    var inflater = Inflater(input: data, output: buffer)
    _ = inflater.run()
    filled = inflater.written
  }
  return bytes.count == count ? bytes : nil
}

private struct Inflater {
  let input: UnsafeRawBufferPointer
  let output: UnsafeMutableBufferPointer<UInt8>
  var written = 0
  private var next = 0
  /// Bits taken from the input and not yet used, the next one lowest.
  private var bits: UInt64 = 0
  private var bitCount = 0

  init(input: UnsafeRawBufferPointer, output: UnsafeMutableBufferPointer<UInt8>) {
    self.input = input
    self.output = output
  }

  /// Blocks to the last one; false where the data are damaged or the output is full before.
  mutating func run() -> Bool {
    var isLast = false
    while !isLast {
      guard let header = take(3) else { return false }
      isLast = header & 1 == 1
      switch header >> 1 {
      case 0: guard stored() else { return false }
      case 1: guard compressed(Inflater.fixedLiterals, Inflater.fixedDistances) else { return false }
      case 2:
        guard let (literals, distances) = codes(), compressed(literals, distances) else { return false }
      default: return false
      }
    }
    return true
  }

  /// At least 48 bits where the input has as many.
  @inline(__always)
  private mutating func refill() {
    while bitCount <= 56, next < input.count {
      bits |= UInt64(input[next]) << UInt64(bitCount)
      next += 1
      bitCount += 8
    }
  }

  /// The next bits as a number; nil at the end of the input.
  @inline(__always)
  private mutating func take(_ count: Int) -> Int? {
    if bitCount < count { refill() }
    guard bitCount >= count else { return nil }
    let value = Int(bits & (1 << UInt64(count) - 1))
    bits >>= UInt64(count)
    bitCount -= count
    return value
  }

  @inline(__always)
  private mutating func symbol(_ code: PrefixCode) -> Int? {
    if bitCount < 15 { refill() }
    let entry = code.table[Int(truncatingIfNeeded: bits) & (code.table.count - 1)]
    let length = Int(entry & 15)
    guard length > 0, length <= bitCount else { return nil }
    bits >>= UInt64(length)
    bitCount -= length
    return Int(entry >> 4)
  }

  private mutating func stored() -> Bool {
    _ = take(bitCount % 8)
    guard let length = take(16), let complement = take(16), length == ~complement & 0xFFFF else { return false }
    for _ in 0..<length {
      guard written < output.count, let byte = take(8) else { return false }
      output[written] = UInt8(byte)
      written += 1
    }
    return true
  }

  private mutating func compressed(_ literals: PrefixCode, _ distances: PrefixCode) -> Bool {
    while let symbol = symbol(literals) {
      if symbol < 256 {
        guard written < output.count else { return false }
        output[written] = UInt8(symbol)
        written += 1
      } else if symbol == 256 {
        return true
      } else {
        guard symbol < 286, let lengthBits = take(Inflater.lengthExtra[symbol - 257]),
          let distanceSymbol = self.symbol(distances), distanceSymbol < 30,
          let distanceBits = take(Inflater.distanceExtra[distanceSymbol])
        else { return false }
        let length = Inflater.lengthBase[symbol - 257] + lengthBits
        let distance = Inflater.distanceBase[distanceSymbol] + distanceBits
        guard distance <= written else { return false }
        let end = written + length
        // Byte by byte: source and target may overlap, which is how runs are written.
        while written < min(end, output.count) {
          output[written] = output[written - distance]
          written += 1
        }
        guard written == end else { return false }
      }
    }
    return false
  }

  /// The two codes of a block that brings its own (RFC 1951, section 3.2.7).
  private mutating func codes() -> (PrefixCode, PrefixCode)? {
    guard let literalCount = take(5), let distanceCount = take(5), let lengthCount = take(4) else { return nil }
    var metaLengths = [UInt8](repeating: 0, count: 19)
    for position in Inflater.metaOrder.prefix(lengthCount + 4) {
      guard let length = take(3) else { return nil }
      metaLengths[position] = UInt8(length)
    }
    guard let meta = PrefixCode(lengths: metaLengths[...]) else { return nil }
    let total = literalCount + 257 + distanceCount + 1
    var lengths: [UInt8] = []
    while lengths.count < total {
      guard let symbol = symbol(meta) else { return nil }
      switch symbol {
      case 0...15: lengths.append(UInt8(symbol))
      case 16:
        guard let last = lengths.last, let count = take(2) else { return nil }
        lengths += Array(repeating: last, count: count + 3)
      case 17:
        guard let count = take(3) else { return nil }
        lengths += Array(repeating: 0, count: count + 3)
      default:
        guard let count = take(7) else { return nil }
        lengths += Array(repeating: 0, count: count + 11)
      }
    }
    guard lengths.count == total, let literals = PrefixCode(lengths: lengths[..<(literalCount + 257)]),
      let distances = PrefixCode(lengths: lengths[(literalCount + 257)...])
    else { return nil }
    return (literals, distances)
  }

  private static let metaOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthExtra = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let distanceExtra = (0..<30).map { max(0, $0 / 2 - 1) }
  private static let distanceBase = (0..<30).map { $0 < 2 ? $0 + 1 : (2 + $0 % 2) << ($0 / 2 - 1) + 1 }
  private static let fixedLiterals = PrefixCode(
    trusted: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  private static let fixedDistances = PrefixCode(trusted: Array(repeating: 5, count: 30))
}

/// A canonical prefix code as a table over the next bits.
private struct PrefixCode {
  /// For each pattern of the next bits: the symbol times 16 plus its length; 0 where no code begins so.
  let table: [UInt16]

  /// Nil where more codes than fit are requested.
  init?(lengths: ArraySlice<UInt8>) {
    var room = 1 << 15
    for length in lengths where length > 0 { room -= 1 << (15 - Int(length)) }
    guard room >= 0 else { return nil }
    self.init(trusted: Array(lengths))
  }

  init(trusted lengths: [UInt8]) {
    let longest = Int(max(1, lengths.max() ?? 1))
    var table = [UInt16](repeating: 0, count: 1 << longest)
    var code = 0
    for length in 1...longest {
      for (symbol, own) in lengths.enumerated() where own == length {
        // Codes are written highest bit first, numbers lowest bit first.
        var reversed = 0
        for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
        for pattern in stride(from: reversed, to: table.count, by: 1 << length) {
          table[pattern] = UInt16(symbol << 4 | length)
        }
        code += 1
      }
      code <<= 1
    }
    self.table = table
  }
}
