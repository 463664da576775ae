// Histories as charts in a terminal: a chart for each series, with the lines of all runs.
internal import Charts
package import Output
package import RunStore
internal import Text

/// The charts of some series.
package struct HistoryChart {
  private let histories: [SeriesHistory]
  private let runs: [(run: RunNumber, name: String)]
  private let steps: Bool

  private static let colours: [Style] = [.cyan, .yellow, .magenta, .green, .red, .blue]
  /// Columns from which two charts stand side by side, and which one takes at most.
  private static let comfortable = 60
  private static let widest = 110

  package init(_ histories: [SeriesHistory], _ runs: [(run: RunNumber, name: String)], steps: Bool) {
    (self.histories, self.runs, self.steps) = (histories, runs, steps)
  }

  package func print(on terminal: Terminal) throws {
    let names = histories.reduce(into: [String]()) { if !$0.contains($1.series) { $0.append($1.series) } }
    let width = terminal.width ?? 80
    let count = max(1, min(names.count, width / Self.comfortable))
    let each = min(Self.widest, (width - 2 * (count - 1)) / count)
    let height = names.count == 1 ? 14 : 7
    if runs.count > 1 { try printLines(legend(terminal) + [""]) }
    for start in stride(from: 0, to: names.count, by: count) {
      let charts = names[start..<min(start + count, names.count)].map { name in
        chart(name, hasColours: terminal.hasColours).rows(width: each, height: height)
      }
      let lines = (0..<(charts.map(\.count).max() ?? 0)).map { row in
        sideBySide(charts.map { row < $0.count ? $0[row] : [] }, width: each, terminal)
      }
      try printLines((start > 0 ? [""] : []) + lines)
    }
  }

  private func chart(_ series: String, hasColours: Bool) -> TerminalChart {
    // A line for each run, so that a run has the same colour in all charts.
    let lines = runs.map { run in
      guard let history = histories.first(where: { $0.run == run.run && $0.series == series }) else {
        return TerminalChart.Line(x: [], y: [])
      }
      var places: [Double] = []
      places.reserveCapacity(history.values.count)
      for stretch in history.stretches {
        for index in stretch.range { places.append(Double(steps ? stretch.step(of: index) : stretch.epoch)) }
      }
      return TerminalChart.Line(x: places, y: history.values)
    }
    return TerminalChart(
      title: printable(series), xLabel: steps ? "step" : "epoch", lines: lines, hasColours: hasColours)
  }

  /// Each run's mark and name, in one line where they have room.
  private func legend(_ terminal: Terminal) -> [String] {
    let names = runs.map { "\($0.run) \(printable($0.name))" }
    let isNarrow = terminal.width.map { names.reduce(-3) { $0 + 5 + displayWidth($1) } > $0 } ?? false
    let entries = names.enumerated().map { index, name in
      let mark = terminal.hasColours ? "⣿" : String(TerminalChart.marks[index % TerminalChart.marks.count])
      let shown = isNarrow ? wrapped(name, for: Terminal(terminal, width: max(1, (terminal.width ?? 80) - 2))) : [name]
      return terminal.styled(mark, Self.colour(index)) + " " + shown.joined(separator: "\n  ")
    }
    return isNarrow ? entries : [entries.joined(separator: "   ")]
  }

  private func sideBySide(_ rows: [[TerminalChart.Piece]], width: Int, _ terminal: Terminal) -> String {
    var line = ""
    for (place, row) in rows.enumerated() {
      for piece in row {
        let style = piece.isTitle ? .bold : piece.line.map(Self.colour) ?? .plain
        line += terminal.styled(piece.text, style)
      }
      guard place < rows.count - 1 else { continue }
      let used = row.reduce(0) { $0 + displayWidth($1.text) }
      line += String(repeating: " ", count: max(0, width - used) + 2)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func colour(_ index: Int) -> Style { colours[index % colours.count] }
}
