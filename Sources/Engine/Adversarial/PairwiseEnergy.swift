// The energy distance over all pairs of two weighted batches.
package import TensorGraph

/// The three weighted sums of distances that an energy distance is made of, each of shape [1, 1].
///
///     let energy = try PairwiseEnergy(real: x, weights: w, generated: g, weights: v).unbiased()
package struct PairwiseEnergy {
  /// Σ_ij w_i v_j |x_i − g_j|.
  package let between: Tensor
  /// Σ_ij w_i w_j |x_i − x_j|.
  package let withinReal: Tensor
  /// Σ_ij v_i v_j |g_i − g_j|.
  package let withinGenerated: Tensor

  /// - Parameters:
  ///   - real: points of shape [batch, columns], and so are the generated ones.
  ///   - realWeights: shape [batch, 1], of any sign, and so are the others.
  package init(
    real: Tensor, weights realWeights: Tensor, generated: Tensor, weights generatedWeights: Tensor
  ) throws {
    func sum(_ a: Tensor, _ weights: Tensor, _ b: Tensor, _ others: Tensor) throws -> Tensor {
      try (weightedDistances(from: a, to: b, weights: others) * weights).sumOfRows()
    }
    between = try sum(real, realWeights, generated, generatedWeights)
    withinReal = try sum(real, realWeights, real, realWeights)
    withinGenerated = try sum(generated, generatedWeights, generated, generatedWeights)
  }

  /// 2·between/B² − (withinReal + withinGenerated)/(B(B − 1)): the U-statistic for weights whose mean over the whole
  /// sample is 1. It is not divided by a batch's sums of weights, a ratio that is biased and whose denominator can come
  /// near zero. Unbiased, so it can be negative.
  package func unbiased() throws -> Tensor {
    let batch = Float(between.graph.batch)
    return try (2 / (batch * batch)) * between - (1 / (batch * (batch - 1))) * (withinReal + withinGenerated)
  }
}
