// A narrow panel below a chart of bins: how far its series lie from the first one.

/// Ratios or pulls of series to a reference, one number for each bin.
package struct ResidualPanel: Sendable, Equatable {
  package enum Kind: String, Sendable, Equatable {
    /// In units of the error, between -5 and 5; those beyond end at the edge with an arrow.
    case pull
    /// Around 1.
    case ratio
  }

  package var kind: Kind
  /// Of each series after the first, bin by bin; NaN where there is none.
  package var values: [[Double]]
  /// As `values`, or empty for none.
  package var errors: [[Double]]

  package init(_ kind: Kind, values: [[Double]], errors: [[Double]] = []) {
    (self.kind, self.values, self.errors) = (kind, values, errors)
  }

  static let height = 84.0

  private var axis: Axis {
    guard kind == .ratio else { return Axis(label: "pull", lower: -5, upper: 5, tickCount: 2) }
    let farthest = values.joined().filter(\.isFinite).reduce(0) { max($0, ($1 - 1).magnitude) }
    let half = [0.02, 0.05, 0.1, 0.2, 0.5].first { $0 >= farthest } ?? 1
    return Axis(label: "ratio", lower: 1 - half, upper: 1 + half, tickCount: 2)
  }

  /// - Parameter shift: pixels to the right for each series' points.
  func draw(
    _ bins: BinAxis, left: Double, top: Double, width: Double, isLowest: Bool, shift: (Int) -> Double,
    in drawing: inout Drawing
  ) {
    let panel = Panel(left: left, top: top, width: width, height: Self.height, x: bins.axis, y: axis)
    panel.drawRows(in: &drawing)
    if kind == .pull {
      drawing.rectangle(left, panel.vertical(2), width, panel.vertical(-2) - panel.vertical(2), fill: Palette.band)
    }
    panel.drawColumns(bins, labelled: isLowest, in: &drawing)
    let centre = panel.vertical(kind == .pull ? 0 : 1)
    drawing.line(left, centre, panel.right, centre, colour: Palette.faint)
    panel.beginClip(in: &drawing)
    let edges = bins.places.map(panel.horizontal)
    for (index, series) in values.enumerated() {
      let colour = Palette.colour(index)
      for (bin, value) in series.prefix(bins.binCount).enumerated() where !value.isNaN {
        let (low, high) = (edges[bin], edges[bin + 1])
        let x = (low + high) / 2 + shift(index + 1)
        if kind == .pull, values.count == 1 {
          let bar = panel.vertical(min(max(value, -6), 6))
          drawing.rectangle(
            low + 0.5, min(bar, centre), max(high - low - 1, 0.5), (bar - centre).magnitude,
            fill: value.magnitude > 3 ? Palette.colour(1) : Palette.faint)
          continue
        }
        if index < errors.count, bin < errors[index].count, errors[index][bin].isFinite, value.isFinite {
          let error = errors[index][bin]
          drawing.line(x, panel.vertical(value - error), x, panel.vertical(value + error), colour: colour, width: 1.2)
        }
        if value.isFinite, (0...1).contains(panel.y.fraction(value)) {
          drawing.mark(Marker(index + 1), x: x, y: panel.vertical(value), colour: colour)
        } else {
          arrow(x, isUpward: value > panel.y.lower, panel, colour, in: &drawing)
        }
      }
    }
    panel.endClip(in: &drawing)
    panel.drawFrame(in: &drawing)
  }

  /// An arrow at the panel's edge for a value beyond it.
  private func arrow(_ x: Double, isUpward: Bool, _ panel: Panel, _ colour: Colour, in drawing: inout Drawing) {
    let (tip, base) = isUpward ? (panel.top + 1, panel.top + 8) : (panel.bottom - 1, panel.bottom - 8)
    drawing.add(
      "<path d=\"M\(pixel(x)) \(pixel(tip))L\(pixel(x - 4)) \(pixel(base))L\(pixel(x + 4)) \(pixel(base))Z\" \(colour.fill)/>"
    )
  }
}
