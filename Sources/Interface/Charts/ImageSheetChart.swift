// Images of energies in cells side by side, on one logarithmic scale.
internal import Numerics

/// Rows and columns of images with a colour bar. The ground is darker than every colour, on light and on dark paper, so that
/// brightness is energy also without colours.
///
///     ImageSheetChart(
///       title: "Showers", rowNames: ["real", "generated"], columnNames: [["5 GeV"], ["50 GeV"]], images: images,
///       valueLabel: "energy", unit: "MeV").svg
package struct ImageSheetChart: Chart, Equatable {
  package struct Image: Sendable, Equatable {
    package var columns: Int
    package var rows: Int
    /// Row-major, the lowest row first unless `startsAtTop`.
    package var values: [Double]
    package var startsAtTop: Bool

    package init(columns: Int, rows: Int, values: [Double], startsAtTop: Bool = false) {
      (self.columns, self.rows, self.values, self.startsAtTop) = (columns, rows, values, startsAtTop)
    }
  }

  package var title: String
  package var rowNames: [String]
  /// Lines above each column of images.
  package var columnNames: [[String]]
  /// One list for each row; nil leaves a place empty.
  package var images: [[Image?]]
  package var valueLabel: String
  package var unit: String
  /// The horizontal and the vertical direction of all images, first cell to last.
  package var across: Axis
  package var up: Axis
  package var caption: String
  /// Pixels of an image; its cells are stretched to fill them.
  package var imageWidth = 150.0
  package var imageHeight = 150.0

  /// Decades that the colours cover below the largest cell.
  private static let decadesShown = 4.0
  private static let shades = 48
  private static let ground = Colour(fixed: "#100416")

  package init(
    title: String, rowNames: [String], columnNames: [[String]], images: [[Image?]], valueLabel: String, unit: String,
    across: Axis, up: Axis, caption: String = ""
  ) {
    (self.title, self.rowNames, self.columnNames, self.images) = (title, rowNames, columnNames, images)
    (self.valueLabel, self.unit, self.across, self.up, self.caption) = (valueLabel, unit, across, up, caption)
  }

  private static let gap = 14.0
  private static let left = 104.0
  private static let barRoom = 110.0
  private var columnCount: Int { images.map(\.count).max() ?? 0 }
  private var headLines: Int { columnNames.map(\.count).max() ?? 0 }
  private var top: Double { 50 + 16 * Double(headLines) }

  package var width: Double {
    max(420, Self.left + Double(columnCount) * (imageWidth + Self.gap) + Self.barRoom)
  }
  package var height: Double { top + Double(images.count) * (imageHeight + Self.gap) + 36 }

  /// Decimal logarithms between which the colours lie.
  private var scale: (lower: Double, upper: Double) {
    let positive = images.joined().compactMap(\.self).flatMap(\.values).filter { $0 > 0 && $0.isFinite }
    guard let largest = positive.max(), let smallest = positive.min() else { return (-1, 0) }
    let upper = decades(largest)
    let lower = max(decades(smallest), upper - Self.decadesShown)
    return (lower < upper ? lower : upper - 1, upper)
  }

  package func draw(in drawing: inout Drawing) {
    drawing.text(title, x: 20, y: 28, size: 17, bold: true)
    let scale = scale
    for (column, lines) in columnNames.enumerated() {
      for (number, line) in lines.enumerated() {
        drawing.text(
          line, x: x(column) + imageWidth / 2, y: 56 + 16 * Double(number), anchor: .middle,
          size: number == 0 ? 14 : 12,
          colour: number == 0 ? Palette.ink : Palette.faint)
      }
    }
    for (row, images) in images.enumerated() {
      let y = y(row)
      if row < rowNames.count {
        drawing.text(
          rowNames[row], x: 28, y: y + imageHeight / 2, anchor: .middle, size: 15, bold: true, upwards: true)
      }
      for (column, image) in images.enumerated() {
        guard let image else { continue }
        draw(image, x(column), y, scale, in: &drawing)
      }
      drawUp(y, startsAtTop: images.compactMap(\.self).first?.startsAtTop ?? false, in: &drawing)
    }
    for column in 0..<columnCount { drawAcross(x(column), in: &drawing) }
    drawBar(scale, in: &drawing)
  }

  private func y(_ row: Int) -> Double { top + Double(row) * (imageHeight + Self.gap) }

  /// Ticks, numbers and title at the left of a row.
  private func drawUp(_ top: Double, startsAtTop: Bool, in drawing: inout Drawing) {
    guard !up.label.isEmpty else { return }
    drawing.text(
      up.title, x: 54, y: top + imageHeight / 2, anchor: .middle, size: 13, colour: Palette.faint, upwards: true)
    let ticks = up.ticks.map { (startsAtTop ? up.fraction($0) : 1 - up.fraction($0), up.text($0)) }
    var free = Double.infinity
    for (fraction, text) in ticks.sorted(by: { $0.0 > $1.0 }) {
      let y = top + imageHeight * fraction
      drawing.line(Self.left - 4, y, Self.left, y, colour: Palette.ink)
      guard y < free else { continue }
      free = y - 14
      drawing.text(text, x: Self.left - 6, y: y + 4, anchor: .end, size: 11)
    }
  }

  /// Ticks, numbers and title below the last row.
  private func drawAcross(_ left: Double, in drawing: inout Drawing) {
    let bottom = y(images.count) - Self.gap
    var free = -Double.infinity
    for tick in across.ticks {
      let x = left + imageWidth * across.fraction(tick)
      let half = 3.2 * Double(across.text(tick).count)
      drawing.line(x, bottom, x, bottom + 4, colour: Palette.ink)
      guard x - half > free, x - half > left - 6, x + half < left + imageWidth + 6 else { continue }
      free = x + half + 4
      drawing.text(across.text(tick), x: x, y: bottom + 16, anchor: .middle, size: 11)
    }
    drawing.text(
      across.title, x: left + imageWidth / 2, y: bottom + 33, anchor: .middle, size: 13, colour: Palette.faint)
  }

  private func x(_ column: Int) -> Double { Self.left + Double(column) * (imageWidth + Self.gap) }

  /// One path for all cells of a shade keeps the file small.
  private func draw(
    _ image: Image, _ left: Double, _ top: Double, _ scale: (lower: Double, upper: Double), in drawing: inout Drawing
  ) {
    drawing.rectangle(left, top, imageWidth, imageHeight, fill: Self.ground)
    let (width, height) = (imageWidth / Double(max(1, image.columns)), imageHeight / Double(max(1, image.rows)))
    var paths = [String](repeating: "", count: Self.shades)
    for (place, value) in image.values.prefix(image.columns * image.rows).enumerated() where value > 0 {
      let (row, column) = place.quotientAndRemainder(dividingBy: image.columns)
      let fraction = (decades(value) - scale.lower) / (scale.upper - scale.lower)
      guard fraction.isFinite else { continue }
      let shade = Int(min(max(fraction, 0), 1) * Double(Self.shades - 1) + 0.5)
      let line = image.startsAtTop ? row : image.rows - 1 - row
      // A little overlap hides the seams between cells.
      let (across, down) = (width + (column + 1 < image.columns ? 0.2 : 0), height + (line + 1 < image.rows ? 0.2 : 0))
      paths[shade] +=
        "M\(pixel(left + Double(column) * width)) \(pixel(top + Double(line) * height))h\(pixel(across))"
        + "v\(pixel(down))h\(pixel(-across))z"
    }
    for (shade, path) in paths.enumerated() where !path.isEmpty {
      let colour = ColourMap.colour(Double(shade) / Double(Self.shades - 1))
      drawing.add("<path d=\"\(path)\" \(colour.fill) shape-rendering=\"crispEdges\"/>")
    }
    drawing.add(
      "<rect x=\"\(pixel(left))\" y=\"\(pixel(top))\" width=\"\(pixel(imageWidth))\" height=\"\(pixel(imageHeight))\""
        + " fill=\"none\" \(Palette.faint.stroke)/>")
  }

  private func drawBar(_ scale: (lower: Double, upper: Double), in drawing: inout Drawing) {
    let left = x(columnCount) + 8
    let height = Double(images.count) * (imageHeight + Self.gap) - Self.gap - 22
    drawing.rectangle(left, top + height + 6, 16, 16, fill: Self.ground)
    drawing.text("none", x: left + 25, y: top + height + 18, size: 12)
    for shade in 0..<Self.shades {
      let step = height / Double(Self.shades)
      drawing.rectangle(
        left, top + height - step * Double(shade + 1), 16, step + 0.6,
        fill: ColourMap.colour(Double(shade) / Double(Self.shades - 1)))
    }
    var free = Double.infinity
    for mark in Self.marks(scale) {
      let y = top + height * (1 - (mark.place - scale.lower) / (scale.upper - scale.lower))
      drawing.line(left + 16, y, left + 21, y, colour: Palette.ink)
      guard !mark.text.isEmpty, free - y > 14 else { continue }
      free = y
      drawing.text(mark.text, x: left + 25, y: y + 4.5, size: 12)
    }
    drawing.text(
      unit.isEmpty ? valueLabel : "\(valueLabel) [\(unit)]", x: left + 84, y: top + height / 2, anchor: .middle,
      size: 14, upwards: true)
  }

  /// Powers of ten with their labels; where there are less than two of them 2 and 5 times such powers too.
  private static func marks(_ scale: (lower: Double, upper: Double)) -> [(place: Double, text: String)] {
    let powers = Int(scale.lower.rounded(.down))...Int(scale.upper.rounded(.up))
    let factors: [Double] = scale.upper - scale.lower < 2 ? [1, 2, 5] : [1]
    return powers.flatMap { power in
      factors.compactMap { factor in
        let place = Double(power) + decades(factor)
        guard place >= scale.lower - 1e-6, place <= scale.upper + 1e-6 else { return nil }
        let value = (0..<abs(power)).reduce(factor) { number, _ in power < 0 ? number / 10 : number * 10 }
        return (place, shortNumber(value))
      }
    }
  }
}
