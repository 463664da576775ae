// Numbers by names: bars, or a dot for each of several repetitions, such as the seeds of an objective.

/// A chart with a place for each category along x.
package struct CategoryChart: Chart, Equatable {
  /// The numbers of one series, in every category.
  package struct Series: Sendable, Equatable {
    package enum Style: Sendable, Equatable { case bars, dots }

    package var name: String
    /// Any count of numbers for each category; bars show their mean.
    package var values: [[Double]]
    /// As `values`, or empty for none.
    package var errors: [[Double]]
    package var style: Style

    package init(name: String, values: [[Double]], errors: [[Double]] = [], style: Style = .dots) {
      (self.name, self.values, self.errors, self.style) = (name, values, errors, style)
    }
  }

  package var title: String
  package var xLabel: String
  package var y: Axis
  package var categories: [String]
  package var series: [Series]
  /// A shaded range of y, such as what counts as success.
  package var band: ClosedRange<Double>?
  package var caption: String
  package var width = 720.0
  package var height = 420.0

  package init(
    title: String, xLabel: String, y: Axis, categories: [String], series: [Series], band: ClosedRange<Double>? = nil,
    caption: String = ""
  ) {
    (self.title, self.xLabel, self.y, self.categories) = (title, xLabel, y, categories)
    (self.series, self.band, self.caption) = (series, band, caption)
  }

  package func draw(in drawing: inout Drawing) {
    let panel = Panel(
      left: 90, top: 50, width: width - 120, height: height - 115,
      x: Axis(label: "", lower: 0, upper: Double(max(1, categories.count))), y: y)
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    panel.drawRows(in: &drawing)
    if let band {
      let (top, bottom) = (panel.vertical(band.upperBound), panel.vertical(band.lowerBound))
      drawing.rectangle(panel.left, top, panel.width, bottom - top, fill: Palette.colour(2), opacity: 0.18)
    }
    for (index, name) in categories.enumerated() {
      let x = panel.horizontal(Double(index) + 0.5)
      drawing.text(name, x: x, y: panel.bottom + 20, anchor: .middle, size: 13)
    }
    drawing.text(xLabel, x: panel.right, y: panel.bottom + 42, anchor: .end, size: 15)
    panel.beginClip(in: &drawing)
    for (index, one) in series.enumerated() { draw(one, index, panel, in: &drawing) }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    panel.drawLegend(ofSeries: series.map(\.name), in: &drawing)
  }

  private func draw(_ one: Series, _ index: Int, _ panel: Panel, in drawing: inout Drawing) {
    let colour = Palette.colour(index)
    let slot = 0.8 / Double(max(1, series.count))
    for (category, values) in one.values.prefix(categories.count).enumerated() {
      let finite = values.filter(\.isFinite)
      guard !finite.isEmpty else { continue }
      let start = Double(category) + 0.1 + slot * Double(index)
      if one.style == .bars {
        let mean = finite.reduce(0, +) / Double(finite.count)
        let base = panel.vertical(min(max(0, y.lower), y.upper))
        let top = panel.vertical(mean)
        let (left, right) = (panel.horizontal(start), panel.horizontal(start + slot))
        drawing.rectangle(left + 1, min(base, top), right - left - 2, (base - top).magnitude, fill: colour)
      }
      for (place, value) in values.enumerated() where value.isFinite && (one.style == .dots || values.count > 1) {
        let x = panel.horizontal(start + slot * (Double(place) + 0.5) / Double(values.count))
        if category < one.errors.count, place < one.errors[category].count, one.errors[category][place].isFinite {
          let error = one.errors[category][place]
          drawing.line(x, panel.vertical(value - error), x, panel.vertical(value + error), colour: colour, width: 1.2)
        }
        drawing.add(
          "<circle cx=\"\(pixel(x))\" cy=\"\(pixel(panel.vertical(value)))\" r=\"3.4\""
            + " \((one.style == .dots ? colour : Palette.ink).fill)/>")
      }
    }
  }
}
