// NumPy's number types and how their bytes become float64.
internal import Numerics

/// The type of an array's element: `<f8`, `>i4`, `|b1` and the like.
struct ArrayElement: Equatable {
  enum Kind: Equatable {
    case float, signed, unsigned, truth
    /// Bytes that are no number: strings, dates, padding.
    case opaque
  }

  let kind: Kind
  /// Bytes an element.
  let size: Int
  let isBigEndian: Bool
  /// The type as it stands in the file.
  let name: String

  /// - Parameter name: NumPy's array-protocol string; nil unless its size is known.
  init?(_ name: String) {
    let scalars = Array(name.unicodeScalars)
    let hasOrder = scalars.first.map { "<>|=".unicodeScalars.contains($0) } ?? false
    let letters = hasOrder ? scalars.dropFirst() : scalars[...]
    // Dates carry a unit in brackets after their size.
    let digits = letters.dropFirst().prefix { $0 != "[" }
    guard let letter = letters.first, let count = Int(String(String.UnicodeScalarView(digits))), count >= 0 else {
      return nil
    }
    self.name = name
    isBigEndian = scalars.first == ">"
    switch (letter, count) {
    case ("f", 4), ("f", 8): kind = .float
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8): kind = .signed
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8): kind = .unsigned
    case ("b", 1): kind = .truth
    default: kind = .opaque
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: letter == "U" ? 4 : 1)
    guard !overflow, bytes <= 1 << 40, letter != "O" else { return nil }
    size = bytes
  }

  /// Elements at fixed distances as float64; 64-bit integers beyond 2^53 round to the nearest.
  func values(_ bytes: UnsafeRawBufferPointer, from start: Int, every stride: Int, count: Int) -> [Double] {
    switch (kind, size) {
    case (.float, 4): convert(bytes, start, stride, count, UInt32.self) { Double(Float(bitPattern: $0)) }
    case (.float, _): convert(bytes, start, stride, count, UInt64.self) { Double(bitPattern: $0) }
    case (.signed, 1): convert(bytes, start, stride, count, Int8.self) { Double($0) }
    case (.signed, 2): convert(bytes, start, stride, count, Int16.self) { Double($0) }
    case (.signed, 4): convert(bytes, start, stride, count, Int32.self) { Double($0) }
    case (.signed, _): convert(bytes, start, stride, count, Int64.self) { Double($0) }
    case (.unsigned, 2): convert(bytes, start, stride, count, UInt16.self) { Double($0) }
    case (.unsigned, 4): convert(bytes, start, stride, count, UInt32.self) { Double($0) }
    case (.unsigned, 8): convert(bytes, start, stride, count, UInt64.self) { Double($0) }
    case (.truth, _): convert(bytes, start, stride, count, UInt8.self) { $0 == 0 ? 0 : 1 }
    default: convert(bytes, start, stride, count, UInt8.self) { Double($0) }
    }
  }

  /// Whether the elements' bytes are those of little-endian float32.
  var isSingle: Bool { kind == .float && size == 4 && !isBigEndian }

  /// Elements that stand one after the other as float32, rounded to nearest.
  /// - Parameter target: as many as there are elements in `bytes`.
  func singles(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
    if isSingle, let base = bytes.baseAddress { return target.copyMemory(from: base, byteCount: bytes.count) }
    let block = 1 << 16
    let count = bytes.count / size
    for start in stride(from: 0, to: count, by: block) {
      let values = values(bytes, from: start * size, every: size, count: min(block, count - start))
      for (place, value) in values.enumerated() {
        target.storeBytes(
          of: Float(value).bitPattern.littleEndian, toByteOffset: 4 * (start + place), as: UInt32.self)
      }
    }
  }

  @inline(__always)
  private func convert<Word: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ stride: Int, _ count: Int, _ type: Word.Type,
    _ number: @Sendable (Word) -> Double
  ) -> [Double] {
    nonisolated(unsafe) let bytes = bytes
    return filledInChunks(rows: count, zero: 0) { range, buffer in
      var offset = start + range.lowerBound * stride
      for slot in 0..<range.count {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)
        buffer[slot] = number(isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
        offset += stride
      }
    }
  }
}
