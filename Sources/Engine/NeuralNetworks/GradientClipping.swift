// Gradients that are kept from becoming too large.
package import TensorGraph

/// How the gradients of one network are limited before its optimiser sees them.
package enum GradientClipping: Sendable, Equatable {
  /// All of them are multiplied by min(1, limit / |g|), |g| the norm over all parameters together (Pascanu et al.,
  /// arXiv:1211.5063, algorithm 1).
  case norm(Float)
  /// Each element is clipped to −limit … limit.
  case value(Float)

  package func callAsFunction(_ gradients: [Tensor]) throws -> [Tensor] {
    guard let graph = gradients.first?.graph else { return [] }
    switch self {
    case .norm(let limit):
      // One sum after another in the order of the parameters: the same bits everywhere.
      func sumOfSquares(_ scale: Float) throws -> Tensor {
        let squares = try gradients.map { gradient in
          let scaled = try scale * gradient
          return try (scaled * scaled).sumOfColumns().sumOfRows()
        }
        return try squares.dropFirst().reduce(squares[0]) { try $0 + $1 }
      }
      let sum = try sumOfSquares(1)
      let bound = graph.constant(limit, .scalar)
      let factor = try bound / maximum(sum.squareRoot(), bound)
      // Squares of gradients above 1.8e19 overflow, and the factor is 0 then: the norm is taken of 2^-96 times them.
      let overflow = try (sum - Float.greatestFiniteMagnitude).step()
      let small = try maximum(sumOfSquares(0x1p-96).squareRoot(), graph.constant(0x1p-40, .scalar))
      let total = try factor + overflow * (0x1p-96 * (bound / small))
      return try gradients.map { try $0 * total }
    case .value(let limit):
      let (upper, lower) = (graph.constant(limit, .scalar), graph.constant(-limit, .scalar))
      return try gradients.map { try maximum(minimum($0, upper), lower) }
    }
  }
}
