// The least-squares GAN (Mao et al., arXiv:1611.04076).
package import TensorGraph

/// The critic minimises ½E[w (D(x) − 1)²] + ½E[w₁ D(g₁)²], the generator ½E[w₁ (D(g₁) − 1)²].
package struct LeastSquaresObjective: Objective, Equatable {
  package let penalty: GradientPenalty?

  package init(penalty: GradientPenalty? = nil) {
    self.penalty = penalty
  }

  package var sharesConditions: Bool { true }

  package func criticLosses(
    critic: some Critic, _ batch: AdversarialBatch, penaltyWeight: Tensor
  ) throws -> CriticLosses {
    let real = try 0.5 * batch.real.mean(square(critic(batch.real.rows) - 1))
    let generated = try 0.5 * batch.first.mean(square(critic(batch.first.rows)))
    return try penalty.added(
      to: real + generated, terms: [("real_loss", real), ("generated_loss", generated)], batch, weight: penaltyWeight
    ) { try critic($0) }
  }

  package func generatorLoss(critic: some Critic, _ batch: AdversarialBatch) throws -> Tensor {
    try 0.5 * batch.first.mean(square(critic(batch.first.rows) - 1))
  }

  private func square(_ x: Tensor) throws -> Tensor { try x * x }
}
