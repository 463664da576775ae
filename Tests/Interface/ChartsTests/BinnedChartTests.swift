// Charts of bins and maps show what they are given, can be read without colours, and survive any numbers.
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

private func texts(_ svg: String) -> [String] {
  svg.matches(of: /<text[^>]*>([^<]*)<\/text>/).map { String($0.1) }
}

private let momentum = BinAxis(label: "p", unit: "GeV", edges: [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150])

@Suite(.timeLimit(.minutes(20))) struct BinnedChartTests {
  @Test func seriesHaveMarksDashesAndPanelsBelow() throws {
    let chart = BinnedChart(
      title: "efficiency", x: momentum, yLabel: "efficiency", range: 0...1,
      series: [
        BinnedChart.Series(name: "real", values: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, .nan], errors: [0.1]),
        BinnedChart.Series(name: "model", values: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, .nan]),
        BinnedChart.Series(name: "baseline", values: [0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, .nan], style: .steps),
      ], masked: [7],
      residuals: [
        ResidualPanel(.ratio, values: [[1, 1, 1], [0.9, 1, 1.1]], errors: [[0.1, 0.1, 0.1]]),
        ResidualPanel(.pull, values: [[0, 1, -9], [2, .infinity, .nan]]),
      ], caption: "All.")
    let svg = chart.svg
    try requireWellFormed(svg)
    #expect(Set(texts(svg)).isSuperset(of: ["real", "model", "baseline", "ratio", "pull", "p [GeV]", "9.3", "150"]))
    // The staircase of the third series has the second dash pattern, and the mask has hatching.
    #expect(svg.contains("stroke-dasharray=\"7 4\"") && svg.contains("class=\"s-faint\" stroke-width=\"1\"/>"))
    #expect(chart.height > 500)
    // A chart with one series to compare shows its pulls as bars.
    var one = chart
    one.residuals = [ResidualPanel(.pull, values: [[0, 1, -9]])]
    #expect(one.svg.components(separatedBy: "<rect").count > 5 && one.height < chart.height)
  }

  /// The upper right corner holds no value but an error bar, the lower left one nothing.
  @Test func theLegendCoversNoErrorBar() throws {
    let chart = BinnedChart(
      title: "", x: momentum, yLabel: "efficiency", range: 0...1,
      series: ["real", "model"].map {
        BinnedChart.Series(
          name: $0, values: [0.9, 0.9, 0.9, 0.9, 0.5, 0.1, 0.1, 0.3], errors: [0, 0, 0, 0, 0, 0, 0, 0.65])
      })
    let legend = try #require(chart.svg.firstMatch(of: /<text x="([0-9.]+)" y="([0-9.]+)"[^>]*>real</))
    #expect(try #require(Double(legend.output.1)) < 250 && #require(Double(legend.output.2)) > 200)
  }

  @Test func binsAreToScaleUnlessTheirWidthsDifferMuch() {
    #expect(momentum.isEven && momentum.binCount == 8)
    #expect(!BinAxis(label: "", edges: [0, 1, 2, 3.5]).isEven)
    #expect(BinAxis(label: "", edges: [3]).edges == [0, 1])
    #expect(BinAxis(label: "", edges: [1, 1, 2]).edges == [0, 1])
  }

  @Test func cellsShowTheirNumbersAndMaskedOnesAreHatched() throws {
    let eta = BinAxis(label: "η", edges: [2, 3, 4, 5])
    let chart = HeatMapChart(
      title: "map", x: momentum, y: eta, valueLabel: "difference / error",
      cells: [
        HeatMapChart.Cell(column: 0, row: 0, value: -2.14), HeatMapChart.Cell(column: 1, row: 0, value: 7.3),
        HeatMapChart.Cell(column: 2, row: 1, value: 0.01), HeatMapChart.Cell(column: 3, row: 2, value: nil),
        HeatMapChart.Cell(column: 99, row: 0, value: 8), HeatMapChart.Cell(column: 0, row: -1, value: 8),
        HeatMapChart.Cell(column: 4, row: 2, value: -.infinity),
      ], caption: "A map.")
    let svg = chart.svg
    try requireWellFormed(svg)
    let shown = texts(svg)
    #expect(Set(shown).isSuperset(of: ["−2.1", "+7.3", "0", "masked", "+4", "difference / error", "η"]))
    #expect(!shown.contains("+8.0"))
    // One hatched cell and its explanation.
    #expect(svg.matches(of: /fill="none" stroke="#6A6A6A" class="s-faint" stroke-width="1"\/>/).count == 2)
    var full = chart
    full.cells = [HeatMapChart.Cell(column: 0, row: 0, value: 1)]
    #expect(!texts(full.svg).contains("masked"))
  }

  /// The two ends of the colour bar differ in luminance, so that a grey print tells minus from plus.
  @Test func theEndsOfTheColourBarDifferInGrey() throws {
    let svg = HeatMapChart(title: "", x: momentum, y: momentum, valueLabel: "", cells: []).svg
    let bar = svg.matches(of: /width="16"[^>]*fill="#([0-9A-F]{6})"/).compactMap { UInt32($0.1, radix: 16) }
    #expect(bar.count == 40)
    let luminances = bar.map { colour in
      0.2126 * Double(colour >> 16) + 0.7152 * Double(colour >> 8 & 255) + 0.0722 * Double(colour & 255)
    }
    let (low, high) = (try #require(luminances.first), try #require(luminances.last))
    #expect(high > low + 50 && luminances[20] > high + 100)
  }

  @Test func blocksStandBesideEachOtherAndPrintOnPaper() {
    var page = HTMLPage(title: "t")
    page.add(.row([.figure(svg: "<svg/>", caption: "a < b"), .paragraph("x")]))
    #expect(
      page.html.contains("<div class=\"row\"><figure><svg/><figcaption>a &lt; b</figcaption></figure>\n<p>x</p></div>"))
    #expect(page.html.contains("@page { size: A4;") && !page.html.contains("<script"))
  }

  @Test func chartsOfBinsSurviveAnyNumbers() throws {
    let odd: [[Double]] = [
      [], [.nan], [0], [5, 5, 5], [.infinity, 1, -.infinity], [1e308, -1e308, 0], [1e-300, 0, -1e-300], [-3, .nan, 7],
      [-1e308, 1e308], [0, 1, 2, 3],
    ]
    for values in odd {
      let axis = BinAxis(label: "x", edges: values)
      for style in [BinnedChart.Series.Style.points, .steps] {
        let series = [
          BinnedChart.Series(name: "a", values: values, errors: values, style: style),
          BinnedChart.Series(name: "b", values: values + values, errors: [1]),
        ]
        let residuals = [
          ResidualPanel(.pull, values: [values]), ResidualPanel(.ratio, values: [values, values], errors: [values]),
        ]
        try requireWellFormed(
          BinnedChart(
            title: "", x: axis, yLabel: "y", series: series, masked: [-1, 0, 9], residuals: residuals
          ).svg)
      }
      let cells = values.enumerated().map { HeatMapChart.Cell(column: $0, row: 0, value: $1) }
      for largest in values + [5] {
        try requireWellFormed(
          HeatMapChart(title: "", x: axis, y: axis, valueLabel: "v", largest: largest, cells: cells).svg)
      }
    }
  }
}
