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
}
