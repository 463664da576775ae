// What is known of the terminal behind a stream: whether there is one, how wide it is, whether it takes colours.
internal import Foundation
internal import Numerics

/// How a word stands out.
package enum Style: String {
  case plain = "0"
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"
  case magenta = "35"
  case cyan = "36"
}

/// A stream as a person sees it.
package struct Terminal {
  package let isInteractive: Bool
  /// Characters in a line; nil where unknown or without a terminal.
  package let width: Int?
  /// Lines on the screen; nil where unknown.
  let height: Int?
  package let hasColours: Bool

  package static let input = Terminal(descriptor: STDIN_FILENO)
  package static let output = Terminal(descriptor: STDOUT_FILENO)
  package static let error = Terminal(descriptor: STDERR_FILENO)

  private init(descriptor: Int32) {
    isInteractive = isatty(descriptor) == 1
    guard isInteractive else {
      (width, height, hasColours) = (nil, nil, false)
      return
    }
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : environment("COLUMNS").flatMap { Bound.terminalWidth.value(of: $0) }
    height = known && size.ws_row > 0 ? Int(size.ws_row) : nil
    hasColours = environment("NO_COLOR") == nil && environment("TERM") != "dumb"
  }

  /// The same terminal with another width.
  package init(_ terminal: Terminal, width: Int) {
    (isInteractive, height, hasColours) = (terminal.isInteractive, terminal.height, terminal.hasColours)
    self.width = width
  }

  /// The text in a style, where the terminal takes colours.
  package func styled(_ text: String, _ style: Style) -> String {
    hasColours && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// An environment variable that is set and not empty.
package func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
