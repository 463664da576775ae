// Numbers as colours: dark blue for the lowest over green to yellow for the highest, for colour-blind people too.

/// A sequential colour map between anchors of the map viridis (S. van der Walt, N. Smith, 2015), which reads on light and on
/// dark paper and in shades of grey.
enum ColourMap {
  private static let anchors: [(red: Double, green: Double, blue: Double)] = [
    (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141), (39, 173, 129), (92, 200, 99),
    (170, 220, 50), (253, 231, 37),
  ]

  /// - Parameter fraction: 0 to 1; values outside are moved to the nearer end.
  static func colour(_ fraction: Double) -> Colour {
    let place = min(max(fraction.isFinite ? fraction : 0, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(place), anchors.count - 2)
    let (low, high) = (anchors[index], anchors[index + 1])
    let share = place - Double(index)
    func component(_ a: Double, _ b: Double) -> String {
      let text = String(UInt8(clamping: Int((a + share * (b - a)).rounded())), radix: 16, uppercase: true)
      return text.count < 2 ? "0" + text : text
    }
    return Colour(
      fixed: "#" + component(low.red, high.red) + component(low.green, high.green) + component(low.blue, high.blue))
  }
}
