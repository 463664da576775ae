// A configuration as it was written: a tree of untyped values, each with its place.
internal import CanonicalJSON
internal import Text

/// A value as written, before its section gives it a type.
struct ConfigurationNode: Sendable {
  enum Content: Sendable {
    /// Nothing, `~` or `null`.
    case nothing
    /// A number in the syntax of YAML 1.2's core schema, as written.
    case number(String)
    /// `true` or `false`.
    case flag(Bool)
    case text(String)
    case list([ConfigurationNode])
    case section([Entry])
  }

  /// A key and its value.
  struct Entry: Sendable {
    let key: String
    /// Where the key stands.
    let place: ConfigurationPlace
    var node: ConfigurationNode
  }

  var content: Content
  var place: ConfigurationPlace

  var isNothing: Bool {
    if case .nothing = content { true } else { false }
  }

  /// What an error says was found.
  var description: String {
    switch content {
    case .nothing: "nothing"
    case .number(let written): written
    case .flag(let value): "\(value)"
    case .text(let text): jsonString(text)
    case .list(let elements): "a list of \(counted(elements.count, "value"))"
    case .section: "a section"
    }
  }
}

extension ConfigurationNode.Content {
  /// A plain scalar by YAML 1.2's core schema, without its hexadecimal and octal numbers.
  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .nothing
    case "true", "True", "TRUE": self = .flag(true)
    case "false", "False", "FALSE": self = .flag(false)
    default: self = isNumber(text) ? .number(text) : .text(text)
    }
  }
}

/// Whether a text is `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, an infinity or not a number.
private func isNumber(_ text: String) -> Bool {
  var rest = text.utf8[...]
  if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
  if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(Substring(rest))) { return true }
  func dropDigits() -> Int {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    rest.removeFirst(digits)
    return digits
  }
  var digits = dropDigits()
  if rest.first == UInt8(ascii: ".") {
    rest.removeFirst()
    digits += dropDigits()
  }
  guard digits > 0 else { return false }
  if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
    rest.removeFirst()
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard dropDigits() > 0 else { return false }
  }
  return rest.isEmpty
}
