// JSON strings: with the fewest escapes for digests, with more of them for terminals.

/// Which characters are escaped in a string.
enum Escaping {
  /// Quotes, backslashes and U+0000 to U+001F, as RFC 8785 has it.
  case necessary
  /// All other control characters and line separators too, which break lines or steer a terminal.
  case controls
}

/// Appends a text as a JSON string.
func appendString(_ content: String, escaping: Escaping, to text: inout String) {
  text += "\""
  appendEscaped(content, escaping: escaping, to: &text)
  text += "\""
}

private func appendEscaped(_ content: String, escaping: Escaping, to text: inout String) {
  for scalar in content.unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\u{08}": text += "\\b"
    case "\t": text += "\\t"
    case "\n": text += "\\n"
    case "\u{0C}": text += "\\f"
    case "\r": text += "\\r"
    case _ where scalar.value < 0x20 || escaping == .controls && breaksLines(scalar):
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
}

private func breaksLines(_ scalar: Unicode.Scalar) -> Bool {
  (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
}

/// A text as a JSON string that is one line and harmless to a terminal whatever it holds: for errors, YAML and printed
/// JSON, not for digests.
package func jsonString(_ text: String) -> String { "\"\(escaped(text))\"" }

/// The same without its quotes.
package func escaped(_ text: String) -> String {
  var result = ""
  appendEscaped(text, escaping: .controls, to: &result)
  return result
}
