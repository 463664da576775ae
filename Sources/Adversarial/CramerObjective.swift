// The weighted, conditional Cramér GAN (Bellemare et al., arXiv:1705.10743) as in LHCb's RICH model (arXiv:1905.11825).
package import NeuralNetworks
package import TensorGraph

/// Events with their conditions and weights, as tensors of a step.
package struct WeightedEvents {
  /// Targets and conditions side by side, shape [batch, targets + conditions].
  package let rows: Tensor
  /// s-weights with mean 1 over the training sample, shape [batch, 1]; may be negative.
  package let weights: Tensor

  package init(rows: Tensor, weights: Tensor) {
    (self.rows, self.weights) = (rows, weights)
  }
}

/// The Cramér objective with a vector-valued critic D and the surrogate energy
/// S = E[w w₂ h(x)] − E[w₁ w₂ h(g₁)], h(a) = |D(a) − D(g₂)| − |D(a)|.
///
/// Rows are paired one by one (the diagonal estimator). Weights multiply and are never divided by their batch sum, which
/// would bias the estimate and can come near zero.
package struct CramerObjective: Sendable, Equatable {
  /// What the generator minimises.
  package enum GeneratorLoss: String, Sendable, Equatable {
    /// S itself, as published.
    case surrogate
    /// The full energy distance E|D(x)−D(g₁)| + E|D(x)−D(g₂)| − E|D(g₁)−D(g₂)|, weighted by the products of pairs.
    case energyDistance = "energy-distance"
  }

  package let penalty: GradientPenalty?
  package let generatorLoss: GeneratorLoss

  package init(penalty: GradientPenalty?, generatorLoss: GeneratorLoss) {
    (self.penalty, self.generatorLoss) = (penalty, generatorLoss)
  }

  /// The losses of a critic step, each of shape [1, 1].
  package struct CriticLosses {
    /// What the critic minimises: −S + λ·penalty.
    package let loss: Tensor
    package let energy: Tensor
    package let penalty: Tensor?
    package let slope: Tensor?
  }

  /// - Parameters:
  ///   - mixing: uniform in [0, 1), shape [batch, 1]: where between real and generated the penalty is taken.
  ///   - penaltyWeight: λ, shape [1, 1].
  package func criticLosses(
    critic: DenseNetwork, real: WeightedEvents, generated first: WeightedEvents, _ second: WeightedEvents,
    mixing: Tensor, penaltyWeight: Tensor
  ) throws -> CriticLosses {
    let reference = try critic(second.rows)
    let energy = try surrogate(critic: critic, real, first, second, reference: reference)
    guard let penalty else {
      return CriticLosses(loss: try -energy, energy: energy, penalty: nil, slope: nil)
    }
    let between = try mixing * real.rows + (1 - mixing) * first.rows
    let (value, slope) = try penalty(of: witness(critic(between), reference), at: between)
    return CriticLosses(
      loss: try penaltyWeight * value - energy, energy: energy, penalty: value, slope: slope)
  }

  /// The loss of a generator step, shape [1, 1].
  package func generatorLoss(
    critic: DenseNetwork, real: WeightedEvents, generated first: WeightedEvents, _ second: WeightedEvents
  ) throws -> Tensor {
    switch generatorLoss {
    case .surrogate:
      return try surrogate(critic: critic, real, first, second, reference: critic(second.rows))
    case .energyDistance:
      let (x, a, b) = (try critic(real.rows), try critic(first.rows), try critic(second.rows))
      let toFirst = try (x - a).rowNorm() * (real.weights * first.weights)
      let toSecond = try (x - b).rowNorm() * (real.weights * second.weights)
      let within = try (a - b).rowNorm() * (first.weights * second.weights)
      return try (toFirst + toSecond - within).meanOverBatch()
    }
  }

  private func surrogate(
    critic: DenseNetwork, _ real: WeightedEvents, _ first: WeightedEvents, _ second: WeightedEvents, reference: Tensor
  ) throws -> Tensor {
    let atReal = try witness(critic(real.rows), reference) * (real.weights * second.weights)
    let atGenerated = try witness(critic(first.rows), reference) * (first.weights * second.weights)
    return try (atReal - atGenerated).meanOverBatch()
  }

  /// h(a; g₂) = |D(a) − D(g₂)| − |D(a)|, shape [batch, 1].
  private func witness(_ value: Tensor, _ reference: Tensor) throws -> Tensor {
    try (value - reference).rowNorm() - value.rowNorm()
  }
}
