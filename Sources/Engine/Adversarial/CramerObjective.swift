// The weighted, conditional Cramér GAN (Bellemare et al., arXiv:1705.10743) as in LHCb's RICH model (arXiv:1905.11825).
package import TensorGraph

/// The Cramér objective with a vector-valued critic D. The critic maximises an energy and the generator minimises one, by
/// the estimator:
///
/// - diagonal, as published, rows paired one by one: the surrogate S = E[w w₂ h(x)] − E[w₁ w₂ h(g₁)],
///   h(a) = |D(a) − D(g₂)| − |D(a)|;
/// - pairwise, over all pairs of the batch, of lower variance: the energy distance of D(x) and D(g₁).
///
/// Weights multiply and are never divided by their batch sum, which would bias the estimate and can come near zero.
package struct CramerObjective: Objective, Equatable {
  package enum Estimator: Sendable, Equatable {
    /// - Parameter generatorLoss: what the generator minimises.
    case diagonal(generatorLoss: GeneratorLoss)
    case pairwise
  }

  /// What the generator minimises where rows are paired one by one.
  package enum GeneratorLoss: String, Sendable, Equatable {
    /// S itself, as published.
    case surrogate
    /// The full energy distance E|D(x)−D(g₁)| + E|D(x)−D(g₂)| − E|D(g₁)−D(g₂)|, weighted by the products of pairs.
    case energyDistance = "energy-distance"
  }

  package let penalty: GradientPenalty?
  package let estimator: Estimator

  package init(penalty: GradientPenalty?, estimator: Estimator) {
    (self.penalty, self.estimator) = (penalty, estimator)
  }

  package var sharesConditions: Bool { false }

  package func criticLosses(
    critic: some Critic, _ batch: AdversarialBatch, penaltyWeight: Tensor
  ) throws -> CriticLosses {
    let reference = try critic(batch.second.rows)
    let energy =
      switch estimator {
      case .diagonal: try surrogate(critic: critic, batch, reference: reference)
      case .pairwise: try pairwise(critic: critic, batch)
      }
    return try penalty.added(to: -energy, terms: [("energy", energy)], batch, weight: penaltyWeight) { points in
      try witness(critic(points), reference)
    }
  }

  package func generatorLoss(critic: some Critic, _ batch: AdversarialBatch) throws -> Tensor {
    switch estimator {
    case .pairwise: return try pairwise(critic: critic, batch)
    case .diagonal(.surrogate):
      return try surrogate(critic: critic, batch, reference: critic(batch.second.rows))
    case .diagonal(.energyDistance):
      let (real, first, second) = (batch.real, batch.first, batch.second)
      let (x, a, b) = (try critic(real.rows), try critic(first.rows), try critic(second.rows))
      let toFirst = try (x - a).rowNorm() * (real.weights * first.weights)
      let toSecond = try (x - b).rowNorm() * (real.weights * second.weights)
      let within = try (a - b).rowNorm() * (first.weights * second.weights)
      return try (toFirst + toSecond - within).meanOverBatch()
    }
  }

  private func surrogate(critic: some Critic, _ batch: AdversarialBatch, reference: Tensor) throws -> Tensor {
    let (real, first, second) = (batch.real, batch.first, batch.second)
    let atReal = try witness(critic(real.rows), reference) * (real.weights * second.weights)
    let atGenerated = try witness(critic(first.rows), reference) * (first.weights * second.weights)
    return try (atReal - atGenerated).meanOverBatch()
  }

  private func pairwise(critic: some Critic, _ batch: AdversarialBatch) throws -> Tensor {
    try PairwiseEnergy(
      real: critic(batch.real.rows), weights: batch.real.weights, generated: critic(batch.first.rows),
      weights: batch.first.weights
    ).unbiased()
  }

  /// h(a; g₂) = |D(a) − D(g₂)| − |D(a)|, shape [batch, 1].
  private func witness(_ value: Tensor, _ reference: Tensor) throws -> Tensor {
    try (value - reference).rowNorm() - value.rowNorm()
  }
}
