// The Wasserstein GAN (Arjovsky et al., arXiv:1701.07875), with a gradient penalty (Gulrajani et al., arXiv:1704.00028)
// or with whatever else keeps its critic from being steep.
package import TensorGraph

/// The critic D maximises E[w D(x)] − E[w₁ D(g₁)], whose supremum over 1-Lipschitz critics is the Wasserstein-1 distance;
/// the generator minimises −E[w₁ D(g₁)].
package struct WassersteinObjective: Objective, Equatable {
  package let penalty: GradientPenalty?

  package init(penalty: GradientPenalty?) {
    self.penalty = penalty
  }

  package var sharesConditions: Bool { true }

  package func criticLosses(
    critic: some Critic, _ batch: AdversarialBatch, penaltyWeight: Tensor
  ) throws -> CriticLosses {
    let distance = try batch.real.mean(critic(batch.real.rows)) - batch.first.mean(critic(batch.first.rows))
    return try penalty.added(to: -distance, terms: [("distance", distance)], batch, weight: penaltyWeight) { points in
      try critic(points)
    }
  }

  package func generatorLoss(critic: some Critic, _ batch: AdversarialBatch) throws -> Tensor {
    try -batch.first.mean(critic(batch.first.rows))
  }
}
