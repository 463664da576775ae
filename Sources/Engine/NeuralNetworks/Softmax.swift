// Probabilities of classes from their scores.
package import TensorGraph

/// exp(x_k) / Σ_j exp(x_j) over the columns of each event.
/// - Parameter scores: shape [batch, classes].
/// - Returns: shape [batch, classes], rows of sum 1.
package func softmax(_ scores: Tensor) throws -> Tensor {
  let powers = try (scores - largest(of: scores)).exp()
  return try powers / powers.sumOfColumns()
}

/// x_k − ln Σ_j exp(x_j) over the columns of each event: the logarithm of `softmax`, also where that is too small for a
/// float32.
/// - Parameter scores: shape [batch, classes].
/// - Returns: shape [batch, classes].
package func logSoftmax(_ scores: Tensor) throws -> Tensor {
  let shifted = try scores - largest(of: scores)
  return try shifted - shifted.exp().sumOfColumns().log()
}

/// The largest of each row, shape [batch, 1]: exponentials of differences to it are at most 1. The result of either
/// function does not depend on it, so that it is a constant for derivatives.
private func largest(of scores: Tensor) throws -> Tensor {
  var scores = scores
  // Halves that overlap where the count is odd, until one column is left.
  while scores.shape.columns > 1 {
    let (all, half) = (scores.shape.columns, (scores.shape.columns + 1) / 2)
    scores = try maximum(scores.columns(0..<half), scores.columns(all - half..<all))
  }
  return try scores.detached()
}
