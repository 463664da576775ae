// The elements of an SVG file and the panels that charts are put together from.

/// An SVG file under construction. Coordinates are pixels, y downwards.
package struct Drawing {
  let width: Double
  let height: Double
  private var elements: [String] = []

  enum Anchor: String { case start, middle, end }

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func add(_ element: String) { elements.append(element) }

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, size: Double = 14, colour: Colour = Palette.ink,
    bold: Bool = false, upwards: Bool = false
  ) {
    let turn = upwards ? " transform=\"rotate(-90 \(pixel(x)) \(pixel(y)))\"" : ""
    add(
      "<text x=\"\(pixel(x))\" y=\"\(pixel(y))\" text-anchor=\"\(anchor.rawValue)\" font-size=\"\(pixel(size))\""
        + " \(colour.fill)\(bold ? " font-weight=\"600\"" : "")\(turn)>\(escaped(text))</text>")
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, colour: Colour, width: Double = 1, dash: String = ""
  ) {
    add(
      "<line x1=\"\(pixel(x1))\" y1=\"\(pixel(y1))\" x2=\"\(pixel(x2))\" y2=\"\(pixel(y2))\" \(colour.stroke)"
        + " stroke-width=\"\(pixel(width))\"\(dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")/>")
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: Colour, opacity: Double = 1
  ) {
    add(
      "<rect x=\"\(pixel(x))\" y=\"\(pixel(y))\" width=\"\(pixel(max(width, 0)))\" height=\"\(pixel(max(height, 0)))\""
        + " \(fill.fill)\(opacity < 1 ? " fill-opacity=\"\(pixel(opacity))\"" : "")/>")
  }

  /// Adds another drawing as it is.
  mutating func embed(_ other: Drawing, x: Double, y: Double) {
    let size = "width=\"\(pixel(other.width))\" height=\"\(pixel(other.height))\""
    add(
      "<svg x=\"\(pixel(x))\" y=\"\(pixel(y))\" \(size) viewBox=\"0 0 \(pixel(other.width)) \(pixel(other.height))\">")
    elements += other.elements
    add("</svg>")
  }

  /// The file. `title` is what screen readers and tooltips show, `description` what they tell besides.
  func svg(title: String, description: String = "") -> String {
    let size = "width=\"\(pixel(width))\" height=\"\(pixel(height))\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="chart" \(size) viewBox="0 0 \(pixel(width)) \(pixel(height))" role="img" \
      font-family="Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif">
      <title>\(escaped(title))</title>\(description.isEmpty ? "" : "\n<desc>\(escaped(description))</desc>")
      <style>\(Colour.styleSheet)</style>
      <rect width="100%" height="100%" \(Palette.paper.fill)/>
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }
}

/// A rectangle of a drawing with an axis below and one at the left.
struct Panel {
  let left: Double
  let top: Double
  let width: Double
  let height: Double
  let x: Axis
  let y: Axis

  var right: Double { left + width }
  var bottom: Double { top + height }

  func horizontal(_ value: Double) -> Double { left + x.fraction(value) * width }
  func vertical(_ value: Double) -> Double { bottom - y.fraction(value) * height }

  /// The lines across, their labels and the title of y.
  func drawRows(in drawing: inout Drawing) {
    drawing.rectangle(left, top, width, height, fill: Palette.paper)
    for tick in y.ticks {
      let place = vertical(tick)
      drawing.line(left, place, right, place, colour: Palette.grid)
      drawing.text(y.text(tick), x: left - 8, y: place + 4.5, anchor: .end, size: 13)
    }
    drawing.text(y.title, x: left - 58, y: top, anchor: .end, size: 15, upwards: true)
  }

  /// Grid, ticks and tick labels; the title of x where requested.
  func drawGrid(in drawing: inout Drawing, labelled: Bool = true) {
    drawRows(in: &drawing)
    for tick in x.ticks {
      let place = horizontal(tick)
      drawing.line(place, bottom, place, bottom + 5, colour: Palette.ink)
      if labelled { drawing.text(x.text(tick), x: place, y: bottom + 20, anchor: .middle, size: 13) }
    }
    if labelled { drawing.text(x.title, x: right, y: bottom + 42, anchor: .end, size: 15) }
  }

  /// The axes' lines, over what was drawn.
  func drawFrame(in drawing: inout Drawing) {
    drawing.add(
      "<rect x=\"\(pixel(left))\" y=\"\(pixel(top))\" width=\"\(pixel(width))\" height=\"\(pixel(height))\" fill=\"none\""
        + " \(Palette.ink.stroke) stroke-width=\"1\"/>")
  }

