// The energy distance without a critic (Székely, Rizzo 2013; as a generator's loss Bellemare et al., arXiv:1705.10743).
package import TensorGraph

/// An objective that needs no critic.
package protocol CriticFreeObjective: Sendable {
  /// As for an `Objective`.
  var sharesConditions: Bool { get }

  /// The loss of a generator step, shape [1, 1].
  func generatorLoss(_ batch: AdversarialBatch) throws -> Tensor
}

/// The generator minimises the U-statistic of the energy distance between rows (x, c) and (g, c') over all pairs of a
/// batch, in the space that the networks see; c' is a draw of its own, so that all pairs are alike.
package struct EnergyDistanceObjective: CriticFreeObjective, Equatable {
  package init() {}

  package var sharesConditions: Bool { false }

  package func generatorLoss(_ batch: AdversarialBatch) throws -> Tensor {
    try PairwiseEnergy(
      real: batch.real.rows, weights: batch.real.weights, generated: batch.first.rows, weights: batch.first.weights
    ).unbiased()
  }
}
