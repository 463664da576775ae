// The section `model`: the objective, the networks, and what keeps the critic from being steep.
internal import Numerics

/// What is trained, and against which objective.
package struct ModelConfiguration: Sendable, Equatable {
  package enum Objective: String, Sendable, CaseIterable {
    /// The Cramér GAN (arXiv:1705.10743).
    case cramer
    /// The Wasserstein GAN with clipped weights (arXiv:1701.07875).
    case wasserstein = "wgan"
    /// The Wasserstein GAN with a gradient penalty (arXiv:1704.00028).
    case wassersteinPenalised = "wgan-gp"
    /// The original GAN (arXiv:1406.2661).
    case gan
    /// The least-squares GAN (arXiv:1611.04076).
    case leastSquares = "lsgan"
    /// The energy distance of the events themselves, without a critic.
    case energyDistance = "energy-distance"
    /// No network: a histogram of the targets in cells of the conditions.
    case histogram
    /// No network: the mean of cells scaled by the energy, with Poisson noise.
    case meanShower = "mean-shower"
  }

  /// How an energy is estimated from a batch, where an objective leaves a choice.
  package enum Estimator: String, Sendable, CaseIterable {
    /// Rows paired one by one, as published.
    case diagonal
    /// All pairs of rows.
    case pairwise
  }

  /// What the generator minimises, where an objective leaves a choice.
  package enum GeneratorLoss: String, Sendable, CaseIterable {
    /// Cramér: the critic's surrogate energy, as published (arXiv:1905.11825).
    case surrogate
    /// Cramér: the full energy distance of the critic's outputs.
    case energyDistance = "energy-distance"
    /// GAN: −E ln σ(D(g)).
    case nonSaturating = "non-saturating"
    /// GAN: E ln(1 − σ(D(g))), as first written.
    case saturating
  }

  /// The objective of the critics that name none, whose published settings are the defaults of the training.
  package let objective: Objective
  /// The number of standard normal latent variables; 0 for a model without networks.
  package let latent: Int
  /// nil for a model without networks.
  package let generator: NetworkConfiguration?
  /// The critic of `model.critic`, which has no name, or those of `model.critics` in the order of their names; none where
  /// the objective needs none.
  package let critics: [NamedCriticConfiguration]
  /// What is compared between a generated event and the real one of the same conditions, in the order of their names.
  package let comparisons: [ComparisonConfiguration]
  /// nil for other objectives.
  package let histogram: HistogramConfiguration?
  /// nil for other objectives.
  package let meanShower: MeanShowerConfiguration?

  /// - Parameter conditions: the columns that the generator is given.
  init(_ field: ConfigurationField, conditions: [String]) throws {
    let section = try field.section(
      [
        "objective", "estimator", "generator_loss", "latent", "generator", "critic", "critics", "compare", "clip",
        "penalty",
      ]
        + HistogramConfiguration.keys + MeanShowerConfiguration.keys)
    let objective: Objective = try section["objective"].choice()
    try section.allow(objective.keys)
    self.objective = objective
    histogram = objective == .histogram ? try HistogramConfiguration(in: section) : nil
    meanShower = objective == .meanShower ? try MeanShowerConfiguration(in: section, conditions: conditions) : nil
    guard objective.hasNetworks else {
      (latent, generator, critics, comparisons) = (0, nil, [], [])
      return
    }
    latent = try section["latent"].integer(.units)
    if let named = section["critics"].given {
      for key in ["critic"] + ObjectiveConfiguration.keys {
        guard let given = section[key].given else { continue }
        throw given.problem(found: "\(key) beside critics", expected: "it in each of the critics")
      }
      generator = try NetworkConfiguration(in: section["generator"].section(NetworkConfiguration.keys))
      critics = try named.named(1...64, of: "critics") { name, field in
        try NamedCriticConfiguration(field, name: name, objective: objective, conditions: conditions)
      }
    } else {
      // In the order in which people read a config, for the first error.
      let game = try ObjectiveConfiguration(objective, in: section)
      generator = try NetworkConfiguration(in: section["generator"].section(NetworkConfiguration.keys))
      critics =
        objective.hasCritic
        ? [
          try NamedCriticConfiguration(
            CriticConfiguration(
              section["critic"], takesOutputs: objective == .cramer, conditions: conditions), game, in: section)
        ] : []
    }
    let sharesConditions = critics.allSatisfy { $0.game?.objective.sharesConditions ?? true }
    comparisons =
      try section["compare"].given.map { field in
        guard sharesConditions else {
          throw field.problem(
            found: "comparisons beside a critic of cramer",
            expected: "none, because its generated events have other conditions than the real ones")
        }
        return try field.named(1...64, of: "comparisons", ComparisonConfiguration.init)
      } ?? []
  }

  /// The one critic of `model.critic`.
  package var critic: CriticConfiguration? { critics.count == 1 && critics[0].name == nil ? critics[0].critic : nil }

  /// The first critic that tells real from generated events by all of their columns.
  package var wholeEventCritic: NamedCriticConfiguration? { critics.first { $0.view == .event && $0.game != nil } }

  /// Whether sums of targets are taken.
  var readsSums: Bool {
    !comparisons.isEmpty
      || critics.contains { critic in
        critic.view.readsSums || critic.critic.heads.contains { !$0.isOfCondition }
      }
  }

  var tree: ConfigurationTree {
    if let own = histogram?.entries ?? meanShower?.entries {
      return .section([("objective", .text(objective.rawValue))] + own)
    }
    let networks: [ConfigurationTree.Entry] =
      [("latent", .integer(latent))] + ConfigurationTree.optional("generator", generator.map { .section($0.entries) })
    let compared: [ConfigurationTree.Entry] =
      comparisons.isEmpty ? [] : [("compare", .section(comparisons.map { ($0.name, $0.tree) }))]
    let only = critics.first { $0.name == nil }
    guard only != nil || critics.isEmpty else {
      return .section(
        [("objective", .text(objective.rawValue))] + networks
          + [("critics", .section(critics.map { ($0.name ?? "", $0.tree) }))] + compared)
    }
    return .section(
      [("objective", .text(objective.rawValue))] + (only?.game?.choices ?? []) + networks
        + ConfigurationTree.optional("critic", only?.critic.tree) + (only?.game?.constraints ?? []) + compared)
  }
}

extension ModelConfiguration.Objective {
  /// Whether a generator learns; a model without one is made in one step.
  package var hasNetworks: Bool { self != .histogram && self != .meanShower }

  package var hasCritic: Bool { hasNetworks && self != .energyDistance }

  /// Whether a generated event has the conditions of the real event next to it.
  package var sharesConditions: Bool { self != .cramer && self != .energyDistance }

  /// The keys that mean something for this objective.
  fileprivate var keys: [String] {
    if self == .histogram { return ["objective"] + HistogramConfiguration.keys }
    if self == .meanShower { return ["objective"] + MeanShowerConfiguration.keys }
    return ["objective"] + choiceKeys + ["latent", "generator"] + (hasCritic ? ["critic", "critics", "compare"] : [])
      + constraintKeys
  }
}
