// Aligned columns for a terminal.
internal import Text

/// A table of texts. Columns are two spaces apart.
package struct TextTable {
  /// Nil for a table without a header.
  package let header: TableCells?
  /// Whether each column is flush right.
  let flushRight: [Bool]
  /// Row by row, as many to a row as there are columns.
  let cells: TableCells
  /// How many columns, from the first, say what a row is about.
  package let keys: Int

  private static let gap = 2
  /// Texts are not made narrower than this, as long as the table fits so.
  private static let comfortable = 24
  /// Nor than this where it does not.
  private static let narrowest = 4
  /// Output is handed over in pieces of about this many bytes.
  private static let piece = 1 << 16

  private var rowCount: Int { flushRight.isEmpty ? 0 : cells.count / flushRight.count }

  /// The table's lines.
  ///
  /// Where they would be wider than the terminal, texts are broken into several lines; where that is not enough, the
  /// columns come in groups one below the other, each with the key columns. Nothing is omitted.
  package func lines(for terminal: Terminal) -> [String] {
    var output: [UInt8] = []
    write(for: terminal) { output += $0 }
    guard !output.isEmpty else { return [] }
    return output.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Prints the lines on standard output.
  package func print(for terminal: Terminal) throws {
    try write(for: terminal) { try writeResult($0) }
  }

  /// - Parameter sink: takes complete lines, each with its line break.
  private func write(for terminal: Terminal, _ sink: ([UInt8]) throws -> Void) rethrows {
    var natural =
      header.map { header in (0..<header.count).map { header[$0].width } }
      ?? Array(repeating: 0, count: flushRight.count)
    for row in 0..<rowCount {
      for column in natural.indices { natural[column] = max(natural[column], self[row, column].width) }
    }
    guard let width = terminal.width else {
      return try writeBlock(Array(natural.indices), natural, terminal, after: false, sink)
    }
    for (number, group) in groups(natural, width).enumerated() {
      try writeBlock(group, shrunk(natural, group, to: width), terminal, after: number > 0, sink)
    }
  }

  private subscript(row: Int, column: Int) -> TableCells.Cell { cells[row * flushRight.count + column] }

  private func least(_ natural: [Int], _ column: Int) -> Int {
    flushRight[column] ? natural[column] : min(natural[column], Self.comfortable)
  }

  /// Columns that stand side by side: as many as have room, at least one besides the keys.
  private func groups(_ natural: [Int], _ width: Int) -> [[Int]] {
    let shared = Array(natural.indices.prefix(keys))
    func extent(_ columns: [Int]) -> Int { columns.reduce(-Self.gap) { $0 + Self.gap + least(natural, $1) } }
    var groups = [shared]
    for column in natural.indices.dropFirst(keys) {
      let extended = groups[groups.count - 1] + [column]
      if extent(extended) <= width || extended.count == keys + 1 {
        groups[groups.count - 1] = extended
      } else {
        groups.append(shared + [column])
      }
    }
    return groups
  }

  /// The widest columns of a group are narrowed: texts first, then the others.
  private func shrunk(_ natural: [Int], _ group: [Int], to width: Int) -> [Int] {
    var widths = natural
    for floor in [{ least(natural, $0) }, { min(natural[$0], Self.narrowest) }] as [(Int) -> Int] {
      while group.reduce(-Self.gap, { $0 + Self.gap + widths[$1] }) > width {
        let candidates = group.filter { widths[$0] > floor($0) }
        guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
        widths[widest] -= 1
      }
    }
    return widths
  }

  /// - Parameter after: whether another block came before, from which an empty line parts this one.
  private func writeBlock(
    _ columns: [Int], _ widths: [Int], _ terminal: Terminal, after: Bool, _ sink: ([UInt8]) throws -> Void
  ) rethrows {
    var output: [UInt8] = after ? [UInt8(ascii: "\n")] : []
    output.reserveCapacity(Self.piece + 4096)
    if let header {
      appendRow(columns.map { header[$0] }, of: header, bold: true, columns, widths, terminal, to: &output)
    }
    var row: [TableCells.Cell] = []
    for number in 0..<rowCount {
      row.removeAll(keepingCapacity: true)
      for column in columns { row.append(self[number, column]) }
      appendRow(row, of: cells, bold: false, columns, widths, terminal, to: &output)
      if output.count >= Self.piece {
        try sink(output)
        output.removeAll(keepingCapacity: true)
      }
    }
    if !output.isEmpty { try sink(output) }
  }

  /// One row, in as many lines as its longest cell needs.
  private func appendRow(
    _ row: [TableCells.Cell], of texts: TableCells, bold: Bool, _ columns: [Int], _ widths: [Int],
    _ terminal: Terminal, to output: inout [UInt8]
  ) {
    let fits = row.indices.allSatisfy { row[$0].width <= widths[columns[$0]] }
    if fits {
      appendLine(columns, widths, to: &output) { place, output in
        append(style: bold ? .bold : row[place].style, terminal, to: &output) { texts.append(row[place], to: &$0) }
        return row[place].width
      }
      return
    }
    let pieces = row.indices.map { broken(texts.text(row[$0]), at: widths[columns[$0]]) }
    for number in 0..<(pieces.map(\.count).max() ?? 1) {
      appendLine(columns, widths, to: &output) { place, output in
        guard number < pieces[place].count, !pieces[place][number].isEmpty else { return 0 }
        let piece = pieces[place][number]
        append(style: bold ? .bold : row[place].style, terminal, to: &output) { $0 += piece.utf8 }
        return displayWidth(piece)
      }
    }
  }

  /// - Parameter cell: appends the text at a place of the line and returns its width.
  private func appendLine(
    _ columns: [Int], _ widths: [Int], to output: inout [UInt8], _ cell: (Int, inout [UInt8]) -> Int
  ) {
    let start = output.count
    for (place, column) in columns.enumerated() {
      if place > 0 { appendSpaces(Self.gap, to: &output) }
      let before = output.count
      let padding = widths[column] - cell(place, &output)
      guard padding > 0 else { continue }
      if flushRight[column] {
        output.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: padding), at: before)
      } else {
        appendSpaces(padding, to: &output)
      }
    }
    while output.count > start, output.last == UInt8(ascii: " ") { output.removeLast() }
    output.append(UInt8(ascii: "\n"))
  }

  private func appendSpaces(_ count: Int, to output: inout [UInt8]) {
    for _ in 0..<count { output.append(UInt8(ascii: " ")) }
  }

  private func append(
    style: Style, _ terminal: Terminal, to output: inout [UInt8], _ text: (inout [UInt8]) -> Void
  ) {
    let marks = style != .plain && terminal.hasColours
    if marks { output += "\u{1B}[\(style.rawValue)m".utf8 }
    text(&output)
    if marks { output += "\u{1B}[0m".utf8 }
  }

  /// A text in pieces of at most some columns, broken after a space where there is one.
  private func broken(_ text: String, at width: Int) -> [String] {
    var pieces: [String] = []
    var rest = Substring(text)
    while displayWidth(String(rest)) > max(width, 1) {
      let whole = prefix(of: rest, columns: max(width, 1))
      let space = whole.lastIndex(of: " ").flatMap { $0 > whole.startIndex ? $0 : nil }
      let piece = space.map { whole[..<$0] } ?? whole
      pieces.append(String(piece))
      rest = rest[piece.endIndex...]
      if space != nil { rest = rest.drop { $0 == " " } }
    }
    return pieces + [String(rest)]
  }

  /// The characters that have room in some columns; one at least.
  private func prefix(of text: Substring, columns: Int) -> Substring {
    var (end, used) = (text.startIndex, 0)
    for character in text {
      let width = displayWidth(of: character)
      if used + width > columns, end > text.startIndex { break }
      used += width
      end = text.index(after: end)
    }
    return text[..<end]
  }
}

/// A text in as many lines as it needs to fit the terminal.
package func wrapped(_ text: String, _ style: Style = .plain, for terminal: Terminal) -> [String] {
  var cells = TableCells()
  cells.append(text, style)
  return TextTable(header: nil, flushRight: [false], cells: cells, keys: 0).lines(for: terminal)
}
