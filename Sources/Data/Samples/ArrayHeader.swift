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
    let layout = try ArrayLayout(bytes, path: path)
    let (shape, start) = (layout.shape, layout.start)
    func requireBytes(_ itemSize: Int) throws(SampleError) {
      try layout.requireBytes(itemSize, in: given ?? bytes.count, path: path)
    }
    switch layout.type {
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
      let (across, down) = layout.isFortran ? (rows * itemSize, itemSize) : (itemSize, width * itemSize)
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
