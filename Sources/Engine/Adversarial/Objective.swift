// What critic and generator play for, and the batch on which they play.
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

/// The tensors of one step of a game between a critic and a generator.
package struct AdversarialBatch {
  package let real: WeightedEvents
  /// Two batches from independent noise; only objectives that compare generated events with each other use the second.
  package let first: WeightedEvents
  package let second: WeightedEvents
  /// Uniform in [0, 1), shape [batch, 1]: where between real and generated events a penalty is taken.
  package let mixing: Tensor
  /// Uniform in [0, 1), in the shape of the rows: the directions in which DRAGAN's penalty leaves the real events.
  package let perturbation: Tensor
  /// How many of the rows' first columns are generated; the conditions follow.
  package let targets: Int

  package init(
    real: WeightedEvents, first: WeightedEvents, second: WeightedEvents, mixing: Tensor, perturbation: Tensor,
    targets: Int
  ) {
    (self.real, self.first, self.second) = (real, first, second)
    (self.mixing, self.perturbation, self.targets) = (mixing, perturbation, targets)
  }

  /// Events between the real and the first generated ones, pair by pair.
  func between() throws -> Tensor { try mixing * real.rows + (1 - mixing) * first.rows }
}

/// The losses of a critic step, each of shape [1, 1].
package struct CriticLosses {
  /// What the critic minimises.
  package let loss: Tensor
  /// The parts of it that are worth a history, by the name of their series.
  package let terms: [(name: String, value: Tensor)]
}

/// What an objective asks of a critic.
package protocol Critic {
  /// - Parameter rows: targets and conditions side by side, shape [batch, targets + conditions].
  /// - Returns: shape [batch, outputs].
  func callAsFunction(_ rows: Tensor) throws -> Tensor
}

extension DenseNetwork: Critic {}
extension Network: Critic {}

/// A pair of losses. Weights multiply each event's term and are never divided by their batch sum.
package protocol Objective: Sendable {
  /// Whether a generated event has the conditions and the weight of the real event next to it. Where it has not, its
  /// conditions are a draw of their own from the weighted sample.
  var sharesConditions: Bool { get }

  /// - Parameter penaltyWeight: λ of the gradient penalty, shape [1, 1]; without one it has no effect.
  func criticLosses(critic: some Critic, _ batch: AdversarialBatch, penaltyWeight: Tensor) throws -> CriticLosses

  /// The loss of a generator step, shape [1, 1].
  func generatorLoss(critic: some Critic, _ batch: AdversarialBatch) throws -> Tensor
}

extension WeightedEvents {
  /// The weighted mean of one value an event, shape [1, 1].
  func mean(_ values: Tensor) throws -> Tensor { try (values * weights).meanOverBatch() }
}
