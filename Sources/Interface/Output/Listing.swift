// Rows of named values, printed in any of the formats.
internal import Text

/// Rows that all have the same columns.
package struct Listing {
  package let columns: [String]
  package let rowCount: Int
  /// The values of a row, one for each column; created when it is printed, because there may be millions.
  package let row: (Int) -> [OutputValue]
  /// Whether a table shows the columns' names.
  var hasHeader = true
  /// How many columns, from the first, say what a row is about.
  package var keys = 1

  package init(columns: [String], rowCount: Int, row: @escaping (Int) -> [OutputValue]) {
    (self.columns, self.rowCount, self.row) = (columns, rowCount, row)
  }

  package init(columns: [String], rows: [[OutputValue]]) {
    self.init(columns: columns, rowCount: rows.count) { rows[$0] }
  }

  /// Names with their values, without a header.
  package init(facts: [(key: String, value: OutputValue)]) {
    self.init(columns: ["field", "value"], rows: facts.map { [.text($0.key), $0.value] })
    hasHeader = false
  }

  /// Prints the rows on standard output.
  package func print(_ format: OutputFormat) throws {
    switch format {
    case .table: try table.print(for: .output)
    case .json: try printJSON()
    case .csv:
      try printResult(columns.map(csvField).joined(separator: ","))
      try printRows { $0.map { csvField($0.exactText) }.joined(separator: ",") }
    case .markdown:
      try printLines(markdownHead)
      try printRows(markdownLine)
    }
  }

  /// The listing without the first column's values that repeat the one above.
  package var groupedByFirstColumn: Listing {
    var grouped = Listing(columns: columns, rowCount: rowCount) { number in
      let values = row(number)
      let repeats = number > 0 && row(number - 1)[0].exactText == values[0].exactText
      return repeats ? [.text("")] + values.dropFirst() : values
    }
    grouped.keys = keys
    return grouped
  }

  /// The rows as a table for a person.
  package var table: TextTable {
    var cells = TableCells()
    var alignment = Alignment(columns.count)
    for number in 0..<rowCount {
      let values = row(number)
      alignment.take(values)
      for value in values { cells.append(value) }
    }
    var header = TableCells()
    for column in columns { header.append(column) }
    return TextTable(
      header: hasHeader ? header : nil, flushRight: alignment.flushRight, cells: cells, keys: min(keys, columns.count))
  }

  /// The lines of a Markdown table.
  package var markdown: [String] { markdownHead + (0..<rowCount).map { markdownLine(row($0)) } }

  private var markdownHead: [String] {
    var alignment = Alignment(columns.count)
    for number in 0..<rowCount { alignment.take(row(number)) }
    let rule = alignment.flushRight.map { $0 ? "---:" : "---" }
    return [columns.map(markdownCell), rule].map { "| \($0.joined(separator: " | ")) |" }
  }

  private func markdownLine(_ values: [OutputValue]) -> String {
    "| \(values.map { markdownCell($0.shortText) }.joined(separator: " | ")) |"
  }

  private func printJSON() throws {
    guard rowCount > 0 else { return try printResult("[]") }
    try printResult("[")
    try printRows(separator: ",") { values in
      "  " + OutputValue.object(zip(columns, values).map { ($0, $1) }).json(indentation: 2)
    }
    try printResult("]")
  }

  /// Prints a line a row, some of them at a time.
  private func printRows(separator: String = "", _ line: ([OutputValue]) -> String) throws {
    for start in stride(from: 0, to: rowCount, by: 1000) {
      let end = min(start + 1000, rowCount)
      let lines = (start..<end).map { line(row($0)) + ($0 < rowCount - 1 ? separator : "") }
      try printLines(lines)
    }
  }
}

/// Which columns are flush right: those of numbers.
private struct Alignment {
  private var hasNumber: [Bool]
  private var hasOther: [Bool]

  init(_ columns: Int) {
    hasNumber = Array(repeating: false, count: columns)
    hasOther = hasNumber
  }

  mutating func take(_ values: [OutputValue]) {
    for (column, value) in values.enumerated() {
      if value.isNumeric { hasNumber[column] = true } else if !value.isNull { hasOther[column] = true }
    }
  }

  var flushRight: [Bool] { zip(hasNumber, hasOther).map { $0 && !$1 } }
}

/// Prints lines; none for none.
package func printLines(_ lines: [String]) throws {
  if !lines.isEmpty { try printResult(lines.joined(separator: "\n")) }
}

/// A field of RFC 4180.
package func csvField(_ text: String) -> String {
  let special = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
  return special
    ? "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : text
}

private func markdownCell(_ text: String) -> String {
  printable(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}
