// Texts that can't steer a terminal.

/// A text in one line, what would steer a terminal shown as escapes: control characters, line separators and marks that
/// turn the direction of writing.
package func printable(_ text: String) -> String {
  if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
  guard text.unicodeScalars.contains(where: steersTerminal) else { return text }
  return text.unicodeScalars.map { steersTerminal($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
}

/// Whether a terminal would do something else with it than show it.
package func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator: true
  // Joiners belong to scripts and to pictures, tags to flags.
  case .format: !(0x200C...0x200D).contains(scalar.value) && !(0xE0020...0xE007F).contains(scalar.value)
  default: false
  }
}
