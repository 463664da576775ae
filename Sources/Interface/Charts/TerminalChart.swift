// Curves in the characters of a terminal.
internal import Numerics
internal import Text

/// A chart of one or more lines in Braille dots, two by four in a character.
///
///     let chart = TerminalChart(title: "critic_loss", xLabel: "step", lines: [.init(x: steps, y: losses)])
///     for line in chart.rows(width: 72, height: 10) { print(line.map(\.text).joined()) }
///
/// Lines break where a number is not finite; such numbers are counted, and a row below shows where they are.
package struct TerminalChart: Sendable, Equatable {
  package struct Line: Sendable, Equatable {
    /// Ascending.
    package var x: [Double]
    /// As many as `x`.
    package var y: [Double]

    package init(x: [Double], y: [Double]) {
      (self.x, self.y) = (x, y)
    }
  }

  /// A piece of a row, in the colour of one of the lines or in none.
  package struct Piece: Sendable, Equatable {
    package var text: String
    /// The line's index.
    package var line: Int?
    /// Whether the piece is a heading.
    package var isTitle = false
  }

  package var title: String
  package var xLabel: String
  package var lines: [Line]
  /// Without colours, the lines that overlay each other are drawn in characters of their own.
  package var hasColours: Bool

  /// What stands for each of several lines where there are no colours.
  package static let marks: [Character] = ["•", "+", "x", "o", "*", "#", "@"]

  package init(title: String, xLabel: String, lines: [Line], hasColours: Bool = true) {
    (self.title, self.xLabel, self.lines, self.hasColours) = (title, xLabel, lines, hasColours)
  }

  /// The chart's rows: the title, `height` rows of the picture, one for what is not finite if there is any, the axis.
  /// O(points).
  /// - Parameters:
  ///   - width: columns, 20 or more.
  ///   - height: rows of the picture, 2 or more.
  package func rows(width: Int, height: Int) -> [[Piece]] {
    let (width, height) = (max(width, 20), max(height, 2))
    let finite = lines.map { line in zip(line.x, line.y).filter { $0.0.isFinite && $0.1.isFinite } }
    let ys = finite.flatMap { $0.map(\.1) }
    guard let low = ys.min(), let high = ys.max() else {
      return [[Piece(text: cut(title, width), isTitle: true)], [Piece(text: "  nothing to draw" + notFinite)]]
    }
    let labels = [high, low / 2 + high / 2, low].map(label)
    let margin = min(labels.map(displayWidth).max() ?? 0, 14)
    let xs = lines.flatMap { $0.x.filter(\.isFinite) }
    let range = (x: (xs.min() ?? 0, xs.max() ?? 1), y: (low, high))
    var canvas = DotCanvas(columns: width - margin - 2, rows: height)
    for (index, line) in lines.enumerated() { draw(line, index, range.x, range.y, in: &canvas) }

    var rows: [[Piece]] = [[Piece(text: cut(title + notFinite, width), isTitle: true)]]
    for row in 0..<height {
      // In a low chart the middle has no row of its own.
      let text =
        row == 0 ? labels[0] : row == height - 1 ? labels[2] : height >= 5 && row == height / 2 ? labels[1] : ""
      rows.append([Piece(text: padded(text, margin) + " ┤")] + pieces(of: canvas, row))
    }
    if let gaps = gapRow(range.x, columns: canvas.columns) {
      rows.append([Piece(text: padded("NaN, ∞", margin) + " ┤" + gaps)])
    }
    rows.append([Piece(text: axis(range.x, margin: margin, columns: canvas.columns))])
    return rows
  }

  /// ` · 3 NaN, 1 infinite`, or nothing.
  private var notFinite: String {
    let values = lines.flatMap(\.y)
    let (nans, infinities) = (values.count(where: \.isNaN), values.count(where: \.isInfinite))
    let parts = [(nans, "NaN"), (infinities, "infinite")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "" : " · " + parts.joined(separator: ", ")
  }

  private func draw(
    _ line: Line, _ index: Int, _ x: (Double, Double), _ y: (Double, Double), in canvas: inout DotCanvas
  ) {
    var previous: (Int, Int)?
    for (place, value) in zip(line.x, line.y) {
      guard place.isFinite, value.isFinite else {
        previous = nil
        continue
      }
      let dot = (
        Int(fraction(place, x) * Double(canvas.dotColumns - 1) + 0.5),
        Int((1 - fraction(value, y)) * Double(canvas.dotRows - 1) + 0.5)
      )
      canvas.draw(from: previous ?? dot, to: dot, line: index)
      previous = dot
    }
  }

  private func pieces(of canvas: DotCanvas, _ row: Int) -> [Piece] {
    var pieces: [Piece] = []
    for column in 0..<canvas.columns {
      let cell = canvas.cell(column, row)
      let line = cell.dots == 0 ? nil : cell.line
      let mark = hasColours || lines.count == 1 ? cell.character : Self.marks[cell.line % Self.marks.count]
      let text = cell.dots == 0 ? " " : String(mark)
      if let last = pieces.last, last.line == line || cell.dots == 0 {
        pieces[pieces.count - 1].text += text
      } else {
        pieces.append(Piece(text: text, line: line))
      }
    }
    return pieces
  }

  /// A row with a mark where a number is not finite; nil where all are.
  private func gapRow(_ x: (Double, Double), columns: Int) -> String? {
    var marks = [Character](repeating: " ", count: columns)
    var isEmpty = true
    for line in lines {
      for (place, value) in zip(line.x, line.y) where place.isFinite && !value.isFinite {
        marks[Int(fraction(place, x) * Double(columns - 1) + 0.5)] = "×"
        isEmpty = false
      }
    }
    return isEmpty ? nil : String(marks)
  }

  /// The first and the last place, with the label between them where it has room.
  private func axis(_ x: (Double, Double), margin: Int, columns: Int) -> String {
    let (first, last) = (label(x.0), label(x.1))
    let room = columns - first.count - last.count
    let middle = displayWidth(xLabel) + 2 <= room ? xLabel : ""
    let before = max(0, (room - displayWidth(middle)) / 2)
    let after = max(1, room - displayWidth(middle) - before)
    return String(repeating: " ", count: margin + 2) + first + String(repeating: " ", count: before) + middle
      + String(repeating: " ", count: after) + last
  }

  private func label(_ value: Double) -> String {
    var bytes: [UInt8] = []
    appendShortNumber(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - displayWidth(text))) + text
  }

  private func cut(_ text: String, _ width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    var result = ""
    for character in text where displayWidth(result) + displayWidth(of: character) < width { result.append(character) }
    return result + "…"
  }
}

