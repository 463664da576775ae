// CSV and TSV to a table.
internal import Numerics

/// A table from delimited text: a header line, then rows of numbers. An empty field is NaN; lines with nothing in them
/// are passed over; there are no comments. A header field that is empty is called c0, c1, … by its place.
/// - Parameter separator: nil to take the one of `,`, `;` and tab that the header has most of.
func readDelimited(
  _ bytes: [UInt8], path: String, separator: UInt8?, columns wanted: [String]?
) throws(SampleError) -> Table {
  if let kind = fileKind(bytes) {
    throw .malformed(path: path, reason: "this is \(kind), not text; convert it or rename the file")
  }
  let result = bytes.withUnsafeBufferPointer { text in
    Result { () throws(SampleError) in
      try readText(text, path: path, separator: separator, columns: wanted)
    }
  }
  return try result.get()
}

private func readText(
  _ text: UnsafeBufferPointer<UInt8>, path: String, separator: UInt8?, columns wanted: [String]?
) throws(SampleError) -> Table {
  let start = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF ? 3 : 0
  let separator = separator ?? likelySeparator(text, from: start)
  var scanner = FieldScanner(text: text, separator: separator, from: start, to: text.count)
  guard scanner.startRow() else { throw .emptyFile(path: path) }
  let names = try headerNames(&scanner, path: path)
  try Table.requireNames(names, origin: path)

  let chosen = wanted ?? names
  var slots = [Int](repeating: -1, count: names.count)
  for (slot, name) in chosen.enumerated() {
    guard let index = names.firstIndex(of: name) else {
      throw .unknownColumn(name: name, origin: path, available: names)
    }
    guard slots[index] < 0 else { throw .duplicateColumn(name: name, origin: path) }
    slots[index] = slot
  }

  let body = RowParser(text: text, separator: separator, slots: slots, columnCount: chosen.count)
  let chunks = body.chunks(from: scanner.position)
  let results = mapChunks(chunks.count) { body.rows(in: chunks[$0]) }
  var rows = 0
  var lines = scanner.lines
  for result in results {
    if let problem = result.problem {
      throw problem.error(path: path, names: names, rowsBefore: rows, linesBefore: lines)
    }
    rows += result.rows
    lines += result.lines
  }
  let read = mapChunks(chosen.count) { [rows] slot in
    var values: [Double] = []
    values.reserveCapacity(rows)
    for result in results {
      values += result.columns[slot]
    }
    return Column(name: chosen[slot], values: values)
  }
  return try Table(columns: read, origin: path)
}

/// The header's names; spaces around a name that stands without quotes are not part of it.
private func headerNames(_ scanner: inout FieldScanner, path: String) throws(SampleError) -> [String] {
  let start = scanner.position
  var names: [String] = []
  var numbers = 0
  while true {
    let field: FieldScanner.Field
    do {
      field = try scanner.next()
    } catch {
      throw .malformed(path: path, reason: "line 1: \(error.rawValue)")
    }
    var name = scanner.string(field)
    if !field.isQuoted {
      name = trimmed(name)
      numbers += decimalNumber(scanner.bytes(field))?.isFinite == true ? 1 : 0
    }
    names.append(name.isEmpty ? "c\(names.count)" : name)
    if field.isLastOfRow { break }
  }
  if numbers == names.count {
    let line = scanner.text[start..<scanner.position]
    throw .headerless(path: path, firstLine: trimmed(String(decoding: line, as: UTF8.self)))
  }
  return names
}

private func trimmed(_ text: String) -> String {
  let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
  return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
}

/// The one of comma, semicolon and tab that the first line has most of outside quotes; the first of equals.
private func likelySeparator(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt8 {
  let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
  var counts = [0, 0, 0]
  var isQuoted = false
  var hasBegun = false
  for byte in text[start...] {
    if byte == UInt8(ascii: "\n"), !isQuoted, hasBegun { break }
    hasBegun = hasBegun || (byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r"))
    if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
    if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
  }
  let most = counts.max() ?? 0
  return candidates[counts.firstIndex(of: most) ?? 0]
}
