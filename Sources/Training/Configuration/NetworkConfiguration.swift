// The hidden layers of a dense network.

/// Hidden layers of equal width; a linear output layer follows.
package struct NetworkConfiguration: Sendable, Equatable {
  package enum Activation: Sendable, Equatable {
    case relu
    /// max(x, slope · x).
    case leakyReLU(slope: Double)
    case tanh
    case sigmoid
  }

  /// The number of hidden layers.
  package let layers: Int
  /// The width of each.
  package let units: Int
  package let activation: Activation
}
