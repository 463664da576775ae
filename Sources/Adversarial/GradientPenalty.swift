// Penalties that keep a critic's slope near one.
package import TensorGraph

/// The kinds of gradient penalty (Gulrajani et al., arXiv:1704.00028).
package enum GradientPenalty: String, Sendable, Equatable {
  /// E max(0, |∇f| − 1)².
  case oneSided = "one-sided"
  /// E (|∇f| − 1)².
  case twoSided = "two-sided"

  /// - Parameters:
  ///   - values: the critic's value of each event, shape [batch, 1].
  ///   - points: where the values were taken, shape [batch, columns].
  /// - Returns: the mean penalty and the mean slope |∇f|, both of shape [1, 1]. Never weighted: a negative weight would
  ///   reward steep critics.
  package func callAsFunction(of values: Tensor, at points: Tensor) throws -> (penalty: Tensor, slope: Tensor) {
    let slopes = try gradient(of: values.sumOfRows(), withRespectTo: [points])[0].rowNorm()
    let excess = self == .oneSided ? try (slopes - 1).leakyReLU(slope: 0) : try slopes - 1
    return (try (excess * excess).meanOverBatch(), try slopes.meanOverBatch())
  }
}
