// What the libraries' texts must not name: the program that a person runs.

/// The first option, command or environment variable of the program `fastsim` in a text; nil where there is none.
package func programName(in text: String) -> String? {
  let commands =
    "train|resume|fork|runs|show|history|compare|datasets|artifact|sql|audit|tag|note|rename|delete|restore|prune|"
    + "backup|doctor|merge|export|import|study|sample|simulate|splot|baseline"
  let pattern = #"--[a-z][a-z-]*|`|sqlite3 |FASTSIM_[A-Z_]+|fastsim (?:"# + commands + #")\b"#
  guard let found = try? Regex(pattern), let match = text.firstMatch(of: found) else { return nil }
  return String(text[match.range])
}

/// The names of an enumeration's cases in a source file, in their order.
package func caseNames(ofEnumIn source: String) -> [String] {
  source.split(separator: "\n").flatMap { line -> [String] in
    let words = line.split(separator: " ", maxSplits: 1)
    guard line.hasPrefix("  case "), words.count == 2, !line.hasPrefix("  case .") else { return [] }
    return [String(words[1].prefix { $0.isLetter || $0.isNumber })]
  }
}

/// The name of a value's case.
package func caseName(of value: Any) -> String {
  Mirror(reflecting: value).children.first?.label ?? "\(value)"
}
