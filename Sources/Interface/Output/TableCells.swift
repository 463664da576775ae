// The texts of a table's cells, one after the other in one piece of memory.
internal import Numerics
internal import Text

/// Cells in their order, because a table may have hundreds of thousands. Every text is printable: control characters are
/// shown as escapes.
package struct TableCells {
  /// A cell's place among the bytes, and how it is shown.
  package struct Cell {
    fileprivate let start: Int
    fileprivate let end: Int
    /// Columns of the terminal.
    package let width: Int
    package let style: Style

    package var isEmpty: Bool { start == end }
  }

  private var bytes: [UInt8] = []
  private var cells: [Cell] = []

  package var count: Int { cells.count }

  subscript(index: Int) -> Cell { cells[index] }

  package func text(_ cell: Cell) -> String { String(decoding: bytes[cell.start..<cell.end], as: UTF8.self) }

  package func append(_ cell: Cell, to output: inout [UInt8]) { output += bytes[cell.start..<cell.end] }

  /// Adds a value's text for a person.
  package mutating func append(_ value: OutputValue) {
    let start = bytes.count
    switch value {
    case .number(let number): appendShortNumber(number, to: &bytes)
    case .integer(let integer): appendInteger(integer, to: &bytes)
    default: return append(value.shortText, value.style)
    }
    cells.append(Cell(start: start, end: bytes.count, width: bytes.count - start, style: .plain))
  }

  /// Adds a text.
  package mutating func append(_ text: String, _ style: Style = .plain) {
    let start = bytes.count
    let text = printable(text)
    bytes += text.utf8
    cells.append(Cell(start: start, end: bytes.count, width: displayWidth(text), style: style))
  }
}
