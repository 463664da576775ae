// The section `model`: the objective, the two networks and the penalty.

/// What is trained, and against which objective.
package struct ModelConfiguration: Sendable, Equatable {
  package enum Objective: String, Sendable, CaseIterable {
    /// The Cramér GAN (arXiv:1705.10743).
    case cramer
    /// The Wasserstein GAN with a gradient penalty (arXiv:1704.00028).
    case wassersteinPenalised = "wgan-gp"
    /// The original GAN (arXiv:1406.2661).
    case gan
    /// The least-squares GAN (arXiv:1611.04076).
    case leastSquares = "lsgan"
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

  package let objective: Objective
  /// nil where the objective leaves no choice.
  package let generatorLoss: GeneratorLoss?
  /// The number of standard normal latent variables.
  package let latent: Int
  package let generator: NetworkConfiguration
  package let critic: NetworkConfiguration
  /// The dimension of the critic's output; 1 for all but the Cramér GAN.
  package let criticOutputs: Int
  package let penalty: PenaltyConfiguration

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["objective", "generator_loss", "latent", "generator", "critic", "penalty"])
    let objective: Objective = try section["objective"].choice()
    try section.allow(["objective", "latent", "generator", "critic"] + objective.options)
    let names = objective.generatorLosses.map(\.rawValue)
    let name = try section["generator_loss"].given?.choice(names) ?? names.first
    (self.objective, generatorLoss) = (objective, name.flatMap(GeneratorLoss.init))
    latent = try section["latent"].integer(1...65536)
    generator = try NetworkConfiguration(in: section["generator"].section(NetworkConfiguration.keys))
    let outputs = objective == .cramer ? ["outputs"] : []
    let criticSection = try section["critic"].section(NetworkConfiguration.keys + outputs)
    critic = try NetworkConfiguration(in: criticSection)
    criticOutputs = objective == .cramer ? try criticSection["outputs"].integer(1...65536) : 1
    penalty =
      objective.isPenalised ? try section["penalty"].given.map(PenaltyConfiguration.init) ?? objective.penalty : .none
  }

  var tree: ConfigurationTree {
    .section(
      [("objective", .text(objective.rawValue))]
        + ConfigurationTree.optional("generator_loss", generatorLoss.map { .text($0.rawValue) })
        + [
          ("latent", .integer(latent)), ("generator", .section(generator.entries)),
          (
            "critic",
            .section(critic.entries + (objective == .cramer ? [("outputs", .integer(criticOutputs))] : []))
          ),
        ] + (objective.isPenalised ? [("penalty", penalty.tree)] : []))
  }
}

extension ModelConfiguration.Objective {
  /// The keys that mean something for this objective and not for every one.
  fileprivate var options: [String] {
    (generatorLosses.isEmpty ? [] : ["generator_loss"]) + (isPenalised ? ["penalty"] : [])
  }

  /// What its generator may minimise, the default first.
  fileprivate var generatorLosses: [ModelConfiguration.GeneratorLoss] {
    switch self {
    case .cramer: [.surrogate, .energyDistance]
    case .gan: [.nonSaturating, .saturating]
    case .wassersteinPenalised, .leastSquares: []
    }
  }

  fileprivate var isPenalised: Bool { self == .cramer || self == .wassersteinPenalised }

  /// As published: one-sided for the Cramér GAN of the RICH, two-sided for WGAN-GP, both of weight 10.
  fileprivate var penalty: PenaltyConfiguration { self == .cramer ? .standard : .twoSided }
}
