// Errors of the YAML parser as configuration errors.
internal import CanonicalJSON
internal import Yams

extension ConfigurationError {
  init(_ error: YamlError, in yaml: String, place: (Int) -> ConfigurationPlace) {
    switch error {
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      if let repeated = RepeatedKey(key, at: context.mark, in: yaml) {
        self.init(repeated: repeated.path, first: place(repeated.firstLine), place: place(repeated.line))
      } else {
        self.init(repeated: key, first: nil, place: place(context.mark.line))
      }
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(syntax: problem, place: place(mark.line))
    case .reader(let problem, let offset, _, let text):
      let line = 1 + text.prefix(offset ?? 0).count { $0.isNewline }
      self.init(syntax: problem, place: place(line))
    default:
      self.init(syntax: "it cannot be read", place: place(1))
    }
  }

  private init(syntax problem: String, place: ConfigurationPlace) {
    self.init(place: place, path: "", finding: "found a YAML syntax error (\(problem))", expected: "a YAML document")
  }

  /// A key that stands twice in one section.
  init(repeated path: String, first: ConfigurationPlace?, place: ConfigurationPlace) {
    let origin = if case .line(let line, _) = first { ", first on line \(line)" } else { "" }
    self.init(place: place, path: path, finding: "found twice\(origin)", expected: "each key once")
  }
}

/// A key that stands twice in one mapping.
///
/// The parser tells only the key and the mark of its first place. With that one renamed the document can be read, and
/// the path and the second place are found.
private struct RepeatedKey {
  let path: String
  let firstLine: Int
  let line: Int

  /// nil where the key's spelling in the document is not the key itself, or another key is repeated too.
  init?(_ key: String, at mark: Mark, in yaml: String) {
    var name = key + "-"
    while yaml.contains(name) { name += "-" }
    var lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.indices.contains(mark.line - 1) else { return nil }
    let scalars = lines[mark.line - 1].unicodeScalars
    let rest = Substring(scalars.dropFirst(mark.column - 1))
    let spellings = [key, "\"\(key)\"", "'\(key)'"]
    guard !key.isEmpty, let spelling = spellings.first(where: { rest.hasPrefix($0) }) else { return nil }
    let renamed = String(Substring(scalars.prefix(mark.column - 1))) + jsonString(name) + rest.dropFirst(spelling.count)
    lines[mark.line - 1] = renamed[...]
    guard let root = try? Yams.compose(yaml: lines.joined(separator: "\n")),
      let found = Self.find(key, besides: name, in: root, path: "", depth: 0)
    else { return nil }
    (path, firstLine, line) = (found.path, mark.line, found.line)
  }

  private static func find(
    _ key: String, besides name: String, in node: Node, path: String, depth: Int
  ) -> (path: String, line: Int)? {
    guard depth < 32 else { return nil }
    if let sequence = node.sequence {
      for (index, element) in sequence.enumerated() {
        if let found = find(key, besides: name, in: element, path: joined(path, "\(index)"), depth: depth + 1) {
          return found
        }
      }
    }
    guard let mapping = node.mapping else { return nil }
    if mapping.contains(where: { $0.key.scalar?.string == name }) {
      return mapping.first { $0.key.scalar?.string == key }.map { (joined(path, key), $0.key.mark?.line ?? 1) }
    }
    for (keyNode, value) in mapping {
      let path = joined(path, keyNode.scalar?.string ?? "?")
      if let found = find(key, besides: name, in: value, path: path, depth: depth + 1) { return found }
    }
    return nil
  }
}
