// YAML to a tree of untyped values with their places.
internal import CanonicalJSON

extension ConfigurationNode {
  /// A single YAML document; an empty one is `nothing`.
  /// - Parameter place: the place of a line, counted from 1.
  /// - Throws: `ConfigurationError` for a syntax error, a repeated key, a tag, or more than 100 000 values.
  init(yaml: String, place: @escaping (Int) -> ConfigurationPlace) throws {
    self = try Array(yaml.utf8).withUnsafeBufferPointer { text in
      var document = YAMLDocument(text, place: place)
      return try document.root()
    }
  }
}

/// A document on its way from events to a tree.
private struct YAMLDocument {
  private let events: YAMLEvents
  private let place: (Int) -> ConfigurationPlace
  private var anchors: [String: Anchored] = [:]
  /// Values so far; an alias counts as all that it stands for, since a few lines of aliases of aliases can stand for
  /// billions of values.
  private var count = 0

  private static let countLimit = 100_000
  private static let depthLimit = 32

  /// A value with a name, with the number of values in it and their depth.
  private struct Anchored {
    let node: ConfigurationNode
    let count: Int
    let depth: Int
  }

  init(_ text: UnsafeBufferPointer<UInt8>, place: @escaping (Int) -> ConfigurationPlace) {
    events = YAMLEvents(text)
    self.place = place
  }

  mutating func root() throws -> ConfigurationNode {
    guard case .documentStart = try next().kind else { return ConfigurationNode(content: .nothing, place: place(1)) }
    let root = try node(next(), path: "", depth: 0).node
    _ = try next()
    let end = try next()
    guard case .streamEnd = end.kind else {
      throw ConfigurationError(
        place: place(end.line), path: "", finding: "found a second document", expected: "one YAML document")
    }
    return root
  }

  /// The next event that has a meaning here.
  private func next() throws -> YAMLEvent {
    do {
      let event = try events.next()
      if case .other = event.kind { return try next() }
      return event
    } catch let error as YAMLSyntaxError {
      throw ConfigurationError(
        place: place(error.line), path: "", finding: "found a YAML syntax error (\(error.problem))",
        expected: "a YAML document")
    }
  }

  /// - Returns: the value that an event begins, and the depth of what is in it.
  private mutating func node(_ event: YAMLEvent, path: String, depth: Int) throws -> (
    node: ConfigurationNode, depth: Int
  ) {
    let first = count
    try add(1, depth: depth, event, path)
    let result: (node: ConfigurationNode, depth: Int)
    switch event.kind {
    case .alias(let name):
      guard let anchored = anchors[name] else {
        throw problem(event, path, found: "the unknown alias \(jsonString(name))", expected: "an anchor before it")
      }
      try add(anchored.count - 1, depth: depth + anchored.depth, event, path)
      return (anchored.node, anchored.depth)
    case .scalar(let text, let isPlain):
      let isText = event.tag == "tag:yaml.org,2002:str"
      if !isText { try refuseTag(event, path) }
      let content: ConfigurationNode.Content = isPlain && !isText ? .init(plain: text) : .text(text)
      result = (ConfigurationNode(content: content, place: place(event.line)), 0)
    case .listStart:
      try refuseTag(event, path)
      result = try list(event, path: path, depth: depth)
    default:
      try refuseTag(event, path)
      result = try section(event, path: path, depth: depth)
    }
    if let name = event.anchor {
      anchors[name] = Anchored(node: result.node, count: count - first, depth: result.depth)
    }
    return result
  }

  private mutating func list(
    _ start: YAMLEvent, path: String, depth: Int
  ) throws -> (node: ConfigurationNode, depth: Int) {
    var elements: [ConfigurationNode] = []
    var deepest = 0
    while true {
      let event = try next()
      if case .listEnd = event.kind { break }
      let element = try node(event, path: joined(path, "\(elements.count)"), depth: depth + 1)
      elements.append(element.node)
      deepest = max(deepest, element.depth + 1)
    }
    return (ConfigurationNode(content: .list(elements), place: place(start.line)), deepest)
  }

  private mutating func section(
    _ start: YAMLEvent, path: String, depth: Int
  ) throws -> (node: ConfigurationNode, depth: Int) {
    var entries: [ConfigurationNode.Entry] = []
    var merged: [ConfigurationNode.Entry] = []
    var lines: [String: Int] = [:]
    var deepest = 0
    while true {
      let event = try next()
      if case .sectionEnd = event.kind { break }
      guard case .scalar(let key, let isPlain) = event.kind else {
        throw problem(event, path, found: "a key that is no text", expected: "a name")
      }
      let keyPath = joined(path, key)
      try refuseTag(event, keyPath)
      if let first = lines.updateValue(event.line, forKey: key) {
        throw ConfigurationError(repeated: keyPath, first: place(first), place: place(event.line))
      }
      let value = try node(next(), path: keyPath, depth: depth + 1)
      deepest = max(deepest, value.depth + 1)
      if key == "<<", isPlain {
        merged += try mergedEntries(value.node, path: keyPath)
      } else {
        entries.append(ConfigurationNode.Entry(key: key, place: place(event.line), node: value.node))
      }
    }
    for entry in merged where lines.updateValue(0, forKey: entry.key) == nil { entries.append(entry) }
    return (ConfigurationNode(content: .section(entries), place: place(start.line)), deepest)
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

  private mutating func add(_ values: Int, depth: Int, _ event: YAMLEvent, _ path: String) throws {
    count += values
    guard count <= Self.countLimit, depth <= Self.depthLimit else {
      throw problem(
        event, path, found: "too many values",
        expected: "at most \(Self.countLimit) values, nested at most \(Self.depthLimit) deep")
    }
  }

  private func refuseTag(_ event: YAMLEvent, _ path: String) throws {
    guard let tag = event.tag else { return }
    throw problem(event, path, found: "the YAML tag \(jsonString(tag))", expected: "a value without a tag")
  }

  private func problem(_ event: YAMLEvent, _ path: String, found: String, expected: String) -> ConfigurationError {
    ConfigurationError(place: place(event.line), path: path, finding: "found \(found)", expected: expected)
  }
}
