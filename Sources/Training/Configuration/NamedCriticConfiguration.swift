// One of a model's critics: what it sees of an event, what it plays for, and how much it counts.
internal import Numerics

/// What a critic is shown of an event.
package enum ViewConfiguration: Sendable, Equatable {
  /// All targets.
  case event
  /// The sum of all targets.
  case totalEnergy
  /// The sums of groups of targets side by side.
  /// - Parameter cells: the sizes of the groups, which take up all targets in their order.
  case layerSums(cells: [Int])
  /// Targets side by side that are an image or a volume.
  case image(from: Int, extents: [Int])

  fileprivate enum Kind: String, CaseIterable {
    case event
    case totalEnergy = "total-energy"
    case layerSums = "layer-sums"
    case image

    var keys: [String] {
      switch self {
      case .event, .totalEnergy: []
      case .layerSums: ["cells"]
      case .image: ["from", "extents"]
      }
    }
  }

  static let keys = ["of", "cells", "from", "extents"]

  var readsSums: Bool {
    switch self {
    case .totalEnergy, .layerSums: true
    case .event, .image: false
    }
  }

  /// - Parameter kinds: those that may stand here.
  fileprivate init(in section: ConfigurationSection, among kinds: [Kind] = Kind.allCases) throws {
    let name = try section["of"].choice(kinds.map(\.rawValue))
    let kind = Kind(rawValue: name) ?? .event
    for other in Kind.allCases where other != kind {
      for key in other.keys {
        guard let given = section[key].given else { continue }
        throw given.problem(found: "\(key) for \(kind.rawValue)", expected: "it for \(other.rawValue) alone")
      }
    }
    switch kind {
    case .event: self = .event
    case .totalEnergy: self = .totalEnergy
    case .layerSums:
      self = .layerSums(
        cells: try section["cells"].list(1...1000, of: "whole numbers") { try $0.integer(.cellsOfLayer) })
    case .image:
      self = .image(
        from: try section["from"].given?.integer(.firstCell) ?? 0,
        extents: try section["extents"].list(2...3, of: "whole numbers") { try $0.integer(.units) })
    }
  }

  fileprivate var entries: [ConfigurationTree.Entry] {
    func list(_ numbers: [Int]) -> ConfigurationTree {
      .value(.list(numbers.map { .integer(UInt64(clamping: $0)) }))
    }
    func of(_ kind: Kind) -> ConfigurationTree.Entry { ("of", .text(kind.rawValue)) }
    switch self {
    case .event: return [of(.event)]
    case .totalEnergy: return [of(.totalEnergy)]
    case .layerSums(let cells): return [of(.layerSums), ("cells", list(cells))]
    case .image(let from, let extents): return [of(.image), ("from", .integer(from)), ("extents", list(extents))]
    }
  }
}

/// A critic with its name, or the only critic of a model.
package struct NamedCriticConfiguration: Sendable, Equatable {
  /// nil for the only critic of a model.
  package let name: String?
  package let view: ViewConfiguration
  package let critic: CriticConfiguration
  /// nil for a regression: a network that learns to estimate quantities of real events and does not tell these from
  /// generated ones.
  package let game: ObjectiveConfiguration?
  /// nil for the rate of the critics' optimiser.
  package let rate: Schedule?
  /// What its part of the generator's loss is multiplied by.
  package let weight: Double
  private let source: LayerListConfiguration.Source

  private static let objectives =
    ModelConfiguration.Objective.allCases.filter(\.hasCritic).map(\.rawValue) + [regression]
  private static let regression = "regression"

  /// The only critic of a model.
  init(_ critic: CriticConfiguration, _ game: ObjectiveConfiguration, in section: ConfigurationSection) throws {
    (name, view, self.critic, rate, weight) = (nil, .event, critic, nil, 1)
    self.game = try game.constraining(critic)
    source = LayerListConfiguration.Source(section["critic"])
  }

  /// - Parameters:
  ///   - objective: where it names none.
  ///   - conditions: the columns that the generator is given.
  init(
    _ field: ConfigurationField, name: String, objective: ModelConfiguration.Objective, conditions: [String]
  ) throws {
    self.name = name
    source = LayerListConfiguration.Source(field)
    let own = ["objective", "rate", "weight"] + ViewConfiguration.keys
    let section = try field.section(
      own + CriticConfiguration.keys(takesOutputs: true) + ["estimator", "generator_loss", "clip", "penalty"])
    let word = try section["objective"].given?.choice(Self.objectives) ?? objective.rawValue
    let kind = ModelConfiguration.Objective(rawValue: word)
    try section.allow(
      own + CriticConfiguration.keys(takesOutputs: kind == .cramer) + (kind?.choiceKeys ?? [])
        + (kind?.constraintKeys ?? []))
    view = try ViewConfiguration(in: section)
    let critic = try CriticConfiguration(
      in: section, takesOutputs: kind == .cramer, hasValue: kind != nil, conditions: conditions)
    self.critic = critic
    if kind == nil, critic.heads.isEmpty {
      throw section["heads"].problem(found: "a regression without heads", expected: "what it is to estimate")
    }
    game = try kind.map { try ObjectiveConfiguration($0, in: section).constraining(critic) }
    rate = try section["rate"].given.map { try Schedule($0, in: .from(0, to: 1000)) }
    weight = try section["weight"].given?.number(.from(0, to: 1e6)) ?? 1
  }

  /// An error about this critic at its line of the config.
  package func problem(found: String, expected: String) -> ConfigurationError {
    source.problem(found: found, expected: expected)
  }

  var tree: ConfigurationTree {
    .section(
      view.entries + [("objective", .text(game?.objective.rawValue ?? Self.regression))] + (game?.choices ?? [])
        + critic.entries + (game?.constraints ?? []) + ConfigurationTree.optional("rate", rate?.tree)
        + [("weight", .number(weight))])
  }
}

