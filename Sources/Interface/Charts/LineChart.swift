// Curves over a common axis, such as losses over steps.

/// A chart of one or more lines.
///
///     LineChart(title: "critic loss", x: Axis(label: "step", covering: steps), yLabel: "loss",
///       series: [LineChart.Series(name: "run 1", x: steps, y: losses)]).svg
package struct LineChart: Chart, Equatable {
  /// One line; breaks where a number is not finite, ends with the shorter column.
  package struct Series: Sendable, Equatable {
    package var name: String
    package var x: [Double]
    package var y: [Double]
    package var style: Style
    /// Which of the colours it has; nil for that of its place. Lines of one name and colour share a line of the legend.
    package var colour: Int?

    /// How a line is drawn; an area is shaded down to zero, as a density is.
    package enum Style: Sendable, Equatable { case solid, dashed, area, dots }

    package init(name: String, x: [Double], y: [Double], style: Style = .solid, colour: Int? = nil) {
      (self.name, self.x, self.y, self.style, self.colour) = (name, x, y, style, colour)
    }
  }

  package var title: String
  package var x: Axis
  package var y: Axis
  package var series: [Series]
  package var caption: String
  package var width = 800.0
  package var height = 480.0

  package init(title: String, x: Axis, y: Axis, series: [Series], caption: String = "") {
    (self.title, self.x, self.y, self.series, self.caption) = (title, x, y, series, caption)
  }

  /// With axes around the data.
  package init(
    title: String, xLabel: String, xUnit: String = "", yLabel: String, yUnit: String = "", series: [Series],
    caption: String = ""
  ) {
    self.init(
      title: title, x: Axis(label: xLabel, unit: xUnit, covering: series.flatMap(\.x)),
      y: Axis(label: yLabel, unit: yUnit, covering: series.flatMap(\.y)), series: series, caption: caption)
  }

  package func draw(in drawing: inout Drawing) {
    let entries = legend
    // Many lines leave no corner free.
    let isBeside = entries.count > 3
    let beside = isBeside ? Panel.legendWidth(entries) + 4 : 0
    let panel = Panel(left: 90, top: 50, width: max(100, width - 120 - beside), height: height - 115, x: x, y: y)
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    panel.drawGrid(in: &drawing)
    panel.beginClip(in: &drawing)
    for (index, one) in series.enumerated() {
      let colour = colour(index)
      switch one.style {
      case .solid: panel.curve(in: &drawing, x: one.x, y: one.y, colour: colour)
      case .dashed: panel.curve(in: &drawing, x: one.x, y: one.y, colour: colour, dash: Self.dash)
      case .dots: panel.cloud(in: &drawing, x: one.x, y: one.y, colour: colour, size: 6)
      case .area:
        panel.area(in: &drawing, x: one.x, y: one.y, colour: colour)
        panel.curve(in: &drawing, x: one.x, y: one.y, colour: colour)
      }
    }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    if isBeside {
      panel.drawLegend(entries, left: panel.right + 12, in: &drawing)
    } else if entries.count > 1 {
      panel.drawLegend(entries, atRight: !upperRightIsBusy, in: &drawing)
    }
  }

  fileprivate static let dash = "7 4"

  /// A line without a name goes with the one before it.
  private func colour(_ index: Int) -> Colour {
    Palette.colour(series[index].colour ?? (series[index].name.isEmpty ? max(0, index - 1) : index))
  }

  private var legend: [LegendEntry] {
    var entries: [LegendEntry] = []
    for (index, one) in series.enumerated() where !one.name.isEmpty {
      let colour = colour(index)
      guard !entries.contains(where: { $0.name == one.name && $0.colour == colour }) else { continue }
      entries.append(LegendEntry(name: one.name, colour: colour, mark: one.mark))
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

extension LineChart.Series {
  fileprivate var mark: LegendEntry.Mark {
    switch style {
    case .solid: .line(dash: "")
    case .dashed: .line(dash: LineChart.dash)
    case .area: .box
    case .dots: .points
    }
  }
}

extension Panel {
  /// The area between a curve and zero, or the panel's edge nearest to it; points that are not finite are passed over.
  func area(in drawing: inout Drawing, x xs: [Double], y ys: [Double], colour: Colour) {
    let points = zip(xs, ys).filter { $0.isFinite && $1.isFinite }
    guard let first = points.first, let last = points.last else { return }
    let base = pixel(vertical(min(max(0, y.lower), y.upper)))
    let outline = points.map { "L\(pixel(horizontal($0))) \(pixel(vertical($1)))" }.joined()
    drawing.add(
      "<path d=\"M\(pixel(horizontal(first.0))) \(base)\(outline)L\(pixel(horizontal(last.0))) \(base)Z\" \(colour.fill)"
        + " fill-opacity=\"0.25\"/>")
  }
}
