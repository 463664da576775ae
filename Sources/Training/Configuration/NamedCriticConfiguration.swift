// One of a model's critics: what it sees of an event, what it plays for, and how much it counts.

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
      own + CriticConfiguration.keys(takesOutputs: true) + ObjectiveConfiguration.keys)
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
