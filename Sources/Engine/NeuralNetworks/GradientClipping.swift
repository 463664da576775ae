// Gradients that are kept from becoming too large.
package import TensorGraph

/// How the gradients of one network are limited before its optimiser sees them.
package enum GradientClipping: Sendable, Equatable {
  /// All of them are multiplied by min(1, limit / |g|), |g| the norm over all parameters together (Pascanu et al.,
  /// arXiv:1211.5063, algorithm 1).
  case norm(Float)
  /// Each element is brought back to −limit … limit.
  case value(Float)

  package func callAsFunction(_ gradients: [Tensor]) throws -> [Tensor] {
    guard let graph = gradients.first?.graph else { return [] }
    switch self {
    case .norm(let limit):
      // One sum after another in the order of the parameters: the same bits everywhere.
      let squares = try gradients.map { try ($0 * $0).sumOfColumns().sumOfRows() }
      let norm = try squares.dropFirst().reduce(squares[0]) { try $0 + $1 }.squareRoot()
      let bound = graph.constant(limit, .scalar)
      let factor = try bound / maximum(norm, bound)
      return try gradients.map { try $0 * factor }
    case .value(let limit):
      let (upper, lower) = (graph.constant(limit, .scalar), graph.constant(-limit, .scalar))
      return try gradients.map { try maximum(minimum($0, upper), lower) }
    }
  }
}