  /// Begins a group that is cut off at the panel's edges; `endClip` ends it.
  func beginClip(in drawing: inout Drawing) {
    let name = "clip-\(pixel(left))-\(pixel(top))-\(pixel(width))-\(pixel(height))".replacing(".", with: "_")
    drawing.add(
      "<clipPath id=\"\(name)\"><rect x=\"\(pixel(left))\" y=\"\(pixel(top))\" width=\"\(pixel(width))\""
        + " height=\"\(pixel(height))\"/></clipPath>")
    drawing.add("<g clip-path=\"url(#\(name))\">")
  }

  func endClip(in drawing: inout Drawing) { drawing.add("</g>") }

  /// A line through points, broken where one of them is not finite; a point without neighbours is a disc.
  func curve(
    in drawing: inout Drawing, x xs: [Double], y ys: [Double], colour: Colour, width lineWidth: Double = 2,
    dash: String = ""
  ) {
    let points = zip(xs, ys).map { (x: $0, y: $1) }
    let isDrawn = points.map { $0.x.isFinite && $0.y.isFinite }
    var path = ""
    for (index, point) in points.enumerated() where isDrawn[index] {
      let (x, y) = (horizontal(point.x), vertical(point.y))
      let follows = index > 0 && isDrawn[index - 1]
      if !follows, index + 1 == points.count || !isDrawn[index + 1] {
        drawing.mark(.disc, x: x, y: y, colour: colour)
      } else {
        path += "\(follows ? "L" : "M")\(pixel(x)) \(pixel(y))"
      }
    }
    guard !path.isEmpty else { return }
    drawing.add(
      "<path d=\"\(path)\" fill=\"none\" \(colour.stroke) stroke-width=\"\(pixel(lineWidth))\""
        + " stroke-linejoin=\"round\"\(dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")/>")
  }
}

/// One line of a legend.
struct LegendEntry {
  enum Mark {
    case line(dash: String)
    case points, box
    case marker(Marker)
  }

  let name: String
  let colour: Colour
  let mark: Mark
}

extension Panel {
  /// A legend in an upper corner.
  /// - Parameter background: what the legend stands on; on dark ground its text is light everywhere.
  func drawLegend(
    _ entries: [LegendEntry], atRight: Bool, background: Colour? = nil, in drawing: inout Drawing
  ) {
    let boxWidth = min(Self.legendWidth(entries), width)
    drawLegend(entries, left: atRight ? right - boxWidth - 10 : left + 10, background: background, in: &drawing)
  }

  /// Boxes in the colours of several series, at the right; nothing for one series.
  func drawLegend(ofSeries names: [String], in drawing: inout Drawing) {
    guard names.count > 1 else { return }
    let entries = names.enumerated().map {
      LegendEntry(name: $0.element, colour: Palette.colour($0.offset), mark: .box)
    }
    drawLegend(entries, atRight: true, in: &drawing)
  }

  /// Pixels that a legend takes.
  static func legendWidth(_ entries: [LegendEntry]) -> Double {
    // Helvetica's mean character is a little more than half as wide as the font is high.
    52 + 7.6 * Double(entries.reduce(0) { max($0, $1.name.count) })
  }

  /// A legend at a place of its own.
  func drawLegend(
    _ entries: [LegendEntry], left boxLeft: Double, background: Colour? = nil, in drawing: inout Drawing
  ) {
    guard !entries.isEmpty else { return }
    drawing.rectangle(
      boxLeft, top + 10, min(Self.legendWidth(entries), max(width, 200)), 22 * Double(entries.count) + 8,
      fill: background ?? Palette.paper,
      opacity: 0.85)
    for (index, entry) in entries.enumerated() {
      let y = top + 25 + 22 * Double(index)
      let start = boxLeft + 8
      switch entry.mark {
      case .line(let dash): drawing.line(start, y, start + 28, y, colour: entry.colour, width: 2.5, dash: dash)
      case .box: drawing.rectangle(start, y - 6, 28, 12, fill: entry.colour, opacity: background == nil ? 0.6 : 1)
      case .points:
        drawing.line(start + 14, y - 8, start + 14, y + 8, colour: entry.colour, width: 1.2)
        drawing.mark(.disc, x: start + 14, y: y, colour: entry.colour)
      case .marker(let marker):
        drawing.line(start + 14, y - 8, start + 14, y + 8, colour: entry.colour, width: 1.2)
        drawing.mark(marker, x: start + 14, y: y, colour: entry.colour)
      }
      let ink = background == nil ? Palette.ink : Colour(fixed: "#F2F2F2")
      drawing.text(entry.name, x: start + 36, y: y + 5, colour: ink)
    }
  }
}
