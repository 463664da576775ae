// The original GAN (Goodfellow et al., arXiv:1406.2661), on logits.
package import TensorGraph

/// The critic's output is a logit: it minimises E[w ln(1 + e^−D(x))] + E[w₁ ln(1 + e^D(g₁))].
package struct LogisticObjective: Objective, Equatable {
  /// Whether the generator minimises E ln(1 − σ(D(g))), whose gradient vanishes where the critic is certain, instead of
  /// −E ln σ(D(g)).
  package let saturating: Bool
  package let penalty: GradientPenalty?

  package init(saturating: Bool, penalty: GradientPenalty? = nil) {
    (self.saturating, self.penalty) = (saturating, penalty)
  }

  package var sharesConditions: Bool { true }

  package func criticLosses(
    critic: some Critic, _ batch: AdversarialBatch, penaltyWeight: Tensor
  ) throws -> CriticLosses {
    let real = try batch.real.mean((-critic(batch.real.rows)).softplus())
    let generated = try batch.first.mean(critic(batch.first.rows).softplus())
    return try penalty.added(
      to: real + generated, terms: [("real_loss", real), ("generated_loss", generated)], batch, weight: penaltyWeight
    ) { try critic($0) }
  }

  package func generatorLoss(critic: some Critic, _ batch: AdversarialBatch) throws -> Tensor {
    let logit = try critic(batch.first.rows)
    return saturating ? try -batch.first.mean(logit.softplus()) : try batch.first.mean((-logit).softplus())
  }
}
