// Charts are valid XML, show what they are given, and survive any numbers.
import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Counts the elements of an XML text; throws where it is not well formed.
private final class ElementCounter: NSObject, XMLParserDelegate {
  private(set) var counts: [String: Int] = [:]
  private(set) var texts: [String] = []
  private var current = ""

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    if !parser.parse() { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    counts[name, default: 0] += 1
    current = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { current += string }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "text" { texts.append(current) }
  }
}

private let picture = MassFitPicture(
  title: "K & π <toy> \"1\"\u{1}", massLabel: "m(K⁻π⁺)", unit: "MeV", edges: [1800, 1820, 1840, 1860, 1880],
  counts: [10, 0, 400, 12], pulls: [0.1, -1, 7, .nan], positions: [1800, 1840, 1880], total: [10, 200, 12],
  components: [
    MassFitPicture.Curve(name: "signal", values: [0, 190, 2]),
    MassFitPicture.Curve(name: "back<ground>", values: [10, 10, 10]),
  ])

@Suite(.timeLimit(.minutes(20))) struct ChartTests {
  @Test func massFitChartShowsDataCurvesPullsAndLegend() throws {
    let svg = try ElementCounter(massFitChart(picture))
    #expect(svg.counts["svg"] == 1)
    // Four bins and the legend's dot; the total and two components.
    #expect(svg.counts["circle"] == 5)
    #expect(svg.counts["path"] == 3)
    for text in [
      "K & π <toy> \"1\"", "signal", "back<ground>", "data", "fit", "pull", "m(K⁻π⁺) [MeV]", "candidates / (20 MeV)",
      "1840",
    ] {
      #expect(svg.texts.contains(text), "\(text)")
    }
  }

  @Test func chartsSurviveAnyNumbers() throws {
    let odd: [[Double]] = [
      [], [.nan], [0], [5, 5, 5], [.infinity, 1, -.infinity], [1e308, -1e308, 0], [1e-300, 0, -1e-300], [-3, .nan, 7],
    ]
    for values in odd {
      let line = LineChart(
        title: "t", xLabel: "x", yLabel: "y", series: [LineChart.Series(name: "s", x: values, y: values)])
      _ = try ElementCounter(line.svg)
      let edges = values + [9]
      for style in [BinnedSeries.Style.points, .steps] {
        let histogram = HistogramChart(
          title: "t", xLabel: "x", yLabel: "y", edges: edges,
          series: [
            BinnedSeries(name: "s", values: values, errors: values, style: style),
            BinnedSeries(name: "longer", values: values + values + [1, 2], style: .steps),
          ])
        _ = try ElementCounter(histogram.svg)
      }
      var fit = picture
      (fit.edges, fit.counts, fit.pulls) = (values, values, values)
      (fit.positions, fit.total, fit.components) = (values, values, [MassFitPicture.Curve(name: "c", values: values)])
      _ = try ElementCounter(massFitChart(fit))
      #expect(sparkline(values).count == values.count)
    }
  }

  @Test func linesBreakWhereNumbersAreMissing() throws {
    let series = LineChart.Series(name: "s", x: [0, 1, 2, 3, 4], y: [1, 2, .nan, 3, 4])
    let svg = LineChart(title: "t", xLabel: "x", yLabel: "y", series: [series]).svg
    let path = try #require(svg.split(separator: "<path d=\"").last?.split(separator: "\"").first)
    #expect(path.filter { $0 == "M" }.count == 2)
  }

  @Test func pointsWithoutNeighboursAreDiscs() throws {
    func elements(_ y: [Double]) -> (discs: Int, lines: Int) {
      let series = LineChart.Series(name: "s", x: y.indices.map(Double.init), y: y)
      let svg = LineChart(title: "t", xLabel: "x", yLabel: "y", series: [series]).svg
      return (svg.split(separator: "<circle").count - 1, svg.split(separator: "stroke-linejoin").count - 1)
    }
    #expect(elements([0.5]) == (1, 0))
    #expect(elements([.nan, 2, .nan, 3, 4]) == (1, 1))
    #expect(elements([1, 2, 3, .infinity, 4]) == (1, 1))
    #expect(elements([.nan]) == (0, 0))
  }

  @Test func ticksAreRoundAndInsideTheAxis() {
    let axis = Axis(label: "m", unit: "MeV", lower: 5150, upper: 5450)
    #expect(axis.ticks == [5150, 5200, 5250, 5300, 5350, 5400, 5450])
    #expect(axis.text(5200) == "5200" && axis.title == "m [MeV]")
    #expect(axis.fraction(5300) == 0.5)
    let small = Axis(label: "d", lower: -0.0123, upper: 0.0311)
    #expect(small.ticks.map(small.text) == ["−0.01", "0.00", "0.01", "0.02", "0.03"])
    let large = Axis(label: "step", covering: [0, 99_500], tickCount: 5)
    #expect(large.upper == 100_000 && large.title == "step [10³]")
    #expect(large.ticks.map(large.text) == ["0", "20", "40", "60", "80", "100"])
    let tiny = Axis(label: "w", unit: "mm", lower: 0, upper: 3e-5)
    #expect(tiny.title == "w [10⁻⁶ mm]" && tiny.ticks.map(tiny.text).last == "30")
    let empty = Axis(label: "", covering: [])
    #expect(empty.lower < empty.upper)
    #expect(Axis(label: "", covering: [7, 7]).lower < 7)
  }

  @Test func sparklinesRunFromLowestToHighestBlock() {
    #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([2, 2]) == "▄▄")
    #expect(sparkline([0, .nan, 1]) == "▁ █")
    #expect(sparkline([]) == "")
    #expect(sparkline((0..<80).map(Double.init), width: 8) == "▁▂▃▄▅▆▇█")
  }

  @Test(arguments: [5, 6, 12, 20, 40, 80, 200])
  func progressBarsFillTheirWidthExactly(width: Int) {
    for fraction in [-1, 0, 0.001, 0.3333, 0.5, 0.999999, 1, 2, .nan, .infinity] {
      for label in ["", "epoch", "a label that is longer than most terminals would like it to be\n"] {
        #expect(ProgressBar.render(fraction: fraction, width: width, label: label).count == width)
      }
    }
  }

  @Test func progressBarsSayHowFarThingsAre() {
    #expect(ProgressBar.render(fraction: 0.5, width: 20, label: "") == "███████▌         50%")
    #expect(ProgressBar.render(fraction: 1, width: 20, label: "fit") == "fit  ██████████ 100%")
    #expect(ProgressBar.render(fraction: 0.9999, width: 20, label: "fit").hasSuffix(" 99%"))
    #expect(ProgressBar.render(fraction: 0.5, width: 4, label: "fit") == "")
  }
}
