// A configuration as YAML for people.
internal import CanonicalJSON

extension ConfigurationTree {
  /// YAML in block style, two spaces a level, plain lists in one line.
  var printed: String { lines.joined(separator: "\n") + "\n" }

  private var lines: [String] {
    switch self {
    case .value(let value): [value.yaml]
    case .list(let trees):
      trees.flatMap { tree in zip(["- "] + repeatElement("  ", count: tree.lines.count), tree.lines).map { $0 + $1 } }
    case .section(let entries):
      entries.flatMap { entry in
        if case .value(let value) = entry.value { return ["\(entry.key): \(value.yaml)"] }
        return ["\(entry.key):"] + entry.value.lines.map { "  " + $0 }
      }
    }
  }
}

extension ConfigurationValue {
  fileprivate var yaml: String {
    switch self {
    case .integer, .number: description
    case .text(let text): isPlain(text) ? text : jsonString(text)
    case .list(let values): "[\(values.map(\.yaml).joined(separator: ", "))]"
    }
  }
}

/// Whether every reader of YAML, those of version 1.1 too, takes a text without quotes for a text.
private func isPlain(_ text: String) -> Bool {
  let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
  guard let first = text.utf8.first, Character(Unicode.Scalar(first)).isLetter, text.utf8.last != UInt8(ascii: " "),
    !words.contains(text.lowercased())
  else { return false }
  return text.unicodeScalars.allSatisfy { scalar in
    scalar.isASCII
      && (Character(scalar).isLetter || Character(scalar).isNumber || "_-./+ ".unicodeScalars.contains(scalar))
  }
}
