// Series over common bins, such as distributions or efficiencies, with panels of ratios and pulls below.

/// A chart of one number for each bin and series. The first series is the reference of the panels below.
///
///     BinnedChart(
///       title: "Efficiency of DLLk > 0", x: momentum, yLabel: "efficiency", range: 0...1,
///       series: [.init(name: "real", values: real, errors: realErrors), .init(name: "generated", values: generated)],
///       residuals: [ResidualPanel(.pull, values: [pulls])]).svg
package struct BinnedChart: Chart, Equatable {
  package typealias Series = BinnedSeries

  package var title: String
  package var x: BinAxis
  package var yLabel: String
  /// Of the vertical axis; nil for one around the values and zero.
  package var range: ClosedRange<Double>?
  package var series: [Series]
  /// Bins that say nothing; they are hatched.
  package var masked: Set<Int>
  package var residuals: [ResidualPanel]
  package var caption: String
  package var width = 640.0
  /// Of the panel with the series.
  package var panelHeight = 300.0

  package init(
    title: String, x: BinAxis, yLabel: String, range: ClosedRange<Double>? = nil, series: [Series],
    masked: Set<Int> = [], residuals: [ResidualPanel] = [], caption: String = ""
  ) {
    (self.title, self.x, self.yLabel, self.range, self.series) = (title, x, yLabel, range, series)
    (self.masked, self.residuals, self.caption) = (masked, residuals, caption)
  }

  private static let gap = 12.0
  private var top: Double { title.isEmpty ? 22 : 50 }

  package var height: Double {
    top + panelHeight + Double(residuals.count) * (ResidualPanel.height + Self.gap) + 56
  }

  package func draw(in drawing: inout Drawing) {
    let panel = Panel(left: 90, top: top, width: width - 110, height: panelHeight, x: x.axis, y: y)
    if !title.isEmpty { drawing.text(title, x: panel.left, y: 30, size: 17, bold: true) }
    panel.drawRows(in: &drawing)
    let edges = x.places.map(panel.horizontal)
    for bin in masked.sorted() where (0..<x.binCount).contains(bin) {
      drawing.hatch(edges[bin], panel.top, edges[bin + 1] - edges[bin], panel.height)
    }
    panel.drawColumns(x, labelled: residuals.isEmpty, in: &drawing)
    panel.beginClip(in: &drawing)
    if panel.y.lower < 0, panel.y.upper > 0 {
      drawing.line(panel.left, panel.vertical(0), panel.right, panel.vertical(0), colour: Palette.faint)
    }
    let narrowest = zip(edges, edges.dropFirst()).reduce(Double.infinity) { min($0, $1.1 - $1.0) }
    // The reference lies over the staircases.
    for index in series.indices.reversed() { draw(index, panel, edges, narrowest, in: &drawing) }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    if series.count > 1 { drawLegend(panel, edges, in: &drawing) }
    var below = panel.bottom + Self.gap
    for (place, residual) in residuals.enumerated() {
      residual.draw(
        x, left: panel.left, top: below, width: panel.width, isLowest: place == residuals.count - 1,
        shift: { shift($0, narrowest) }, in: &drawing)
      below += ResidualPanel.height + Self.gap
    }
  }

  private var y: Axis {
    if let range { return Axis(label: yLabel, lower: range.lowerBound, upper: range.upperBound) }
    let ends = series.flatMap { one in
      one.values.prefix(x.binCount).enumerated().flatMap { bin, value in
        let error = bin < one.errors.count && one.errors[bin].isFinite ? one.errors[bin] : 0
        return [1.05 * (value - error), 1.05 * (value + error)]
      }
    }
    return Axis(label: yLabel, covering: ends, includingZero: true)
  }

  private func colour(_ index: Int) -> Colour { index == 0 ? Palette.ink : Palette.colour(index - 1) }
  private func dash(_ index: Int) -> String { index == 0 ? "" : Palette.dash(index - 1) }

  /// Points of several series stand beside each other where there is room.
  private func shift(_ index: Int, _ narrowest: Double) -> Double {
    let points = series.indices.filter { series[$0].style == .points }
    guard points.count > 1, let place = points.firstIndex(of: index) else { return 0 }
    return (Double(place) - 0.5 * Double(points.count - 1)) * min(8, 0.2 * narrowest)
  }

  private func draw(
    _ index: Int, _ panel: Panel, _ edges: [Double], _ narrowest: Double, in drawing: inout Drawing
  ) {
    let (one, colour) = (series[index], colour(index))
    if one.style == .steps {
      panel.steps(
        in: &drawing, edges: x.places, contents: one.values, errors: one.errors, colour: colour, dash: dash(index))
      return
    }
    for (bin, value) in one.values.prefix(x.binCount).enumerated() where value.isFinite {
      let place = (edges[bin] + edges[bin + 1]) / 2 + shift(index, narrowest)
      let height = panel.vertical(value)
      if narrowest >= 18 { drawing.line(edges[bin], height, edges[bin + 1], height, colour: colour, width: 1.2) }
      if bin < one.errors.count, one.errors[bin].isFinite, one.errors[bin] > 0 {
        let error = one.errors[bin]
        drawing.line(
          place, panel.vertical(value - error), place, panel.vertical(value + error), colour: colour, width: 1.2)
      }
      drawing.mark(Marker(index), x: place, y: height, colour: colour)
    }
  }

  private var legend: [LegendEntry] {
    series.enumerated().map { index, one in
      LegendEntry(
        name: one.name, colour: colour(index),
        mark: one.style == .points ? .marker(Marker(index)) : .line(dash: dash(index)))
    }
  }

  /// The legend in the corner where it covers the fewest values with their errors.
  private func drawLegend(_ panel: Panel, _ edges: [Double], in drawing: inout Drawing) {
    let entries = legend
    let (boxWidth, boxHeight) = (Panel.legendWidth(entries), 22 * Double(entries.count) + 18)
    func covered(_ left: Double, _ top: Double) -> Int {
      series.reduce(0) { count, one in
        count
          + one.values.prefix(x.binCount).enumerated().count { bin, value in
            let error = bin < one.errors.count && one.errors[bin].isFinite ? one.errors[bin] : 0
            return edges[bin] < left + boxWidth && edges[bin + 1] > left && panel.vertical(value - error) > top
              && panel.vertical(value + error) < top + boxHeight
          }
      }
    }
    let (right, lower) = (panel.right - boxWidth - 10, panel.bottom - boxHeight - 8)
    let corners = [(right, panel.top), (panel.left + 10, panel.top), (panel.left + 10, lower), (right, lower)]
    let best = corners.min { covered($0.0, $0.1) < covered($1.0, $1.1) } ?? corners[0]
    let place = Panel(left: panel.left, top: best.1, width: panel.width, height: boxHeight, x: panel.x, y: panel.y)
    place.drawLegend(entries, left: best.0, in: &drawing)
  }
}
