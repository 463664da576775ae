// Colours that have one look on light paper and another one in the dark.

/// A colour of a chart. An element carries the light one as an attribute, which every viewer understands, and a class by
/// which the file's style sheet changes it where the reader prefers dark surroundings.
struct Colour: Sendable, Equatable {
  /// The classes are `f-NAME` and `s-NAME`; empty for a colour that is the same everywhere.
  let name: String
  let light: String
  let dark: String

  init(_ name: String, light: String, dark: String) {
    (self.name, self.light, self.dark) = (name, light, dark)
  }

  /// A colour with a meaning of its own, such as a value on a colour map.
  init(fixed: String) {
    self.init("", light: fixed, dark: fixed)
  }

  /// The attributes of an area or a text.
  var fill: String { name.isEmpty ? "fill=\"\(light)\"" : "fill=\"\(light)\" class=\"f-\(name)\"" }
  /// The attributes of a line; an element has one of the two only.
  var stroke: String { name.isEmpty ? "stroke=\"\(light)\"" : "stroke=\"\(light)\" class=\"s-\(name)\"" }

  /// The rule that darkens or lightens what has the classes.
  fileprivate var rule: String {
    ".chart .f-\(name){fill:\(dark)}.chart .s-\(name){stroke:\(dark)}"
  }

  /// What a file's style sheet says; valid in an SVG file and for a picture inside a page.
  static var styleSheet: String {
    "@media (prefers-color-scheme:dark){\(Palette.all.map(\.rule).joined())}"
  }
}
