// The section `sweep`: one config that stands for many runs.
internal import Numerics

/// What a config file asks to train.
package enum TrainingPlan: Sendable {
  case run(Configuration)
  case sweep(SweepPlan)

  /// Decodes a config strictly, with a sweep or without.
  /// - Parameters: as of `Configuration.load`; overrides come before the sweep's own settings.
  /// - Throws: `ConfigurationError` for the first thing that is wrong in any of the runs.
  package static func load(
    text: String, file: String, overrides: [(path: String, value: String)] = []
  ) throws -> TrainingPlan {
    let root = try ConfigurationNode(yaml: text, place: { .line($0, of: file) }).applying(overrides)
    guard case .section(let entries) = root.content, let sweep = entries.first(where: { $0.key == "sweep" }),
      !sweep.node.isNothing
    else { return .run(try Configuration(ConfigurationField(root: root))) }
    var base = root
    base.content = .section(entries.filter { $0.key != "sweep" })
    return .sweep(
      try SweepPlan(ConfigurationField(path: "sweep", place: sweep.place, node: sweep.node), base: base))
  }
}

/// The runs that a config with `sweep` stands for.
///
///     sweep:
///       species: [kaon, pion]                           # data.simulate.species
///       grid: {training.batch: [512, 1024]}             # every combination
///       seeds: 10                                       # the config's seed and those after it
package struct SweepPlan: Sendable {
  /// The name of the config.
  package let name: String
  /// Lists outermost, then species, then the grid in the order written, seeds innermost.
  package let members: [Configuration]

  /// The largest number of runs.
  static let limit = Bound.members.range.upperBound

  init(_ field: ConfigurationField, base: ConfigurationNode) throws {
    let section = try field.section(["list", "species", "grid", "seeds"])
    let baseField = ConfigurationField(root: base)
    guard case .section(let entries) = base.content else { throw baseField.problem(expected: "a section") }
    let settings = ConfigurationSection(field: baseField, entries: entries)
    let name = try settings["name"].text()
    self.name = name
    let axes =
      [
        try section["list"].given.map(SweepAxis.init(list:)),
        try section["species"].given.map(SweepAxis.init(species:)),
      ] + (try section["grid"].given.map(SweepAxis.grid) ?? []) + [
        try section["seeds"].given.map { try SweepAxis(seeds: $0, from: settings["seed"].given?.seed() ?? 1) }
      ]
    members = try Self.combinations(of: axes.compactMap(\.self), field).map { try $0.configuration(base, name: name) }
    try refuseEqualMembers(field)
  }

  private static func combinations(of axes: [SweepAxis], _ field: ConfigurationField) throws -> [SweepPoint] {
    guard !axes.isEmpty else { throw field.problem(expected: "list, species, grid or seeds") }
    var points = [SweepPoint(settings: [], name: nil, label: "")]
    for axis in axes {
      guard points.count <= limit / axis.points.count else {
        throw field.problem(found: "more than \(limit) runs", expected: "at most \(limit)")
      }
      points = try points.flatMap { point in try axis.points.map { try point.joined(with: $0) } }
    }
    return points
  }

  /// Two runs of the same settings would be one run trained twice.
  private func refuseEqualMembers(_ field: ConfigurationField) throws {
    var places: [String: Int] = [:]
    for (place, member) in members.enumerated() {
      let settings = member.tree.without(["name"]).canonicalJSON
      if let first = places.updateValue(place, forKey: settings) {
        throw field.problem(
          found: "the same settings in runs \(first + 1) and \(place + 1)", expected: "runs that differ")
      }
    }
  }
}

/// The values of one dimension of a sweep.
private struct SweepAxis {
  let points: [SweepPoint]

  /// Sections of settings, each with all that one run has of its own.
  init(list field: ConfigurationField) throws {
    points = try field.list(1...SweepPlan.limit, of: "sections") { element in
      guard case .section(let entries) = element.node?.content, !entries.isEmpty else {
        throw element.problem(expected: "a section of settings, such as {training.batch: 512}")
      }
      let name = try ConfigurationSection(field: element, entries: entries)["name"].given?.text()
      let settings = entries.filter { $0.key != "name" }
      return SweepPoint(
        settings: settings, name: name,
        label: name == nil ? settings.map { label($0.key, $0.node) }.joined(separator: "-") : "")
    }
  }

