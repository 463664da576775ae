// A table to CSV or TSV.
internal import Files
internal import Numerics

/// Writes a header and rows that end in LF. Numbers are the shortest decimals that read back to the same bits, whole
/// numbers without a point, and `nan`, `inf`, `-inf`.
func writeDelimited(_ table: Table, separator: UInt8, to file: inout OutputFile) throws(SampleError) {
  let header = table.columns.map { delimitedName($0.name) }
  try file.write(Array(header.joined(separator: String(UnicodeScalar(separator))).utf8) + [UInt8(ascii: "\n")])
  guard !table.columns.isEmpty else { return }
  let columns = table.columns
  try file.write(RowChunks(table.rowCount, size: 8192)) { range in
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count * columns.count * 20)
    for row in range {
      for (index, column) in columns.enumerated() {
        if index > 0 { bytes.append(separator) }
        appendDecimal(column.values[row], to: &bytes)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}

/// A name as a header field: in quotes where it has a separator, a quote or a space at an end, or looks like a number.
private func delimitedName(_ name: String) -> String {
  let bytes = Array(name.utf8)
  let isNumber = bytes.withUnsafeBufferPointer { decimalNumber($0) } != nil
  let needsQuotes = bytes.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\"") }
  guard isNumber || needsQuotes || name.first == " " || name.last == " " else { return name }
  return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

/// The shortest text that reads back to the same bits; a NaN keeps its sign only.
func appendDecimal(_ value: Double, to bytes: inout [UInt8]) {
  if value.isNaN {
    bytes += value.sign == .minus ? "-nan".utf8 : "nan".utf8
  } else if abs(value) < 1e15, value == value.rounded(.towardZero), value != 0 || value.sign == .plus {
    appendInteger(Int64(value), to: &bytes)
  } else {
    var text = value.description
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }
}
