// A setting to be read, with its path and its place, whether it was given or not.
internal import Suggestions

/// A setting on its way to a type. Reading one that was not given throws that it is missing.
///
///     epochs = try section["epochs"].integer(0...1_000_000)
///     every = try section["every"].given?.integer(1...1_000_000) ?? 1
struct ConfigurationField {
  let path: String
  let place: ConfigurationPlace
  /// nil where the setting was not given.
  let node: ConfigurationNode?

  init(path: String, place: ConfigurationPlace, node: ConfigurationNode?) {
    (self.path, self.place, self.node) = (path, place, node)
  }

  /// The whole document.
  init(root: ConfigurationNode) {
    self.init(path: "", place: root.place, node: root)
  }

  /// The field itself when it was given; null stands for "not given".
  var given: ConfigurationField? {
    node.map(\.isNothing) == false ? self : nil
  }

  var isSection: Bool {
    if case .section = node?.content { true } else { false }
  }

  var isList: Bool {
    if case .list = node?.content { true } else { false }
  }

  var isText: Bool {
    if case .text = node?.content { true } else { false }
  }

  var isNumber: Bool {
    if case .number = node?.content { true } else { false }
  }

  /// The error that something else was expected of this field.
  /// - Parameter found: what was found; by default the value as written, or that there is none.
  func problem(found: String? = nil, expected: String, suggestion: String? = nil) -> ConfigurationError {
    let finding = (found ?? node?.description).map { "found \($0)" } ?? "missing"
    return ConfigurationError(
      place: place, path: path, finding: finding, expected: expected, suggestion: suggestion)
  }

  /// The section that this field holds.
  /// - Parameter keys: all keys that it may have.
  /// - Throws: `ConfigurationError` where it is no section or has another key.
  func section(_ keys: [String]) throws -> ConfigurationSection {
    guard case .section(let entries) = node?.content else {
      throw problem(expected: "a section with \(listed(keys, "and"))")
    }
    let section = ConfigurationSection(field: self, entries: entries)
    try section.allow(keys)
    return section
  }

  /// The same for a section all of whose settings may be left to their defaults: one without entries where none is given.
  func sectionOrEmpty(_ keys: [String]) throws -> ConfigurationSection {
    try given?.section(keys) ?? ConfigurationSection(field: self, entries: [])
  }

  /// The elements of a list.
  /// - Parameter what: the plural that errors use.
  func list<Element>(
    _ counts: ClosedRange<Int>, of what: String, _ element: (ConfigurationField) throws -> Element
  ) throws -> [Element] {
    let range =
      counts.upperBound == .max ? "\(counts.lowerBound) or more" : "\(counts.lowerBound) to \(counts.upperBound)"
    let expected = counts == 0...Int.max ? "a list of \(what)" : "a list of \(range) \(what)"
    guard case .list(let nodes) = node?.content, counts.contains(nodes.count) else {
      throw problem(expected: expected)
    }
    return try nodes.indices.map { try element(self.element($0)) }
  }

  /// An element of this field's list.
  func element(_ index: Int) -> ConfigurationField {
    guard case .list(let nodes) = node?.content, nodes.indices.contains(index) else { return self }
    return ConfigurationField(path: joined(path, "\(index)"), place: nodes[index].place, node: nodes[index])
  }

  /// Throws where an element of this field's list has the value of an earlier one.
  func refuseRepeats<Value: Equatable>(in values: [Value]) throws {
    for (index, value) in values.enumerated() where values[..<index].contains(value) {
      throw element(index).problem(
        found: "\(element(index).node?.description ?? "a value") twice", expected: "each once")
    }
  }
}

/// A section being read.
struct ConfigurationSection {
  let field: ConfigurationField
  let entries: [ConfigurationNode.Entry]

  /// The setting of a key, given or not.
  subscript(key: String) -> ConfigurationField {
    let path = joined(field.path, key)
    guard let entry = entries.first(where: { $0.key == key }) else {
      return ConfigurationField(path: path, place: field.place, node: nil)
    }
    return ConfigurationField(path: path, place: entry.place, node: entry.node)
  }

  /// Throws where a key is given that is not among the allowed ones.
  func allow(_ keys: [String]) throws {
    for entry in entries where !keys.contains(entry.key) {
      throw ConfigurationError(
        place: entry.place, path: joined(field.path, entry.key), finding: "unknown key",
        expected: listed(keys, "or"), suggestion: nearestName(to: entry.key, among: keys))
    }
  }

  /// The one key among several that is given.
  func onlyOne(of keys: [String]) throws -> String {
    let given = keys.filter { self[$0].given != nil }
    if given.count == 1 { return given[0] }
    let found = given.isEmpty ? "none of \(listed(keys, "and"))" : listed(given, "and")
    throw field.problem(found: found, expected: "exactly one of \(listed(keys, "and"))")
  }
}

/// "a", "a or b", "a, b or c".
func listed(_ names: [String], _ conjunction: String) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
  return "\(names.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}

/// The dotted path of a key in a section.
func joined(_ path: String, _ key: String) -> String {
  path.isEmpty ? key : "\(path).\(key)"
}
