// Penalties that keep a critic's slope near one.
package import TensorGraph

/// A gradient penalty; never weighted, since a negative weight would reward steep critics.
package struct GradientPenalty: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// E max(0, |∇f| − 1)² between real and generated events (Petzka et al., arXiv:1709.08894).
    case oneSided
    /// E (|∇f| − 1)² between real and generated events (Gulrajani et al., arXiv:1704.00028).
    case twoSided
    /// E (|∇f| − 1)² around real events (Kodali et al., arXiv:1705.07215): at x + α·c·σ·u, with u uniform in [0, 1) for
    /// each element, σ the standard deviation of all elements of the batch and α uniform in [0, 1) for each event.
    case dragan(noise: Float)
  }

  package enum Scope: Sendable, Equatable {
    /// ∇f with respect to all that the critic sees.
    case inputs
    /// ∇f with respect to the generated columns alone; the conditions are left free.
    case outputs
  }

  package let kind: Kind
  package let scope: Scope

  package init(_ kind: Kind, on scope: Scope = .inputs) {
    (self.kind, self.scope) = (kind, scope)
  }

  /// Where the slope is taken, shape [batch, columns].
  func points(_ batch: AdversarialBatch) throws -> Tensor {
    guard case .dragan(let noise) = kind else { return try batch.between() }
    let real = batch.real.rows
    let share = 1 / Float(real.shape.columns)
    let deviations = try real - share * real.meanOverBatch().sumOfColumns()
    let deviation = try (share * (deviations * deviations).meanOverBatch().sumOfColumns()).squareRoot()
    return try real + batch.mixing * (noise * deviation * batch.perturbation)
  }

  /// - Parameters:
  ///   - values: the critic's value of each event, shape [batch, 1].
  ///   - points: where the values were taken, shape [batch, columns].
  ///   - targets: how many of the first columns are generated.
  /// - Returns: the mean penalty and the mean slope |∇f|, both of shape [1, 1].
  /// - Throws: `GraphError.penaltyOfMixedEvents` where a value depends on other events than its own.
  package func callAsFunction(
    of values: Tensor, at points: Tensor, targets: Int
  ) throws -> (penalty: Tensor, slope: Tensor) {
    // The sum of the values has each event's own slope as its gradient where no value depends on another event.
    if values.mixesEvents(of: points) { throw GraphError.penaltyOfMixedEvents }
    let whole = try gradient(of: values.sumOfRows(), withRespectTo: [points])[0]
    let slopes = try (scope == .inputs ? whole : whole.columns(0..<targets)).rowNorm()
    let excess = kind == .oneSided ? try (slopes - 1).leakyReLU(slope: 0) : try slopes - 1
    return (try (excess * excess).meanOverBatch(), try slopes.meanOverBatch())
  }
}

extension Optional where Wrapped == GradientPenalty {
  /// A critic's losses with the penalty, where there is one, on a scalar value.
  /// - Parameter value: the critic's value at points, shape [batch, 1].
  func added(
    to loss: Tensor, terms: [(name: String, value: Tensor)], _ batch: AdversarialBatch, weight: Tensor,
    value: (Tensor) throws -> Tensor
  ) throws -> CriticLosses {
    guard let penalty = self else { return CriticLosses(loss: loss, terms: terms) }
    let points = try penalty.points(batch)
    let (excess, slope) = try penalty(of: value(points), at: points, targets: batch.targets)
    return CriticLosses(
      loss: try weight * excess + loss, terms: terms + [("penalty", excess), ("slope", slope)])
  }
}
