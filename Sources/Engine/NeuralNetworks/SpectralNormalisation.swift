// Spectral normalisation: a critic whose layers stretch no vector by more than one.
internal import TensorGraph

/// A weight matrix W that is used as W/σ(W), where σ, the largest singular value, comes from one step of power iteration a
/// critic step (Miyato et al., arXiv:1802.05957, algorithm 1):
///
///     v = normalised(u·W),  u' = normalised(v·Wᵀ),  σ = (u'·W)·v
///
/// u, the state `NAME.singular` [1, rows of W], is kept from step to step; u' takes its place when a critic step is done.
/// Gradients flow through W/σ and through W in σ, with u' and v constants, as published. The filters of a convolution
/// are the columns of W [taps · channels, filters], as published.
struct SpectralNormalisation: Sendable, Equatable {
  let weight: Variable
  let state: Variable

  /// - Parameters:
  ///   - weight: W.
  ///   - layer: the name of its layer.
  init(of weight: Variable, layer: String) {
    self.weight = weight
    state = Variable(name: "\(layer).singular", role: .state, rows: 1, columns: weight.rows, initialisation: .normal)
  }

  /// W/σ(W), in the shape of W.
  func weights(in graph: Graph) throws -> Tensor {
    let weights = tensor(of: weight, in: graph)
    // Weights that are all zero have no direction; they stay zero.
    let least = graph.constant(1e-6, .scalar)
    return try weights / maximum(largestSingularValue(in: graph).value, least)
  }

  /// What a step that trains W leaves to the next one.
  func update(in graph: Graph) throws -> Update {
    Update(
      parameter: state.name, gradient: try largestSingularValue(in: graph).vector, rule: .assign,
      rate: graph.constant(0, .scalar))
  }

  /// - Returns: σ, shape [1, 1], and u', shape [1, rows of W].
  private func largestSingularValue(in graph: Graph) throws -> (value: Tensor, vector: Tensor) {
    let weights = tensor(of: weight, in: graph)
    let before = tensor(of: state, in: graph)
    let right = try normalised(before.times(weights)).detached()
    let left = try normalised(right.timesTransposed(weights)).detached()
    return (try (left.times(weights) * right).sumOfColumns(), left)
  }

  private func normalised(_ row: Tensor) throws -> Tensor { try row / row.rowNorm() }
}