  init(species field: ConfigurationField) throws {
    let species = try field.list(1...SweepPlan.limit, of: "species") { try $0.text() }
    try field.refuseRepeats(in: species)
    points = species.indices.compactMap { index in
      field.element(index).node.map { node in
        SweepPoint(
          settings: [.init(key: "data.simulate.species", place: node.place, node: node)], name: nil,
          label: species[index])
      }
    }
  }

  /// - Parameter first: the config's own seed, with which a number of seeds begins.
  init(seeds field: ConfigurationField, from first: UInt64) throws {
    let seeds: [UInt64]
    if field.isNumber {
      let count = try field.integer(.members)
      guard UInt64.max - first >= UInt64(count) else {
        throw field.problem(expected: "seeds that stay below 2^64, counted from the config's seed \(first)")
      }
      seeds = (0..<UInt64(count)).map { first + $0 }
    } else {
      seeds = try field.list(1...SweepPlan.limit, of: "seeds") { try $0.seed() }
      try field.refuseRepeats(in: seeds)
    }
    points = seeds.map { seed in
      let node = ConfigurationNode(content: .number("\(seed)"), place: field.place)
      return SweepPoint(
        settings: [.init(key: "seed", place: field.place, node: node)], name: nil, label: "seed-\(seed)")
    }
  }

  private init(points: [SweepPoint]) {
    self.points = points
  }

  /// One axis for each path of a section.
  static func grid(_ field: ConfigurationField) throws -> [SweepAxis] {
    guard case .section(let entries) = field.node?.content, !entries.isEmpty else {
      throw field.problem(expected: "a section of lists, such as {training.batch: [512, 1024]}")
    }
    return try entries.map { entry in
      let values = ConfigurationField(path: joined(field.path, entry.key), place: entry.place, node: entry.node)
      return SweepAxis(
        points: try values.list(1...SweepPlan.limit, of: "values") { value in
          let node = value.node ?? ConfigurationNode(content: .nothing, place: entry.place)
          return SweepPoint(
            settings: [.init(key: entry.key, place: entry.place, node: node)], name: nil, label: label(entry.key, node))
        })
    }
  }
}

/// What one run has of its own.
private struct SweepPoint {
  /// Keys are dotted paths.
  let settings: [ConfigurationNode.Entry]
  /// Takes the place of the config's name.
  let name: String?
  /// Added to the name.
  let label: String

  func joined(with other: SweepPoint) throws -> SweepPoint {
    for entry in other.settings where settings.contains(where: { $0.key == entry.key }) {
      throw ConfigurationError(
        place: entry.place, path: entry.key, finding: "found in two parts of the sweep", expected: "each path once")
    }
    return SweepPoint(
      settings: settings + other.settings, name: name ?? other.name,
      label: [label, other.label].filter { !$0.isEmpty }.joined(separator: "-"))
  }

  func configuration(_ base: ConfigurationNode, name baseName: String) throws -> Configuration {
    var node = base
    for entry in settings { try node.set(entry.key, to: entry.node, place: entry.place) }
    let whole = [name ?? baseName, label].filter { !$0.isEmpty }.joined(separator: "-")
    try node.set(
      "name", to: ConfigurationNode(content: .text(String(whole.prefix(255))), place: base.place), place: base.place)
    return try Configuration(ConfigurationField(root: node))
  }
}

/// A setting in the name of a run: the last key of its path and its value, as `batch-512`.
private func label(_ path: String, _ node: ConfigurationNode) -> String {
  let key = path.split(separator: ".").last.map(String.init) ?? path
  switch node.content {
  case .text(let text): return text
  case .number(let written): return "\(key)-\(written)"
  case .flag(let value): return "\(key)-\(value)"
  case .nothing: return "no-\(key)"
  case .list, .section: return key
  }
}
