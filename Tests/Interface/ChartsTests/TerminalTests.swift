// Curves and texts in a terminal's characters.
import Charts
import Testing
import Text

private func picture(_ chart: TerminalChart, _ width: Int, _ height: Int) -> [String] {
  chart.rows(width: width, height: height).map { $0.map(\.text).joined() }
}

@Suite(.timeLimit(.minutes(20))) struct TerminalTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("né", 2), ("ne\u{301}", 2), ("中文", 4), ("한국", 4), ("ﾊﾝ", 2), ("🚀", 2), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2),
    ("❤️", 2), ("a\u{200B}b", 2), ("Ａ", 2), ("π ± σ", 5), ("█▄⣿", 3), ("e\u{301}\u{302}\u{303}x", 2),
  ])
  func aTextTakesTheColumnsThatATerminalGivesIt(text: String, columns: Int) {
    #expect(displayWidth(text) == columns)
  }

  @Test func aRisingLineGoesFromTheLowerLeftToTheUpperRight() {
    let values = (0..<100).map(Double.init)
    let chart = TerminalChart(title: "loss", xLabel: "step", lines: [.init(x: values, y: values)])
    let rows = picture(chart, 40, 5)
    #expect(rows.count == 7)
    #expect(rows[0] == "loss")
    #expect(rows[1].hasPrefix("  99 ┤") && rows[3].hasPrefix("49.5 ┤") && rows[5].hasPrefix("   0 ┤"))
    // The axis mark is the sixth character.
    let cells = rows[1...5].map { Array($0.dropFirst(6)) }
    #expect(cells[4][0] != " " && cells[0][33] != " ")
    #expect(cells[0].prefix(10).allSatisfy { $0 == " " })
    #expect(rows[6].hasPrefix("      0 ") && rows[6].hasSuffix("99") && rows[6].contains("step"))
    #expect(rows.allSatisfy { displayWidth($0) <= 40 })
  }

  @Test func oneSpikeAmongManyPointsIsDrawn() {
    var values = [Double](repeating: 0, count: 100_000)
    values[70_001] = 5
    let chart = TerminalChart(
      title: "loss", xLabel: "step", lines: [.init(x: values.indices.map(Double.init), y: values)])
    let top = picture(chart, 60, 6)[1].dropFirst(3)
    #expect(top.contains { $0 != " " })
  }

  @Test func whatIsNotFiniteLeavesAGapAndIsCounted() {
    let x = (0..<40).map(Double.init)
    let y = x.map { $0 < 20 ? 1 : $0 == 20 ? Double.infinity : .nan }
    let rows = picture(TerminalChart(title: "loss", xLabel: "epoch", lines: [.init(x: x, y: y)]), 44, 4)
    #expect(rows[0] == "loss · 19 NaN, 1 infinite")
    #expect(rows.contains { $0.hasPrefix("NaN, ∞ ┤") && $0.contains("××××") })
    let drawn = rows[1...4].map { Array($0.drop { $0 != "┤" }.dropFirst()) }
    #expect(drawn.allSatisfy { row in row.enumerated().allSatisfy { $0.offset < 20 || $0.element == " " } })
    let nothing = picture(TerminalChart(title: "loss", xLabel: "epoch", lines: [.init(x: [1], y: [.nan])]), 44, 4)
    #expect(nothing == ["loss", "  nothing to draw · 1 NaN"])
  }

  @Test(arguments: [
    [1e308, -1e308, 1.7e308], [Double.leastNonzeroMagnitude, 0], [0.0, -0.0], [5], [], [1e-300, 1.0000001e-300],
  ])
  func anyNumbersMakeAChartThatFits(values: [Double]) {
    let chart = TerminalChart(title: "t", xLabel: "step", lines: [.init(x: values.indices.map(Double.init), y: values)])
    for width in [1, 20, 33, 200] {
      for height in [0, 1, 2, 9] {
        #expect(picture(chart, width, height).allSatisfy { displayWidth($0) <= max(width, 20) })
      }
    }
  }

  @Test func withoutColoursEachLineHasAMarkOfItsOwn() {
    let x = (0..<10).map(Double.init)
    let lines = [TerminalChart.Line(x: x, y: x), TerminalChart.Line(x: x, y: x.map { 9 - $0 })]
    let coloured = TerminalChart(title: "t", xLabel: "step", lines: lines).rows(width: 30, height: 5)
    #expect(Set(coloured.flatMap { $0.compactMap(\.line) }) == [0, 1])
    let plain = picture(TerminalChart(title: "t", xLabel: "step", lines: lines, hasColours: false), 30, 5).joined()
    #expect(plain.contains("•") && plain.contains("+") && !plain.contains("⠁"))
  }
}
