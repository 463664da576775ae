// Spectral normalisation: a critic whose layers stretch no vector by more than one.
package import TensorGraph

/// W is used as W/σ(W), where σ, the largest singular value, comes from one step of power iteration a critic step
/// (Miyato et al., arXiv:1802.05957, algorithm 1):
///
///     v = normalised(u·W),  u' = normalised(v·Wᵀ),  σ = (u'·W)·v
///
/// u is kept from step to step, u' takes its place when a critic step is done. Gradients flow through W/σ and through W
/// in σ, with u' and v constants, as published.
extension DenseNetwork {
  /// The states, in the order of the layers; none without spectral normalisation.
  package var states: [Variable] {
    guard spectralNormalisation else { return [] }
    return (0...layers).map {
      Variable(name: singular($0), role: .state, rows: 1, columns: sizes[$0], initialisation: .normal)
    }
  }

  /// What a step that trains this network leaves to the next one.
  package func stateUpdates(in graph: Graph) throws -> [Update] {
    guard spectralNormalisation else { return [] }
    return try (0...layers).map { layer in
      Update(
        parameter: singular(layer), gradient: try largestSingularValue(layer, in: graph).vector, rule: .assign,
        rate: graph.constant(0, .scalar))
    }
  }

  /// - Returns: σ, shape [1, 1], and u', shape [1, in].
  func largestSingularValue(_ layer: Int, in graph: Graph) throws -> (value: Tensor, vector: Tensor) {
    let weights = weights(layer, in: graph)
    let before = graph.parameter(singular(layer), rows: 1, columns: sizes[layer])
    let right = try normalised(before.times(weights)).detached()
    let left = try normalised(right.timesTransposed(weights)).detached()
    return (try (left.times(weights) * right).sumOfColumns(), left)
  }

  private func normalised(_ row: Tensor) throws -> Tensor { try row / row.rowNorm() }
}