/// A quantity that a network estimates beside its value, or instead of one.
package struct HeadConfiguration: Sendable, Equatable {
  package enum Quantity: Sendable, Equatable {
    case condition(String)
    /// The sum of all targets.
    case totalEnergy
  }

  package let name: String
  package let quantity: Quantity
  package let loss: RegressionLossConfiguration
  package let weight: Double

  private static let totalEnergy = "total-energy"

  /// - Parameter conditions: the columns that the generator is given.
  init(name: String, _ field: ConfigurationField, conditions: [String]) throws {
    self.name = name
    let section = try field.section(["of", "loss", "weight"])
    let choices = conditions + [Self.totalEnergy]
    let given = section["of"].given
    if given == nil, !choices.contains(name) {
      throw section["of"].problem(expected: choices.count == 1 ? choices[0] : "one of \(listed(choices, "and"))")
    }
    let word = try given?.choice(choices) ?? name
    quantity = word == Self.totalEnergy ? .totalEnergy : .condition(word)
    (loss, weight) = try RegressionLossConfiguration.withWeight(in: section)
  }

  package var isOfCondition: Bool { quantity != .totalEnergy }

  var tree: ConfigurationTree {
    let word: String =
      switch quantity {
      case .condition(let name): name
      case .totalEnergy: Self.totalEnergy
      }
    return .section([("of", .text(word)), ("loss", .text(loss.rawValue)), ("weight", .number(weight))])
  }
}

/// How far an estimate is from a quantity.
package enum RegressionLossConfiguration: String, Sendable, CaseIterable {
  /// (ŷ − y)².
  case squared = "mse"
  /// |ŷ − y|.
  case absolute = "mae"
  /// 100 |ŷ − y| / |y|.
  case percentage = "mape"

  fileprivate static func withWeight(in section: ConfigurationSection) throws -> (RegressionLossConfiguration, Double) {
    (
      try section["loss"].given?.choice() ?? .squared,
      try section["weight"].given?.number(.from(0, to: 1e6)) ?? 1
    )
  }
}

/// A quantity of a generated event that is compared with that of the real event of the same conditions.
package struct ComparisonConfiguration: Sendable, Equatable {
  package let name: String
  package let view: ViewConfiguration
  package let loss: RegressionLossConfiguration
  package let weight: Double
  private let source: LayerListConfiguration.Source

  init(name: String, _ field: ConfigurationField) throws {
    self.name = name
    source = LayerListConfiguration.Source(field)
    let section = try field.section(["of", "cells", "loss", "weight"])
    view = try ViewConfiguration(in: section, among: [.totalEnergy, .layerSums])
    (loss, weight) = try RegressionLossConfiguration.withWeight(in: section)
  }

  /// An error about this comparison at its line of the config.
  package func problem(found: String, expected: String) -> ConfigurationError {
    source.problem(found: found, expected: expected)
  }

  var tree: ConfigurationTree {
    .section(view.entries + [("loss", .text(loss.rawValue)), ("weight", .number(weight))])
  }
}

extension ConfigurationField {
  /// A section of things by name, in the order of their names: that in which a stored config has them.
  /// - Parameter what: the plural that errors use.
  func named<Element>(
    _ counts: ClosedRange<Int>, of what: String, _ element: (String, ConfigurationField) throws -> Element
  ) throws -> [Element] {
    let expected = "a section with \(counts.lowerBound) to \(counts.upperBound) \(what) by name"
    guard case .section(let entries) = node?.content else { throw problem(expected: expected) }
    let section = ConfigurationSection(field: self, entries: entries)
    let names = entries.map(\.key).filter { section[$0].given != nil }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    guard counts.contains(names.count) else {
      throw problem(found: "a section of \(names.count)", expected: expected)
    }
    return try names.map { name in
      guard name.utf8.count <= 40, name.utf8.first.map(isLetter) == true,
        name.utf8.allSatisfy({
          isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
            || $0 == UInt8(ascii: "-")
        })
      else {
        throw section[name].problem(
          found: "the name \(name)", expected: "a name of at most 40 letters, digits, - and _ that begins with a letter"
        )
      }
      return try element(name, section[name])
    }
  }
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
