// Points in a plane, such as real and generated events.

/// A chart of one or more clouds of points; later ones lie on top.
package struct ScatterChart: Chart, Equatable {
  /// One cloud; ends with the shorter column, passes over numbers that are not finite.
  package struct Series: Sendable, Equatable {
    package var name: String
    package var x: [Double]
    package var y: [Double]

    package init(name: String, x: [Double], y: [Double]) {
      (self.name, self.x, self.y) = (name, x, y)
    }
  }

  package var title: String
  package var x: Axis
  package var y: Axis
  package var series: [Series]
  package var caption: String
  package var width = 480.0
  package var height = 480.0

  package init(title: String, x: Axis, y: Axis, series: [Series], caption: String = "") {
    (self.title, self.x, self.y, self.series, self.caption) = (title, x, y, series, caption)
  }

  package func draw(in drawing: inout Drawing) {
    let panel = Panel(left: 90, top: 50, width: width - 120, height: height - 115, x: x, y: y)
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    panel.drawGrid(in: &drawing)
    panel.beginClip(in: &drawing)
    for (index, one) in series.enumerated() {
      panel.cloud(in: &drawing, x: one.x, y: one.y, colour: Palette.colour(index), opacity: 0.55)
    }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
    panel.drawLegend(ofSeries: series.map(\.name), in: &drawing)
  }
}

extension Panel {
  /// Dots of one colour, as one element.
  func cloud(
    in drawing: inout Drawing, x xs: [Double], y ys: [Double], colour: Colour, size: Double = 3, opacity: Double = 1
  ) {
    var path = ""
    for (x, y) in zip(xs, ys) where x.isFinite && y.isFinite {
      path += "M\(pixel(horizontal(x))) \(pixel(vertical(y)))h0"
    }
    guard !path.isEmpty else { return }
    drawing.add(
      "<path d=\"\(path)\" fill=\"none\" \(colour.stroke) stroke-width=\"\(pixel(size))\" stroke-linecap=\"round\""
        + "\(opacity < 1 ? " stroke-opacity=\"\(pixel(opacity))\"" : "")/>")
  }
}
