// Charts of surfaces, clouds and categories show what they are given, in light and in dark surroundings.
import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

private func requireWellFormed(_ svg: String) throws {
  let parser = XMLParser(data: Data(svg.utf8))
  if !parser.parse() { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
}

private let axis = Axis(label: "x", unit: "mm", lower: -1, upper: 1)
private let grid = (0...20).map { -1 + Double($0) / 10 }

/// x² + y² on a square.
private let bowl = Field(x: grid, y: grid, values: grid.flatMap { y in grid.map { x in x * x + y * y } })

private let charts: [any Chart] = [
  ContourChart(
    title: "bowl", xLabel: "x", yLabel: "y", valueLabel: "height", field: bowl,
    points: [ScatterChart.Series(name: "events", x: [0, 0.5], y: [0, 0.5])], caption: "A bowl."),
  ScatterChart(
    title: "cloud", x: axis, y: axis,
    series: [
      ScatterChart.Series(name: "real", x: [0, .nan, 0.2], y: [0, 0, .infinity]),
      ScatterChart.Series(name: "generated", x: [0.1], y: [0.1]),
    ], caption: "Two clouds."),
  CategoryChart(
    title: "seeds", xLabel: "objective", y: axis, categories: ["gan", "wgan"],
    series: [
      CategoryChart.Series(name: "dots", values: [[0.1, .nan], [0.3]], errors: [[0.1, 0.1], [.nan]]),
      CategoryChart.Series(name: "bars", values: [[0.5], []], style: .bars),
    ], band: 0...0.2, caption: "Dots & bars."),
  LineChart(
    title: "lines", xLabel: "x", yLabel: "y",
    series: [LineChart.Series.Style.solid, .dashed, .area, .dots].enumerated().map { index, style in
      LineChart.Series(name: "line \(index)", x: [0, 1, 2], y: [1, 2, .nan], style: style)
    }, caption: "Every style."),
]

@Suite(.timeLimit(.minutes(20))) struct SurfaceChartTests {
  @Test func everyChartCarriesItsCaptionAndTurnsWithItsSurroundings() throws {
    for chart in charts + [ChartSheet(title: "all", charts: charts, columns: 2, caption: "A sheet.")] {
      let svg = chart.svg
      try requireWellFormed(svg)
      #expect(svg.contains("prefers-color-scheme:dark") && svg.contains("class=\"f-ink\""))
      #expect(svg.contains("<desc>"))
      // The caption is text below the picture, too.
      #expect(svg.contains(">\(chart.caption.replacing("&", with: "&amp;"))</text>"), "\(chart.title)")
    }
  }

  @Test func longCaptionsAreBrokenBetweenWordsAndMakeThePictureHigher() {
    var chart = LineChart(title: "t", x: axis, y: axis, series: [])
    func height(_ svg: String) -> Double {
      svg.firstMatch(of: /height="([0-9.]+)"/).flatMap { Double($0.1) } ?? 0
    }
    let plain = height(chart.svg)
    chart.caption = [String](repeating: "word", count: 80).joined(separator: " ")
    #expect(plain == 480 && height(chart.svg) > 520)
    #expect(chart.svg.components(separatedBy: ">word word").count > 3)
  }

  /// Every crossing of a bowl at height r² is on the circle of radius r, to the error of a linear cell.
  @Test func contoursLieWhereTheFieldHasTheirValue() throws {
    let svg = ContourChart(title: "", xLabel: "x", yLabel: "y", valueLabel: "", field: bowl).svg
    let path = try #require(svg.firstMatch(of: /<path d="(M[^"]+)" fill="none" stroke="#000000"/)).1
    let numbers = path.split { "ML ".contains($0) }.compactMap { Double($0) }
    // The panel: left 80, top 50, width 340, height 365, for −1 … 1 in x and y.
    var heights: Set<Int> = []
    for place in stride(from: 0, to: numbers.count - 1, by: 2) {
      let x = (numbers[place] - 80) / 340 * 2 - 1
      let y = 1 - (numbers[place + 1] - 50) / 365 * 2
      let level = (x * x + y * y) / 2 * 12
      #expect((level - level.rounded()).magnitude < 0.05)
      heights.insert(Int(level.rounded()))
    }
    #expect(heights == Set(1...11))
  }

  @Test func surfacesSurviveAnyNumbers() throws {
    let fields = [
      Field(x: [], y: [], values: []), Field(x: [0], y: [0], values: [1]), Field(x: [0, 1], y: [0, 1], values: [1]),
      Field(x: [0, 1], y: [0, 1], values: [.nan, .infinity, 1, 1]),
      Field(x: [0, 1], y: [0, 1], values: [1, 1, 1, 1]),
      Field(x: [0, 1], y: [0, 1], values: [1, 0, 0, 1]),
    ]
    for field in fields {
      try requireWellFormed(ContourChart(title: "t", xLabel: "x", yLabel: "y", valueLabel: "v", field: field).svg)
    }
    try requireWellFormed(ChartSheet(title: "none", charts: [], columns: 0).svg)
    try requireWellFormed(CategoryChart(title: "t", xLabel: "", y: axis, categories: [], series: []).svg)
  }
}
