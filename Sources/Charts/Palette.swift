// The colours of all charts: those of M. Okabe and K. Ito, which colour-blind people tell apart.

enum Palette {
  static let ink = "#222222"
  static let faint = "#767676"
  static let grid = "#E4E4E4"
  static let band = "#F1F1F1"
  static let paper = "#FFFFFF"
  private static let series = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F"]
  private static let dashes = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 2"]

  /// The colour of the n-th series; begins anew after the seventh.
  static func colour(_ index: Int) -> String { series[index % series.count] }

  /// A dash pattern, so that series differ in print too.
  static func dash(_ index: Int) -> String { dashes[index % dashes.count] }
}
