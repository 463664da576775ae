// Printed values as cells of a page's table.
package import Charts
package import Output
internal import Text

extension HTMLPage.Cell {
  /// Numbers flush right; a finished run green, a failed one red.
  package init(_ value: OutputValue) {
    let mood: HTMLPage.Mood =
      switch value.style {
      case .green: .good
      case .red: .bad
      default: .plain
      }
    self.init(printable(value.shortText), mood: mood, isNumber: value.isNumeric)
  }
}
