// Elementary losses of a regressor or a classifier; the adversarial objectives have a target of their own.
package import TensorGraph

/// The cross-entropy of logits x against targets t in [0, 1], −t ln σ(x) − (1 − t) ln(1 − σ(x)) = softplus(x) − x·t, for
/// each event; finite for every logit.
/// - Parameters:
///   - logits: shape [batch, 1].
///   - targets: shape [batch, 1].
/// - Returns: shape [batch, 1].
package func binaryCrossEntropy(logits: Tensor, targets: Tensor) throws -> Tensor {
  try logits.softplus() - logits * targets
}

/// Huber's loss (Ann. Math. Statist. 35 (1964) 73) of residuals: r²/2 up to |r| = δ, δ(|r| − δ/2) beyond.
/// - Parameter residuals: prediction minus target, any shape.
/// - Returns: the shape of the residuals.
package func huber(_ residuals: Tensor, delta: Float) throws -> Tensor {
  // With c = min(|r|, δ) both parts are c(|r| − c/2).
  let size = try residuals.magnitude()
  let clipped = try minimum(size, residuals.graph.constant(delta, .scalar))
  return try clipped * (size - 0.5 * clipped)
}

/// How far estimates are from values.
package enum RegressionLoss: Sendable, Equatable {
  /// (ŷ − y)².
  case squared
  /// |ŷ − y|.
  case absolute
  /// 100 |ŷ − y| / max(|y|, 10⁻⁷), in per cent as in Keras.
  case percentage

  /// - Parameters:
  ///   - estimates: shape [batch, columns].
  ///   - values: the same shape.
  /// - Returns: the mean over the columns, shape [batch, 1].
  package func callAsFunction(_ estimates: Tensor, _ values: Tensor) throws -> Tensor {
    let difference = try estimates - values
    let losses: Tensor =
      switch self {
      case .squared: try difference * difference
      case .absolute: try difference.magnitude()
      case .percentage:
        try 100 * (difference.magnitude() / maximum(values.magnitude(), values.graph.constant(1e-7, .scalar)))
      }
    return try losses.meanOfColumns()
  }
}

/// The mean over the batch of losses, each times its event's weight: Σ w·l / batch. Weights are not normalised, as a sum
/// of signed weights can be near zero.
/// - Parameters:
///   - losses: shape [batch, 1].
///   - weights: shape [batch, 1]; nil weighs all events alike.
/// - Returns: shape [1, 1].
package func meanLoss(_ losses: Tensor, weights: Tensor? = nil) throws -> Tensor {
  let graph = losses.graph
  return try (weights.map { try losses * $0 } ?? losses).sumOfRows() / graph.constant(Float(graph.batch), .scalar)
}
