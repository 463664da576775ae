// Activations of dense layers.
package import TensorGraph

/// A function applied to every element of a layer's output.
package enum Activation: Sendable, Equatable {
  case linear
  case relu
  case leakyReLU(slope: Float)
  case tanh
  case sigmoid
  /// a · σ(b) for the two halves a and b of the columns (gated linear units, arXiv:1612.08083).
  case gated

  /// Columns before the activation for each one after it.
  var columnsForEach: Int { self == .gated ? 2 : 1 }

  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .linear: x
    case .relu: try x.leakyReLU(slope: 0)
    case .leakyReLU(let slope): try x.leakyReLU(slope: slope)
    case .tanh: try x.tanh()
    case .sigmoid: try x.sigmoid()
    case .gated:
      try x.columns(0..<x.shape.columns / 2) * x.columns(x.shape.columns / 2..<x.shape.columns).sigmoid()
    }
  }
}
