// Activations of dense layers.
package import TensorGraph

/// A function applied to every element of a layer's output.
package enum Activation: Sendable, Equatable {
  case linear
  case relu
  case leakyReLU(slope: Float)
  case tanh
  case sigmoid

  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .linear: x
    case .relu: try x.leakyReLU(slope: 0)
    case .leakyReLU(let slope): try x.leakyReLU(slope: slope)
    case .tanh: try x.tanh()
    case .sigmoid: try x.sigmoid()
    }
  }
}
