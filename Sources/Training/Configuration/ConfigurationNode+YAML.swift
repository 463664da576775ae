// YAML to a tree of untyped values with their places.
internal import CanonicalJSON
internal import Yams

extension ConfigurationNode {
  /// A single YAML document; an empty one is `nothing`.
  /// - Parameter place: the place of a line, counted from 1.
  /// - Throws: `ConfigurationError` for a syntax error, a repeated key, a tag, more than 32 aliases, or more than 100 000
  ///   values.
  init(yaml: String, place: @escaping (Int) -> ConfigurationPlace) throws {
    try refuseManyAliases(in: yaml, place: place)
    var conversion = Conversion(place: place)
    // An editor's byte order mark, which the parser does not know.
    let yaml = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
    do {
      guard let root = try Yams.compose(yaml: yaml) else {
        self.init(content: .nothing, place: place(1))
        return
      }
      self = try conversion.node(root, path: "", depth: 0)
    } catch let error as YamlError {
      throw ConfigurationError(error, in: yaml, place: place)
    }
  }
}

/// Throws where a text has more than 32 asterisks that may begin an alias.
///
/// Aliases of aliases make a few lines stand for billions of values, and the parser visits each of them where it looks for
/// repeated keys. 32 aliases stand for some 10⁵ times what they name at most: 3 nodes at each of 11 levels.
private func refuseManyAliases(in yaml: String, place: (Int) -> ConfigurationPlace) throws {
  let limit = 32
  var (count, line) = (0, 1)
  var last: Unicode.Scalar = "\n"
  for scalar in yaml.unicodeScalars {
    if scalar == "*", " \t\r\n[{,:".unicodeScalars.contains(last) { count += 1 }
    guard count <= limit else {
      throw ConfigurationError(
        place: place(line), path: "", finding: "found more than \(limit) aliases", expected: "at most \(limit)")
    }
    if scalar == "\n" { line += 1 }
    last = scalar
  }
}

/// A walk over the nodes of a document.
private struct Conversion {
  let place: (Int) -> ConfigurationPlace
  private var count = 0
  private static let countLimit = 100_000
  private static let depthLimit = 32

  init(place: @escaping (Int) -> ConfigurationPlace) {
    self.place = place
  }

  mutating func node(_ node: Node, path: String, depth: Int) throws -> ConfigurationNode {
    let place = place(node.mark?.line ?? 1)
    count += 1
    // Aliases of aliases can make a few lines stand for billions of values.
    guard count <= Self.countLimit, depth <= Self.depthLimit else {
      throw ConfigurationError(
        place: place, path: path, finding: "found too many values",
        expected: "at most \(Self.countLimit) values, nested at most \(Self.depthLimit) deep")
    }
    switch node {
    case .scalar(let scalar):
      return ConfigurationNode(content: try content(scalar, path: path, place: place), place: place)
    case .sequence(let sequence):
      try refuseTag(sequence.tag, path: path, place: place)
      var elements: [ConfigurationNode] = []
      for (index, element) in sequence.enumerated() {
        elements.append(try self.node(element, path: joined(path, "\(index)"), depth: depth + 1))
      }
      return ConfigurationNode(content: .list(elements), place: place)
    case .mapping(let mapping):
      try refuseTag(mapping.tag, path: path, place: place)
      return ConfigurationNode(content: .section(try entries(mapping, path: path, depth: depth)), place: place)
    case .alias:
      throw ConfigurationError(place: place, path: path, finding: "found an unknown alias", expected: "a value")
    }
  }

  private mutating func entries(
    _ mapping: Node.Mapping, path: String, depth: Int
  ) throws -> [ConfigurationNode.Entry] {
    var entries: [ConfigurationNode.Entry] = []
    var merged: [ConfigurationNode.Entry] = []
    for (keyNode, valueNode) in mapping {
      let place = place(keyNode.mark?.line ?? 1)
      guard case .scalar(let scalar) = keyNode else {
        throw ConfigurationError(place: place, path: path, finding: "found a key that is no text", expected: "a name")
      }
      let key = scalar.string
      let value = try node(valueNode, path: joined(path, key), depth: depth + 1)
      if key == "<<", scalar.style == .plain {
        merged += try mergedEntries(value, path: joined(path, key))
        continue
      }
      if let first = entries.first(where: { $0.key == key }) {
        throw ConfigurationError(repeated: joined(path, key), first: first.place, place: place)
      }
      entries.append(ConfigurationNode.Entry(key: key, place: place, node: value))
    }
    for entry in merged where !entries.contains(where: { $0.key == entry.key }) {
      entries.append(entry)
    }
    return entries
  }

  /// The entries that a merge key `<<` brings in; the first of several sections wins.
  private func mergedEntries(_ value: ConfigurationNode, path: String) throws -> [ConfigurationNode.Entry] {
    switch value.content {
    case .section(let entries): entries
    case .list(let elements): try elements.flatMap { try mergedEntries($0, path: path) }
    default:
      throw ConfigurationError(
        place: value.place, path: path, finding: "found \(value.description)", expected: "a section to merge")
    }
  }

  private func content(
    _ scalar: Node.Scalar, path: String, place: ConfigurationPlace
  ) throws -> ConfigurationNode.Content {
    // Yams gives quoted scalars, and those tagged !!str, the tag of text.
    if scalar.tag == Tag(.str) { return .text(scalar.string) }
    try refuseTag(scalar.tag, path: path, place: place)
    return .init(plain: scalar.string)
  }

  private func refuseTag(_ tag: Tag, path: String, place: ConfigurationPlace) throws {
    guard tag != Tag(.implicit) else { return }
    throw ConfigurationError(
      place: place, path: path, finding: "found the YAML tag \(jsonString("\(tag)"))", expected: "a value without a tag"
    )
  }
}

/// The dotted path of a key in a section.
func joined(_ path: String, _ key: String) -> String {
  path.isEmpty ? key : "\(path).\(key)"
}
