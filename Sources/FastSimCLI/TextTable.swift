// Aligned columns for a terminal.

/// A text that may stand out.
struct StyledText {
  let text: String
  let style: Style

  init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// A table of texts. Columns are two spaces apart.
struct TextTable {
  /// Nil for a table without a header.
  let header: [String]?
  /// Whether each column is flush right.
  let flushRight: [Bool]
  let rows: [[StyledText]]

  /// How many columns, from the first, say what a row is about.
  let keys: Int

  private static let gap = 2
  /// Texts are not made narrower than this.
  private static let comfortable = 24

  /// The table's lines.
  ///
  /// Where they would be wider than the terminal, texts are broken into several lines; where that is not enough, the
  /// columns come in groups one below the other, each with the key columns. Nothing is left out.
  func lines(for terminal: Terminal) -> [String] {
    let natural = flushRight.indices.map { column in
      rows.reduce(header.map { $0[column].count } ?? 0) { max($0, $1[column].text.count) }
    }
    guard let width = terminal.width else { return block(Array(natural.indices), natural, terminal) }
    let blocks = groups(natural, width).map { block($0, shrunk(natural, $0, to: width), terminal) }
    return Array(blocks.joined(separator: [""]))
  }

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

  /// The widest texts of a group give way, as long as there is one to do so.
  private func shrunk(_ natural: [Int], _ group: [Int], to width: Int) -> [Int] {
    var widths = natural
    while group.reduce(-Self.gap, { $0 + Self.gap + widths[$1] }) > width {
      let candidates = group.filter { widths[$0] > least(natural, $0) }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  private func block(_ columns: [Int], _ widths: [Int], _ terminal: Terminal) -> [String] {
    let head = header.map { header in line(header.map { StyledText($0, .bold) }, columns, widths, terminal) } ?? []
    return head + rows.flatMap { line($0, columns, widths, terminal) }
  }

  /// One row, in as many lines as its longest cell needs.
  private func line(_ cells: [StyledText], _ columns: [Int], _ widths: [Int], _ terminal: Terminal) -> [String] {
    let pieces = columns.map { broken(cells[$0].text, at: widths[$0]) }
    let height = pieces.reduce(1) { max($0, $1.count) }
    return (0..<height).map { number in
      var line = ""
      for (place, column) in columns.enumerated() {
        let piece = number < pieces[place].count ? pieces[place][number] : ""
        let padding = String(repeating: " ", count: max(0, widths[column] - piece.count))
        let text = piece.isEmpty ? "" : terminal.styled(piece, cells[column].style)
        let isLast = place == columns.count - 1
        line += flushRight[column] ? padding + text : isLast ? text : text + padding
        if !isLast { line += String(repeating: " ", count: Self.gap) }
      }
      return trimmed(line)
    }
  }

  /// A text in pieces of at most some characters, broken after a space where there is one.
  private func broken(_ text: String, at width: Int) -> [String] {
    var pieces: [String] = []
    var rest = Substring(text)
    while rest.count > max(width, 1) {
      let whole = rest.prefix(max(width, 1))
      let space = whole.lastIndex(of: " ").flatMap { $0 > whole.startIndex ? $0 : nil }
      let piece = space.map { whole[..<$0] } ?? whole
      pieces.append(String(piece))
      rest = rest[piece.endIndex...]
      if space != nil { rest = rest.drop { $0 == " " } }
    }
    return pieces + [String(rest)]
  }

  private func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
