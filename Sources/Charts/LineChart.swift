// Curves over a common axis, such as losses over steps.

/// A chart of one or more lines.
///
///     LineChart(title: "critic loss", x: Axis(label: "step", covering: steps), yLabel: "loss",
///       series: [LineChart.Series(name: "run 1", x: steps, y: losses)]).svg
package struct LineChart: Sendable, Equatable {
  /// One line; breaks where a number is not finite, ends with the shorter column.
  package struct Series: Sendable, Equatable {
    package var name: String
    package var x: [Double]
    package var y: [Double]
    /// Which of the colours it has; nil for that of its place. Lines of one name and colour share a line of the legend.
    package var colour: Int?

    package init(name: String, x: [Double], y: [Double], colour: Int? = nil) {
      self.name = name
      self.x = x
      self.y = y
      self.colour = colour
    }
  }

  package var title: String
  package var x: Axis
  package var y: Axis
  package var series: [Series]
  package var width = 800.0
  package var height = 480.0

  package init(title: String, x: Axis, y: Axis, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
  }

  /// With axes around the data.
  package init(title: String, xLabel: String, xUnit: String = "", yLabel: String, yUnit: String = "", series: [Series])
  {
    self.init(
      title: title, x: Axis(label: xLabel, unit: xUnit, covering: series.flatMap(\.x)),
      y: Axis(label: yLabel, unit: yUnit, covering: series.flatMap(\.y)), series: series)
  }

  /// The chart as an SVG file.
  package var svg: String {
    var drawing = Drawing(width: width, height: height)
    let panel = Panel(left: 90, top: 50, width: width - 120, height: height - 115, x: x, y: y)
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    panel.drawGrid(in: &drawing)
    panel.beginClip(in: &drawing)
    for (index, one) in series.enumerated() {
      panel.curve(in: &drawing, x: one.x, y: one.y, colour: Palette.colour(one.colour ?? index))
    }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    if series.count > 1 { panel.drawLegend(legend, atRight: !upperRightIsBusy, in: &drawing) }
    return drawing.svg(title: title)
  }

  private var legend: [LegendEntry] {
    var entries: [LegendEntry] = []
    for (index, one) in series.enumerated() {
      let colour = Palette.colour(one.colour ?? index)
      guard !entries.contains(where: { $0.name == one.name && $0.colour == colour }) else { continue }
      entries.append(LegendEntry(name: one.name, colour: colour, mark: .line(dash: "")))
    }
    return entries
  }

  /// Whether more of the lines passes through the upper right corner than through the upper left one.
  private var upperRightIsBusy: Bool {
    var balance = 0
    for one in series {
      for (place, value) in zip(one.x, one.y) where y.fraction(value) > 0.6 {
        if x.fraction(place) > 0.6 { balance += 1 } else if x.fraction(place) < 0.4 { balance -= 1 }
      }
    }
    return balance > 0
  }
}
