// Histograms on common bins, with errors, such as real and generated distributions.

/// A chart of one or more histograms. Contents may be negative, as those of s-weighted histograms are.
package struct HistogramChart: Chart, Equatable {
  package typealias Series = BinnedSeries

  package var title: String
  package var xLabel: String
  package var xUnit: String
  package var yLabel: String
  /// Ascending bin edges, one more than there are bins.
  package var edges: [Double]
  package var series: [Series]
  package var caption: String
  package var width = 800.0
  package var height = 480.0

  package init(
    title: String, xLabel: String, xUnit: String = "", yLabel: String, edges: [Double], series: [Series],
    caption: String = ""
  ) {
    self.caption = caption
    self.title = title
    self.xLabel = xLabel
    self.xUnit = xUnit
    self.yLabel = yLabel
    self.edges = edges
    self.series = series
  }

  package func draw(in drawing: inout Drawing) {
    let heights = series.flatMap { one in
      one.values.enumerated().flatMap { bin, content in
        let error = bin < one.errors.count && one.errors[bin].isFinite ? one.errors[bin] : 0
        return [content - error, content + error]
      }
    }
    let panel = Panel(
      left: 90, top: 50, width: width - 120, height: height - 115,
      x: Axis(label: xLabel, unit: xUnit, lower: edges.first ?? 0, upper: edges.last ?? 1),
      y: Axis(label: yLabel, covering: heights.map { $0 * 1.05 }, includingZero: true))
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    panel.drawGrid(in: &drawing)
    panel.beginClip(in: &drawing)
    if panel.y.lower < 0 {
      drawing.line(panel.left, panel.vertical(0), panel.right, panel.vertical(0), colour: Palette.faint)
    }
    for (index, one) in series.enumerated() {
      switch one.style {
      case .points:
        panel.points(in: &drawing, edges: edges, contents: one.values, errors: one.errors, colour: Palette.ink)
      case .steps:
        panel.steps(
          in: &drawing, edges: edges, contents: one.values, errors: one.errors, colour: Palette.colour(index))
      }
    }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    let entries = series.enumerated().map { index, one in
      LegendEntry(
        name: one.name, colour: one.style == .points ? Palette.ink : Palette.colour(index),
        mark: one.style == .points ? .points : .line(dash: ""))
    }
    panel.drawLegend(series.count > 1 ? entries : [], atRight: isHigherAtLeft, in: &drawing)
  }

  private var isHigherAtLeft: Bool {
    func top(_ bins: (ArraySlice<Double>) -> ArraySlice<Double>) -> Double {
      series.reduce(0) { max($0, bins($1.values[...]).filter(\.isFinite).max() ?? 0) }
    }
    return top { $0.prefix($0.count * 2 / 5) } >= top { $0.suffix($0.count * 2 / 5) }
  }
}

extension Panel {
  /// A dot with an error bar in the middle of each bin.
  func points(in drawing: inout Drawing, edges: [Double], contents: [Double], errors: [Double], colour: Colour) {
    for (bin, content) in contents.prefix(max(0, edges.count - 1)).enumerated() where content.isFinite {
      let x = horizontal(0.5 * (edges[bin] + edges[bin + 1]))
      if bin < errors.count, errors[bin] > 0, errors[bin].isFinite {
        drawing.line(x, vertical(content - errors[bin]), x, vertical(content + errors[bin]), colour: colour, width: 1.2)
      }
      drawing.add("<circle cx=\"\(pixel(x))\" cy=\"\(pixel(vertical(content)))\" r=\"2.6\" \(colour.fill)/>")
    }
  }

  /// A staircase, with a band where there are errors.
  func steps(
    in drawing: inout Drawing, edges: [Double], contents: [Double], errors: [Double], colour: Colour, dash: String = ""
  ) {
    var xs: [Double] = []
    var ys: [Double] = []
    for (bin, content) in contents.prefix(max(0, edges.count - 1)).enumerated() {
      if bin < errors.count, errors[bin] > 0, errors[bin].isFinite, content.isFinite {
        let (left, right) = (horizontal(edges[bin]), horizontal(edges[bin + 1]))
        let (high, low) = (vertical(content + errors[bin]), vertical(content - errors[bin]))
        drawing.rectangle(left, high, right - left, low - high, fill: colour, opacity: 0.2)
      }
      xs += [edges[bin], edges[bin + 1]]
      ys += [content, content]
    }
    curve(in: &drawing, x: xs, y: ys, colour: colour, dash: dash)
  }
}
