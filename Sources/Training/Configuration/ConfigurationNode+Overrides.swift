// Settings that replace those of a file, as `--set path=value` gives them.
internal import CanonicalJSON

extension ConfigurationNode {
  /// The tree with settings replaced, in order.
  ///
  /// A path names keys, and elements of lists by their index from 0, joined by dots. Sections that are not there are
  /// made; whether a path exists is seen when the tree is decoded. A value is YAML; `null` takes a setting away, and where
  /// there is none leaves a null behind, so that a mistyped path is found.
  /// - Throws: `ConfigurationError` for a path or an invalid value.
  func applying(_ overrides: [(path: String, value: String)]) throws -> ConfigurationNode {
    var tree = self
    for (path, text) in overrides {
      let value: ConfigurationNode
      do {
        value = try ConfigurationNode(yaml: text, place: { _ in .override })
      } catch let error as ConfigurationError {
        throw ConfigurationError(
          place: .override, path: error.path.isEmpty ? path : joined(path, error.path), finding: error.finding,
          expected: error.expected)
      }
      try tree.set(path, to: value, place: .override)
    }
    return tree
  }

  /// Replaces the setting at a path.
  /// - Parameter place: where the path was written.
  mutating func set(_ path: String, to value: ConfigurationNode, place: ConfigurationPlace) throws {
    let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !keys.contains("") else {
      throw ConfigurationError(
        place: place, path: "", finding: "found the path \(jsonString(path))", expected: "keys joined by dots")
    }
    try set(keys[...], to: value, path: "", place: place)
  }

  private mutating func set(
    _ keys: ArraySlice<String>, to value: ConfigurationNode, path: String, place origin: ConfigurationPlace
  ) throws {
    guard let key = keys.first else {
      self = value
      return
    }
    let path = joined(path, key)
    if case .list(var elements) = content {
      guard let index = Int(key), elements.indices.contains(index) else {
        throw ConfigurationError(
          place: origin, path: path, finding: "found no such place in \(description)",
          expected: "the place of an element, counted from 0")
      }
      try elements[index].set(keys.dropFirst(), to: value, path: path, place: origin)
      content = .list(elements)
      return
    }
    var entries: [Entry] = []
    if case .section(let present) = content { entries = present } else { place = origin }
    let index = entries.firstIndex { $0.key == key }
    if value.isNothing, index == nil || keys.count == 1 {
      if let index { entries.remove(at: index) } else { entries.append(Entry(key: key, place: origin, node: value)) }
      content = .section(entries)
      return
    }
    var node = index.map { entries[$0].node } ?? ConfigurationNode(content: .nothing, place: origin)
    try node.set(keys.dropFirst(), to: value, path: path, place: origin)
    // A key that led here keeps its place, unless the whole of its value is new.
    let place = index.map { node.place == origin ? origin : entries[$0].place } ?? origin
    let entry = Entry(key: key, place: place, node: node)
    if let index { entries[index] = entry } else { entries.append(entry) }
    content = .section(entries)
  }
}
