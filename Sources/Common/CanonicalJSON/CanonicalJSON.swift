// The one writer of JSON whose bytes are stored and hashed: RFC 8785, the JSON Canonicalization Scheme.

/// A value of JSON.
///
///     let value = CanonicalJSON.object([("b", .number(1e21)), ("a", .integer(1))])
///     print(value.text)  // {"a":1,"b":1e+21}
///
/// `docs/canonical-json.md` specifies the text, with what JSON has no numbers for.
package indirect enum CanonicalJSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  case list([CanonicalJSON])
  /// Entries in any order, each key once.
  case object([(key: String, value: CanonicalJSON)])

  /// The canonical text. Equal values have equal texts.
  package var text: String {
    var text = ""
    append(to: &text)
    return text
  }

  /// The value with the control characters beyond U+007F in its texts written as `\u{9b}`, so that its text can't steer a
  /// terminal.
  package var printable: CanonicalJSON {
    switch self {
    case .null, .boolean, .integer, .unsigned, .number: self
    case .text(let content):
      .text(
        content.unicodeScalars.map { (0x7F...0x9F).contains($0.value) ? $0.escaped(asASCII: true) : String($0) }
          .joined())
    case .list(let values): .list(values.map(\.printable))
    case .object(let entries): .object(entries.map { ($0.key, $0.value.printable) })
    }
  }

  private func append(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .integer(let integer): appendInteger(integer, to: &text)
    case .unsigned(let integer): appendInteger(integer, to: &text)
    case .number(let value):
      if value.isFinite { text += jsonNumber(value) } else { text += "\"\(nonFiniteName(value))\"" }
    case .text(let content): appendString(content, escaping: .necessary, to: &text)
    case .list(let values):
      text += "["
      for (place, value) in values.enumerated() {
        if place > 0 { text += "," }
        value.append(to: &text)
      }
      text += "]"
    case .object(let entries):
      text += "{"
      let sorted = entries.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      for (place, entry) in sorted.enumerated() {
        if place > 0 { text += "," }
        appendString(entry.key, escaping: .necessary, to: &text)
        text += ":"
        entry.value.append(to: &text)
      }
      text += "}"
    }
  }

  /// A JSON number is a float64 to RFC 8785, so that a larger integer would lose digits: it is a string of them.
  private func appendInteger(_ integer: some FixedWidthInteger, to text: inout String) {
    if integer.magnitude < 1 << 53 { text += "\(integer)" } else { text += "\"\(integer)\"" }
  }
}

/// What stands, as a string, for a number that JSON lacks: `NaN`, `Infinity` or `-Infinity`.
package func nonFiniteName(_ value: Double) -> String {
  value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
}

/// A finite number in the text of ECMAScript (ECMA-262, section "Number::toString"), which RFC 8785 prescribes: the fewest
/// digits that read back to the same bits, with an exponent below 1e-6 and from 1e21 on. −0 is 0.
package func jsonNumber(_ value: Double) -> String {
  if value == 0 { return "0" }
  if value.magnitude < 0x1p53, let integer = Int64(exactly: value) { return "\(integer)" }
  let (digits, point) = shortestDigits(value.magnitude)
  let sign = value < 0 ? "-" : ""
  // At most 17.
  let count = digits.count
  switch point {
  case count...21:
    return sign + digits + String(repeating: "0", count: point - count)
  case 1...21:
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  case -5...0:
    return sign + "0." + String(repeating: "0", count: -point) + digits
  default:
    let exponent = point - 1
    let fraction = count > 1 ? "." + digits.dropFirst() : ""
    return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + "\(exponent.magnitude)"
  }
}

/// The fewest digits d₁d₂… that read back to a number, which is 0.d₁d₂… times ten to the power `point`.
private func shortestDigits(_ value: Double) -> (digits: Substring, point: Int) {
  // Such as 123.456, 1.5e-07 or 5e-324.
  let parts = value.description.split(separator: "e")
  let mantissa = parts[0].split(separator: ".")
  let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  let all = mantissa.joined()
  let leading = all.prefix { $0 == "0" }.count
  var digits = all.dropFirst(leading)
  while digits.last == "0" { digits.removeLast() }
  return (digits, mantissa[0].count - leading + exponent)
}
