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
