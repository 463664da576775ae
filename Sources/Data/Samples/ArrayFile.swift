// NumPy arrays (.npy) to and from tables.
internal import Files
internal import Numerics

/// A table from a .npy file of one or two dimensions or of fields; without fields the columns are c0, c1, ….
func readArray(_ bytes: [UInt8], path: String, columns wanted: [String]?) throws(SampleError) -> Table {
  let header = try arrayHeader(bytes, path: path)
  let names = header.fields.map(\.name)
  try Table.requireNames(names, origin: path)
  var columns: [Column] = []
  for name in wanted ?? names {
    guard let field = header.fields.first(where: { $0.name == name }) else {
      throw .unknownColumn(name: name, origin: path, available: names)
    }
    columns.append(try arrayColumn(field, rows: header.rowCount, name: name, of: bytes, path: path))
  }
  return try Table(columns: columns, origin: path)
}

func arrayHeader(_ bytes: [UInt8], path: String) throws(SampleError) -> ArrayHeader {
  try bytes.withUnsafeBytes { buffer in
    Result { () throws(SampleError) in try ArrayHeader(buffer, path: path) }
  }.get()
}

/// The values of a field of an array whose header was read from these bytes.
func arrayColumn(
  _ field: ArrayHeader.Field, rows: Int, name: String, of bytes: [UInt8], path: String
) throws(SampleError) -> Column {
  guard field.element.kind != .opaque else {
    throw .notNumeric(path: path, column: name, type: field.element.name)
  }
  let values = bytes.withUnsafeBytes {
    field.element.values($0, from: field.offset, every: field.stride, count: rows)
  }
  return Column(name: name, values: values)
}

/// Writes a structured array with one `<f8` field a column.
func writeArray(_ table: Table, to file: inout OutputFile) throws(SampleError) {
  let fields = table.columns.map { "(\(pythonText($0.name)), '<f8')" }.joined(separator: ", ")
  try file.write(arrayPreamble(type: "[\(fields)]", rows: table.rowCount))
  guard !table.columns.isEmpty else { return }
  let columns = table.columns
  try file.write(RowChunks(table.rowCount, size: 16_384)) { range in
    let width = columns.count * 8
    return [UInt8](unsafeUninitializedCapacity: range.count * width) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for (index, column) in columns.enumerated() {
        for (position, row) in range.enumerated() {
          raw.storeBytes(
            of: column.values[row].bitPattern.littleEndian, toByteOffset: position * width + index * 8, as: UInt64.self)
        }
      }
      count = range.count * width
    }
  }
}

/// A field of a structured array's rows.
package enum ArrayField: Sendable, Equatable {
  /// `<i8`.
  case integer(name: String)
  /// `<f8`.
  case number(name: String)
  /// `<U` with room for a number of scalars.
  case text(name: String, scalars: Int)

  /// Bytes in a row.
  package var size: Int {
    switch self {
    case .integer, .number: 8
    case .text(_, let scalars): 4 * scalars
    }
  }

  fileprivate var type: String {
    switch self {
    case .integer(let name): "(\(pythonText(name)), '<i8')"
    case .number(let name): "(\(pythonText(name)), '<f8')"
    case .text(let name, let scalars): "(\(pythonText(name)), '<U\(scalars)')"
    }
  }
}

/// Writes a .npy file of rows with fields of several types, as `writeTable` writes its files.
/// - Parameters:
///   - rows: how many there are in all pieces together.
///   - next: the bytes of some more rows, little-endian, one field after the other; nil at the end.
/// - Throws: `SampleError.unwritable`, and what `next` throws; then no partial file remains.
package func writeRecords(
  _ fields: [ArrayField], rows: Int, to path: String, next: () throws -> [UInt8]?
) throws {
  let preamble = arrayPreamble(type: "[\(fields.map(\.type).joined(separator: ", "))]", rows: rows)
  var failure: (any Error)?
  do {
    try writeFile(path, failure: SampleError.init) { (file) throws(SampleError) in
      try file.write(preamble)
      while true {
        let piece: [UInt8]?
        do { piece = try next() } catch {
          failure = error
          throw .unwritable(path: path, reason: "its rows cannot be read")
        }
        guard let piece else { return }
        try file.write(piece)
      }
    }
  } catch {
    throw failure ?? error
  }
}

/// The magic bytes and the header of a one-dimensional array.
func arrayPreamble(type: String, rows: Int) -> [UInt8] { arrayPreamble(type: type, shape: [rows]) }

/// The magic bytes and the header of an array, padded to a multiple of 64 as NumPy does; version 3
/// (UTF-8) where a name is not ASCII, 2 where the header is long, else 1.
func arrayPreamble(type: String, shape: [Int]) -> [UInt8] {
  let extents = shape.count == 1 ? "\(shape[0])," : shape.map { "\($0)" }.joined(separator: ", ")
  var header = Array("{'descr': \(type), 'fortran_order': False, 'shape': (\(extents)), }".utf8)
  let isASCII = header.allSatisfy { $0 < 128 }
  let isShort = header.count < 65_000
  let version: UInt8 = !isASCII ? 3 : isShort ? 1 : 2
  let prefix = version == 1 ? 10 : 12
  let padding = (64 - (prefix + header.count + 1) % 64) % 64
  header += Array(repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + littleEndian(header.count, version == 1 ? 2 : 4) + header
}

/// A string as Python writes it.
private func pythonText(_ text: String) -> String {
  "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
}
