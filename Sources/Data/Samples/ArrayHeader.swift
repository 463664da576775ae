// The header of a .npy file: which columns it has and where their elements lie.

/// The layout of a NumPy array as a table (NumPy Enhancement Proposal 1, format versions 1 to 3).
struct ArrayHeader {
  /// A column: its elements begin at `offset` and follow each other at `stride`.
  struct Field {
    let name: String
    let element: ArrayElement
    let offset: Int
    let stride: Int
  }

  /// The columns. A structured array's are its fields; others' are c0, c1, ….
  let fields: [Field]
  let rowCount: Int
  /// Whether the columns' names are those of the file.
  let isNamed: Bool
  /// Whether the array has one dimension and no fields.
  let isVector: Bool

  /// - Parameters:
  ///   - bytes: the array, or its first bytes with the whole header.
  ///   - size: the bytes of the whole array; nil where they are all given.
  ///   - path: what messages call the array.
  /// - Throws: `SampleError.malformed` for what is no array, or not one of rows and columns.
  init(_ bytes: UnsafeRawBufferPointer, size given: Int? = nil, path: String) throws(SampleError) {
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
    let start = (isLong ? 12 : 10) + length
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
    var rowsTimesColumns = 1
    for extent in extents {
      guard case .integer(let value) = extent, value >= 0 else { throw refused("the array's shape is impossible") }
      let (product, overflow) = rowsTimesColumns.multipliedReportingOverflow(by: value)
      guard !overflow, product < 1 << 48 else { throw refused("the array's shape is impossible") }
      rowsTimesColumns = product
      shape.append(value)
    }
    /// Before anything is multiplied by the size of an element.
    func requireBytes(_ itemSize: Int) throws(SampleError) {
      let (size, overflow) = rowsTimesColumns.multipliedReportingOverflow(by: itemSize)
      guard !overflow else { throw refused("the array's shape is impossible") }
      let available = (given ?? bytes.count) - start
      guard size <= available else {
        throw refused(
          "the file is cut off: its header promises \(size) bytes and \(available) are there; copy it again")
      }
    }
    switch type {
    case .text(let name):
      guard let element = ArrayElement(name) else { throw .notNumeric(path: path, column: "c0", type: name) }
      guard shape.count == 1 || shape.count == 2 else {
        throw refused("the array has \(shape.count) dimensions; a table has one or two, reshape it")
      }
      let itemSize = element.size
      try requireBytes(itemSize)
      isNamed = false
      isVector = shape.count == 1
      let (rows, width) = (shape[0], shape.count == 2 ? shape[1] : 1)
      guard width <= 1 << 20 else { throw refused("the array has \(width) columns; transpose it") }
      let (across, down) = isFortran ? (rows * itemSize, itemSize) : (itemSize, width * itemSize)
      fields = (0..<width).map { Field(name: "c\($0)", element: element, offset: start + $0 * across, stride: down) }
    case .sequence(let entries):
      guard shape.count == 1 else {
        throw refused("the array has fields and \(shape.count) dimensions; a table of fields has one")
      }
      let record = try ArrayHeader.record(entries, path: path)
      try requireBytes(record.size)
      isNamed = true
      isVector = false
      fields = record.fields.map {
        Field(name: $0.name, element: $0.element, offset: start + $0.offset, stride: record.size)
      }
    default:
      throw refused("the array's element type cannot be understood; save it as float64")
    }
    rowCount = shape[0]
  }

  /// The bytes of the header that an array begins with, of 12 or more of its bytes; at most 16 MiB are believed.
  static func length(_ bytes: [UInt8]) -> Int {
    guard bytes.count == 12 else { return bytes.count }
    let length = bytes[6] >= 2 ? bytes[8...].reversed() : bytes[8..<10].reversed()
    return min((bytes[6] >= 2 ? 12 : 10) + length.reduce(0) { $0 << 8 | Int($1) }, 1 << 24)
  }

  /// The fields of a structured type, at offsets in the record; padding without a name takes room only.
  private static func record(
    _ entries: [PythonLiteral], path: String
  ) throws(SampleError) -> (fields: [(name: String, element: ArrayElement, offset: Int)], size: Int) {
    var fields: [(name: String, element: ArrayElement, offset: Int)] = []
    var size = 0
    for entry in entries {
      guard case .sequence(let parts) = entry, parts.count >= 2 else {
        throw .malformed(path: path, reason: "the array's fields cannot be understood; save it with plain fields")
      }
      let name: String
      switch parts[0] {
      case .text(let text): name = text
      // A title and a name.
      case .sequence(let pair):
        guard pair.count == 2, case .text(let text) = pair[1] else { fallthrough }
        name = text
      default: throw .malformed(path: path, reason: "a field's name cannot be understood; save it with plain fields")
      }
      guard parts.count == 2, case .text(let type) = parts[1] else {
        throw .malformed(
          path: path, reason: "the field \(name) is an array or a record itself; save it as plain fields")
      }
      guard let element = ArrayElement(type) else { throw .notNumeric(path: path, column: name, type: type) }
      if !name.isEmpty { fields.append((name, element, size)) }
      size += element.size
      guard size <= 1 << 40 else {
        throw .malformed(path: path, reason: "the array's fields have \(size) bytes or more; save it with plain fields")
      }
    }
    return (fields, size)
  }
}
