// The marks of points, so that series differ in print without colours too.

/// The shape of a point.
enum Marker: Sendable, Equatable {
  case disc, square, diamond, triangle

  /// The mark of the n-th series; repeats after the fourth.
  init(_ index: Int) { self = [Marker.disc, .square, .diamond, .triangle][index % 4] }
}

extension Drawing {
  /// A mark of about 7 pixels.
  mutating func mark(_ marker: Marker, x: Double, y: Double, colour: Colour) {
    func path(_ points: [(Double, Double)]) -> String {
      let corners = points.map { "\(pixel(x + $0.0)) \(pixel(y + $0.1))" }
      return "<path d=\"M\(corners.joined(separator: "L"))Z\" \(colour.fill)/>"
    }
    switch marker {
    case .disc: add("<circle cx=\"\(pixel(x))\" cy=\"\(pixel(y))\" r=\"3\" \(colour.fill)/>")
    case .square: rectangle(x - 3, y - 3, 6, 6, fill: colour)
    case .diamond: add(path([(0, -4.5), (4, 0), (0, 4.5), (-4, 0)]))
    case .triangle: add(path([(0, -4), (4, 3), (-4, 3)]))
    }
  }

  /// Diagonal lines across a rectangle, for bins and cells without a value.
  mutating func hatch(_ x: Double, _ y: Double, _ width: Double, _ height: Double, colour: Colour = Palette.faint) {
    guard width > 0, height > 0, (width + height).isFinite else { return }
    rectangle(x, y, width, height, fill: Palette.band)
    var path = ""
    // Lines of x + y = place.
    var place = 7.0
    while place < width + height {
      let (right, left) = (min(place, width), max(0, place - height))
      path += "M\(pixel(x + right)) \(pixel(y + place - right))L\(pixel(x + left)) \(pixel(y + place - left))"
      place += 7
    }
    if !path.isEmpty { add("<path d=\"\(path)\" fill=\"none\" \(colour.stroke) stroke-width=\"1\"/>") }
  }
}
