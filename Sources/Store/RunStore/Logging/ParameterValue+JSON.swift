// Parameters as the canonical JSON by whose digest equal configurations are known.

/// One object with the entries in the order given, no white space, and the shortest numbers that read back; NaN and
/// infinities are the strings of the command's JSON.
func canonicalJSON(_ entries: [(key: String, value: ParameterValue)]) -> String {
  var text = "{"
  for (place, entry) in entries.enumerated() {
    if place > 0 { text += "," }
    appendQuoted(entry.key, to: &text)
    text += ":"
    switch entry.value {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .integer(let integer): text += integer.description
    case .real(let real) where real.isNaN: text += #""NaN""#
    case .real(let real) where real.isInfinite: text += real > 0 ? #""Infinity""# : #""-Infinity""#
    case .real(let real): text += real.description
    case .text(let value): appendQuoted(value, to: &text)
    }
  }
  return text + "}"
}

private func appendQuoted(_ value: String, to text: inout String) {
  func needsEscape(_ code: UInt8) -> Bool { code < 32 || code == UInt8(ascii: "\"") || code == UInt8(ascii: "\\") }
  text += "\""
  if value.utf8.contains(where: needsEscape) {
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
  } else {
    text += value
  }
  text += "\""
}
