// A surface over a plane as coloured bands with lines of equal value, such as a critic's values.

/// A chart of a field on a grid, with a colour bar and, on top, clouds of points.
package struct ContourChart: Chart, Equatable {
  package var title: String
  package var xLabel: String
  package var yLabel: String
  /// What the colours stand for.
  package var valueLabel: String
  package var field: Field
  /// Points over the surface, such as real and generated events.
  package var points: [ScatterChart.Series]
  package var caption: String
  /// Bands between the field's smallest and largest value.
  package var bands = 12
  package var width = 540.0
  package var height = 480.0

  package init(
    title: String, xLabel: String, yLabel: String, valueLabel: String, field: Field,
    points: [ScatterChart.Series] = [], caption: String = ""
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.valueLabel = valueLabel
    self.field = field
    self.points = points
    self.caption = caption
  }

  package func draw(in drawing: inout Drawing) {
    let values = field.values.filter(\.isFinite)
    let scale = Axis(
      label: valueLabel, lower: values.min() ?? 0, upper: values.max() ?? 1, tickCount: 6)
    let panel = Panel(
      left: 80, top: 50, width: width - 200, height: height - 115,
      x: Axis(label: xLabel, lower: field.x.first ?? 0, upper: field.x.last ?? 1),
      y: Axis(label: yLabel, lower: field.y.first ?? 0, upper: field.y.last ?? 1))
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    panel.drawGrid(in: &drawing)
    panel.beginClip(in: &drawing)
    if field.isWhole {
      drawCells(panel, scale, in: &drawing)
      drawLines(panel, scale, in: &drawing)
    }
    let colours = [Colour(fixed: "#FFFFFF"), Colour(fixed: "#FF5A36")]
    for (index, one) in points.enumerated() {
      panel.cloud(
        in: &drawing, x: one.x, y: one.y, colour: colours[index % colours.count], size: index == 0 ? 2.5 : 2.2,
        opacity: 0.8)
    }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    drawBar(scale, left: panel.right + 22, top: panel.top, height: panel.height, in: &drawing)
    if !points.isEmpty {
      let entries = points.enumerated().map {
        LegendEntry(name: $0.element.name, colour: colours[$0.offset % colours.count], mark: .box)
      }
      panel.drawLegend(entries, atRight: true, background: Colour(fixed: "#2A2D33"), in: &drawing)
    }
  }

  /// How far a rectangle reaches below the next ones, in pixels, so that rounding leaves no seam between them.
  private static let overlap = 0.8

  private func band(_ value: Double, _ scale: Axis) -> Int {
    min(max(Int(scale.fraction(value) * Double(bands)), 0), bands - 1)
  }

  private func colour(_ band: Int) -> Colour { ColourMap.colour((Double(band) + 0.5) / Double(bands)) }

  /// A rectangle around each grid point, neighbours of one band in a row together; from the lowest row upwards, each over the
  /// one before.
  private func drawCells(_ panel: Panel, _ scale: Axis, in drawing: inout Drawing) {
    drawing.add("<g shape-rendering=\"crispEdges\">")
    func edge(_ values: [Double], _ index: Int) -> Double {
      index == 0 ? values[0] : index == values.count ? values[index - 1] : 0.5 * (values[index - 1] + values[index])
    }
    for row in field.y.indices {
      let top = panel.vertical(edge(field.y, row + 1))
      let bottom = panel.vertical(edge(field.y, row))
      var start = 0
      for column in 1...field.x.count {
        let value = field.value(start, row)
        let goes = column < field.x.count && field.value(column, row).isFinite && value.isFinite
        if goes, band(field.value(column, row), scale) == band(value, scale) { continue }
        if value.isFinite {
          let (left, right) = (panel.horizontal(edge(field.x, start)), panel.horizontal(edge(field.x, column)))
          drawing.rectangle(
            left, top, right - left + Self.overlap, bottom - top + Self.overlap, fill: colour(band(value, scale)))
        }
        start = column
      }
    }
    drawing.add("</g>")
  }

  private func drawLines(_ panel: Panel, _ scale: Axis, in drawing: inout Drawing) {
    var path = ""
    for line in 1..<bands {
      let level = scale.lower + (scale.upper - scale.lower) * Double(line) / Double(bands)
      for segment in field.segments(at: level) {
        path +=
          "M\(pixel(panel.horizontal(segment.x1))) \(pixel(panel.vertical(segment.y1)))"
          + "L\(pixel(panel.horizontal(segment.x2))) \(pixel(panel.vertical(segment.y2)))"
      }
    }
    guard !path.isEmpty else { return }
    drawing.add("<path d=\"\(path)\" fill=\"none\" stroke=\"#000000\" stroke-opacity=\"0.35\" stroke-width=\"0.7\"/>")
  }

  private func drawBar(_ scale: Axis, left: Double, top: Double, height: Double, in drawing: inout Drawing) {
    for index in 0..<bands {
      let step = height / Double(bands)
      drawing.rectangle(left, top + height - step * Double(index + 1), 16, step + 0.3, fill: colour(index))
    }
    for tick in scale.ticks {
      let y = top + height * (1 - scale.fraction(tick))
      drawing.line(left + 16, y, left + 20, y, colour: Palette.ink)
      drawing.text(scale.text(tick), x: left + 24, y: y + 4.5, size: 12)
    }
    drawing.text(scale.title, x: left + 84, y: top, anchor: .end, size: 14, upwards: true)
  }
}
