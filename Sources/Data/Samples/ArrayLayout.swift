// The parts of a .npy header, before it is known what the array is used for.

/// Element type, order and shape of a NumPy array (NumPy Enhancement Proposal 1, format versions 1 to 3).
struct ArrayLayout {
  /// The element type as Python writes it.
  let type: PythonLiteral
  let isFortran: Bool
  /// Extents whose product is below 2^48.
  let shape: [Int]
  /// The offset of the first element.
  let start: Int

  /// - Parameters:
  ///   - bytes: the array, or its first bytes with the whole header.
  ///   - path: what messages call the array.
  /// - Throws: `SampleError.malformed` for what is no array.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(SampleError) {
    func refused(_ reason: String) -> SampleError { .malformed(path: path, reason: reason) }
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      let kind = fileKind(Array(bytes.prefix(4096))).map { "; it looks like \($0)" } ?? ""
      throw refused("this is no NumPy array (.npy)\(kind); convert it or rename the file")
    }
    let isLong = bytes.count > 6 && bytes[6] >= 2
    guard bytes.count >= (isLong ? 12 : 10) else { throw refused("the array's header is cut off; copy the file again") }
    guard (1...3).contains(bytes[6]) else {
      throw refused("format version \(bytes[6]) of .npy is unknown; save the array with a common NumPy")
    }
    let length =
      isLong
      ? Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
      : Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
    start = (isLong ? 12 : 10) + length
    guard start <= bytes.count else { throw refused("the array's header is cut off; copy the file again") }
    let raw = bytes[(start - length)..<start]
    var text = String(decoding: raw, as: UTF8.self)
    if bytes[6] < 3 {
      // Versions 1 and 2 are in Latin-1, whose bytes are the first 256 scalars.
      text = String(String.UnicodeScalarView(raw.map { Unicode.Scalar($0) }))
    }
    guard let header = PythonLiteral(text), let type = header["descr"],
      case .truth(let isFortran)? = header["fortran_order"], case .sequence(let extents)? = header["shape"]
    else { throw refused("the array's header cannot be understood; save it again with numpy.save") }
    var shape: [Int] = []
    var elements = 1
    for extent in extents {
      guard case .integer(let value) = extent, value >= 0 else { throw refused("the array's shape is impossible") }
      let (product, overflow) = elements.multipliedReportingOverflow(by: value)
      guard !overflow, product < 1 << 48 else { throw refused("the array's shape is impossible") }
      elements = product
      shape.append(value)
    }
    (self.type, self.isFortran, self.shape) = (type, isFortran, shape)
  }

  var elements: Int { shape.reduce(1, *) }

  /// That an array of elements of this size fits into so many bytes, header included.
  func requireBytes(_ itemSize: Int, in available: Int, path: String) throws(SampleError) {
    let (size, overflow) = elements.multipliedReportingOverflow(by: itemSize)
    guard !overflow else { throw .malformed(path: path, reason: "the array's shape is impossible") }
    guard size <= available - start else {
      throw .malformed(
        path: path,
        reason:
          "the file is cut off: its header promises \(size) bytes and \(available - start) are there; copy it again")
    }
  }
}
