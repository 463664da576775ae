// Signed numbers as colours: blue below zero, orange above, white at zero, for colour-blind people too.

/// A diverging colour map. Without colours the blue end is darker than the orange one.
enum DivergingColourMap {
  private static let anchors: [(red: Double, green: Double, blue: Double)] = [
    (8, 48, 107), (33, 113, 181), (107, 174, 214), (198, 219, 239), (250, 250, 250), (253, 224, 189), (253, 184, 99),
    (240, 140, 40), (214, 94, 0),
  ]

  /// - Parameter fraction: -1 to 1; values outside are moved to the nearer end.
  static func colour(_ fraction: Double) -> Colour {
    let (red, green, blue) = components(fraction)
    func text(_ component: Double) -> String {
      let digits = String(UInt8(clamping: Int(component.rounded())), radix: 16, uppercase: true)
      return digits.count < 2 ? "0" + digits : digits
    }
    return Colour(fixed: "#" + text(red) + text(green) + text(blue))
  }

  /// Black or white, whichever is easier to read on a colour.
  static func ink(on fraction: Double) -> Colour {
    let (red, green, blue) = components(fraction)
    // The luma of ITU-R BT.601.
    return Colour(fixed: 0.299 * red + 0.587 * green + 0.114 * blue > 125 ? "#111111" : "#FFFFFF")
  }

  private static func components(_ fraction: Double) -> (red: Double, green: Double, blue: Double) {
    let place = (min(max(fraction.isFinite ? fraction : 0, -1), 1) + 1) / 2 * Double(anchors.count - 1)
    let index = min(Int(place), anchors.count - 2)
    let (low, high, share) = (anchors[index], anchors[index + 1], place - Double(index))
    return (
      low.red + share * (high.red - low.red), low.green + share * (high.green - low.green),
      low.blue + share * (high.blue - low.blue)
    )
  }
}
