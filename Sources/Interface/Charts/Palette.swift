// The colours of all charts: those of M. Okabe and K. Ito, which colour-blind people tell apart, lightened for the dark.

enum Palette {
  static let ink = Colour("ink", light: "#222222", dark: "#E6E6E6")
  static let faint = Colour("faint", light: "#6A6A6A", dark: "#A0A0A0")
  static let grid = Colour("grid", light: "#E4E4E4", dark: "#33373D")
  static let band = Colour("band", light: "#F1F1F1", dark: "#25282D")
  static let paper = Colour("paper", light: "#FFFFFF", dark: "#16181B")
  private static let series = [
    Colour("1", light: "#0072B2", dark: "#4FB0EE"), Colour("2", light: "#D55E00", dark: "#FF8F45"),
    Colour("3", light: "#009E73", dark: "#34CFA0"), Colour("4", light: "#CC79A7", dark: "#E8A3CB"),
    Colour("5", light: "#E69F00", dark: "#FFC352"), Colour("6", light: "#56B4E9", dark: "#9AD6FA"),
    Colour("7", light: "#8C6D1F", dark: "#CDAE62"),
  ]
  private static let dashes = ["", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 2"]

  static var all: [Colour] { [ink, faint, grid, band, paper] + series }

  /// The colour of the n-th series; repeats after the seventh.
  static func colour(_ index: Int) -> Colour { series[index % series.count] }

  /// A dash pattern, so that series differ in print too.
  static func dash(_ index: Int) -> String { dashes[index % dashes.count] }
}
