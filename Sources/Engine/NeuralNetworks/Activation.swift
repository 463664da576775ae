// Activations of layers.
package import TensorGraph

/// A function applied to every element of a layer's output.
package enum Activation: Sendable, Equatable {
  case linear
  case relu
  case leakyReLU(slope: Float)
  case tanh
  case sigmoid
  /// ln(1 + exp(x)).
  case softplus
  /// x for x > 0, else exp(x) − 1 (exponential linear unit, arXiv:1511.07289, α = 1).
  case elu
  /// λ·x for x > 0, else λα(exp(x) − 1), whose fixed point is a unit normal (arXiv:1706.02515, equation 2).
  case selu
  /// x·Φ(x) with the normal distribution Φ (arXiv:1606.08415).
  case gelu
  /// Its approximation by a tanh (arXiv:1606.08415, section 2).
  case geluTanh
  /// x·σ(x) (arXiv:1702.03118), also called swish.
  case silu
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
    case .softplus: try x.softplus()
    case .elu: try positivePart(x) + exponentialPart(x)
    case .selu:
      try positivePart(x).scaled(by: Self.seluScale)
        + exponentialPart(x).scaled(by: Self.seluScale * Self.seluAlpha)
    case .gelu: try (0.5 * x) * (x.scaled(by: 0.5.squareRoot()).erf() + 1)
    case .geluTanh:
      try (0.5 * x)
        * ((x + (x * x * x).scaled(by: 0.044715)).scaled(by: (2 / Double.pi).squareRoot()).tanh() + 1)
    case .silu: try x * x.sigmoid()
    case .gated:
      try x.columns(0..<x.shape.columns / 2) * x.columns(x.shape.columns / 2..<x.shape.columns).sigmoid()
    }
  }

  private static let seluScale = 1.0507009873554804934193349852946
  private static let seluAlpha = 1.6732632423543772848170429916717

  /// max(x, 0).
  private func positivePart(_ x: Tensor) throws -> Tensor { try x.leakyReLU(slope: 0) }
  /// exp(min(x, 0)) − 1. Of equal operands `minimum` takes the second, so that the derivative at 0 is that from below.
  private func exponentialPart(_ x: Tensor) throws -> Tensor {
    try minimum(x.graph.constant(0, .scalar), x).exp() - 1
  }
}
