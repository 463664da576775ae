// Signed numbers over two binned axes, such as AUC differences in units of their errors over momentum and pseudorapidity.
internal import Numerics

/// A map of cells with a colour bar; masked cells are hatched. Each cell shows its number where it has room, else its sign,
/// so that the map can be read without colours.
///
///     HeatMapChart(title: "AUC(K, π)", x: momentum, y: pseudorapidity, valueLabel: "difference / error", cells: cells).svg
package struct HeatMapChart: Chart, Equatable {
  package struct Cell: Sendable, Equatable {
    /// Of the bin along x, and along y; cells outside are not drawn.
    package var column: Int
    package var row: Int
    /// nil for a masked cell.
    package var value: Double?

    package init(column: Int, row: Int, value: Double?) {
      (self.column, self.row, self.value) = (column, row, value)
    }
  }

  package var title: String
  package var x: BinAxis
  package var y: BinAxis
  package var valueLabel: String
  /// The colours reach from minus this number to this number; values beyond have the end's colour.
  package var largest: Double
  package var cells: [Cell]
  /// Whether cells show their numbers or signs.
  package var showsNumbers = true
  package var caption: String
  package var width = 760.0
  package var height = 460.0
  /// Pixels for the names of the rows.
  package var left = 90.0

  package init(
    title: String, x: BinAxis, y: BinAxis, valueLabel: String, largest: Double = 5, cells: [Cell], caption: String = ""
  ) {
    (self.title, self.x, self.y, self.valueLabel) = (title, x, y, valueLabel)
    (self.largest, self.cells, self.caption) = (largest.isFinite && largest > 0 ? largest : 1, cells, caption)
  }

  package func draw(in drawing: inout Drawing) {
    let panel = Panel(left: left, top: 50, width: width - left - 120, height: height - 115, x: x.axis, y: y.axis)
    drawing.text(title, x: panel.left, y: 30, size: 17, bold: true)
    drawing.rectangle(panel.left, panel.top, panel.width, panel.height, fill: Palette.paper)
    let (columns, rows) = (x.places.map(panel.horizontal), y.places.map(panel.vertical))
    for cell in cells
    where columns.indices.dropLast().contains(cell.column) && rows.indices.dropLast().contains(cell.row) {
      let (left, right) = (columns[cell.column], columns[cell.column + 1])
      let (top, bottom) = (rows[cell.row + 1], rows[cell.row])
      if let value = cell.value, !value.isNaN {
        drawing.rectangle(
          left + 0.5, top + 0.5, right - left - 1, bottom - top - 1, fill: DivergingColourMap.colour(value / largest))
        guard showsNumbers else { continue }
        drawNumber(value, x: (left + right) / 2, y: (top + bottom) / 2, right - left, bottom - top, in: &drawing)
      } else {
        drawing.hatch(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1)
      }
    }
    panel.drawColumns(x, in: &drawing)
    panel.drawLines(y, in: &drawing)
    panel.drawFrame(in: &drawing)
    drawBar(left: panel.right + 22, top: panel.top, height: panel.height - 40, in: &drawing)
  }

  private func drawNumber(
    _ value: Double, x: Double, y: Double, _ width: Double, _ height: Double, in drawing: inout Drawing
  ) {
    let magnitude = fixed(value.magnitude, value.magnitude < 9.95 ? 1 : 0)
    let sign = value < 0 ? "−" : "+"
    let number = magnitude == "0.0" ? "0" : sign + magnitude
    guard height >= 15, width >= 8 else { return }
    let text = width >= 7.4 * Double(number.count) + 4 ? number : value.magnitude >= 1 ? sign : ""
    guard !text.isEmpty else { return }
    drawing.text(text, x: x, y: y + 4.5, anchor: .middle, size: 13, colour: DivergingColourMap.ink(on: value / largest))
  }

  private func drawBar(left: Double, top: Double, height: Double, in drawing: inout Drawing) {
    let scale = Axis(label: valueLabel, lower: -largest, upper: largest, tickCount: 10)
    let bands = 40
    for index in 0..<bands {
      let step = height / Double(bands)
      let fraction = 2 * (Double(index) + 0.5) / Double(bands) - 1
      drawing.rectangle(
        left, top + height - step * Double(index + 1), 16, step + 0.3, fill: DivergingColourMap.colour(fraction))
    }
    for tick in scale.ticks {
      let y = top + height * (1 - scale.fraction(tick))
      drawing.line(left + 16, y, left + 20, y, colour: Palette.ink)
      drawing.text((tick > 0 ? "+" : "") + scale.text(tick), x: left + 24, y: y + 4.5, size: 12)
    }
    drawing.text(scale.title, x: left + 74, y: top, anchor: .end, size: 14, upwards: true)
    if cells.contains(where: { $0.value?.isNaN ?? true }) {
      drawing.hatch(left, top + height + 20, 16, 16)
      drawing.text("masked", x: left + 24, y: top + height + 33, size: 12)
    }
  }
}