/// Where a value lies between two others, 0 to 1; in the middle where they are equal.
private func fraction(_ value: Double, _ range: (Double, Double)) -> Double {
  guard range.1 > range.0 else { return 0.5 }
  // Halves first, so that the span of the largest doubles does not overflow; a span of denormals stays as it is.
  let span = range.1 / 2 - range.0 / 2
  let fraction =
    span >= .leastNormalMagnitude
    ? (value / 2 - range.0 / 2) / span : (value - range.0) / (range.1 - range.0)
  return min(max(fraction, 0), 1)
}

/// Dots in Braille characters, each of which takes the colour of the last line through it.
private struct DotCanvas {
  let columns: Int
  let rows: Int
  private var dots: [UInt8]
  private var lines: [Int]

  /// Unicode numbers the dots down the left column, then down the right one, and the lowest row last.
  private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]

  var dotColumns: Int { columns * 2 }
  var dotRows: Int { rows * 4 }

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    dots = Array(repeating: 0, count: columns * rows)
    lines = Array(repeating: 0, count: columns * rows)
  }

  /// J. E. Bresenham's line, IBM Systems Journal 4 (1965) 25.
  mutating func draw(from start: (Int, Int), to end: (Int, Int), line: Int) {
    var (x, y) = start
    let (dx, dy) = (abs(end.0 - x), -abs(end.1 - y))
    let (stepX, stepY) = (x < end.0 ? 1 : -1, y < end.1 ? 1 : -1)
    var error = dx + dy
    while true {
      set(x, y, line)
      if x == end.0, y == end.1 { return }
      let twice = 2 * error
      if twice >= dy {
        error += dy
        x += stepX
      }
      if twice <= dx {
        error += dx
        y += stepY
      }
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ line: Int) {
    let cell = y / 4 * columns + x / 2
    dots[cell] |= Self.bits[y % 4 * 2 + x % 2]
    lines[cell] = line
  }

  func cell(_ column: Int, _ row: Int) -> (dots: UInt8, line: Int, character: Character) {
    let index = row * columns + column
    let scalar = Unicode.Scalar(0x2800 + UInt32(dots[index])) ?? " "
    return (dots[index], lines[index], Character(scalar))
  }
}
