// Rows of named values, printed in any of the formats.

/// Rows that all have the same columns.
struct Listing {
  let columns: [String]
  let rowCount: Int
  /// The values of a row, one for each column; made when it is printed, for there may be millions.
  let row: (Int) -> [OutputValue]
  /// Whether a table shows the columns' names.
  var hasHeader = true
  /// How many columns, from the first, say what a row is about.
  var keys = 1

  init(columns: [String], rowCount: Int, row: @escaping (Int) -> [OutputValue]) {
    (self.columns, self.rowCount, self.row) = (columns, rowCount, row)
  }

  init(columns: [String], rows: [[OutputValue]]) {
    self.init(columns: columns, rowCount: rows.count) { rows[$0] }
  }

  /// Names with their values, without a header.
  init(facts: [(key: String, value: OutputValue)]) {
    self.init(columns: ["field", "value"], rows: facts.map { [.text($0.key), $0.value] })
    hasHeader = false
  }

  /// Prints the rows on standard output.
  func print(_ format: OutputFormat) throws {
    switch format {
    case .table: try printLines(table.lines(for: .output))
    case .json: try printJSON()
    case .csv:
      try printResult(columns.map(csvField).joined(separator: ","))
      try printRows { $0.map { csvField($0.exactText) }.joined(separator: ",") }
    case .markdown: try printLines(markdown)
    }
  }

  /// The listing without the first column's values that repeat the one above.
  var groupedByFirstColumn: Listing {
    var grouped = Listing(columns: columns, rowCount: rowCount) { number in
      let values = row(number)
      let repeats = number > 0 && row(number - 1)[0].exactText == values[0].exactText
      return repeats ? [.text("")] + values.dropFirst() : values
    }
    grouped.keys = keys
    return grouped
  }

  /// The rows as a table for a person.
  var table: TextTable {
    let values = (0..<rowCount).map(row)
    return TextTable(
      header: hasHeader ? columns : nil, flushRight: flushRight(values),
      rows: values.map { $0.map { StyledText(printable($0.shortText), $0.style) } }, keys: keys)
  }

  /// The lines of a Markdown table.
  var markdown: [String] {
    let values = (0..<rowCount).map(row)
    let rule = flushRight(values).map { $0 ? "---:" : "---" }
    let cells = [columns, rule] + values.map { $0.map { markdownCell($0.shortText) } }
    return cells.map { "| \($0.joined(separator: " | ")) |" }
  }

  /// Columns of numbers are flush right.
  private func flushRight(_ values: [[OutputValue]]) -> [Bool] {
    columns.indices.map { column in
      values.contains { $0[column].isNumeric } && values.allSatisfy { $0[column].isNumeric || $0[column].isNull }
    }
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

/// Prints lines; none for none.
func printLines(_ lines: [String]) throws {
  if !lines.isEmpty { try printResult(lines.joined(separator: "\n")) }
}

/// A field of RFC 4180.
private func csvField(_ text: String) -> String {
  let special = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
  return special
    ? "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : text
}

private func markdownCell(_ text: String) -> String {
  printable(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}

/// A text in one line, its control characters shown as escapes: a stored name must not steer a terminal.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
  return text.unicodeScalars.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
    .joined()
}
