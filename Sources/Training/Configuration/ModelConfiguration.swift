// The section `model`: the objective, the two networks and the penalty.

/// What is trained, and against which objective.
package struct ModelConfiguration: Sendable, Equatable {
  package enum Objective: String, Sendable, CaseIterable {
    /// The Cramér GAN (arXiv:1705.10743).
    case cramer
  }

  /// What the generator minimises.
  package enum GeneratorLoss: String, Sendable, CaseIterable {
    /// The critic's surrogate energy, as published (arXiv:1905.11825).
    case surrogate
    /// The full energy distance of the critic's outputs.
    case energyDistance = "energy-distance"
  }

  package let objective: Objective
  package let generatorLoss: GeneratorLoss
  /// The number of standard normal latent variables.
  package let latent: Int
  package let generator: NetworkConfiguration
  package let critic: NetworkConfiguration
  /// The dimension of the critic's output.
  package let criticOutputs: Int
  package let penalty: PenaltyConfiguration

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["objective", "generator_loss", "latent", "generator", "critic", "penalty"])
    objective = try section["objective"].choice()
    generatorLoss = try section["generator_loss"].given?.choice() ?? .surrogate
    latent = try section["latent"].integer(1...65536)
    generator = try NetworkConfiguration(in: section["generator"].section(NetworkConfiguration.keys))
    let criticSection = try section["critic"].section(NetworkConfiguration.keys + ["outputs"])
    critic = try NetworkConfiguration(in: criticSection)
    criticOutputs = try criticSection["outputs"].integer(1...65536)
    penalty = try section["penalty"].given.map(PenaltyConfiguration.init) ?? .standard
  }

  var tree: ConfigurationTree {
    .section([
      ("objective", .text(objective.rawValue)), ("generator_loss", .text(generatorLoss.rawValue)),
      ("latent", .integer(latent)), ("generator", .section(generator.entries)),
      ("critic", .section(critic.entries + [("outputs", .integer(criticOutputs))])), ("penalty", penalty.tree),
    ])
  }
}
