// The hidden layers of a dense network.
internal import Numerics

/// Hidden layers of equal width; a linear output layer follows.
package struct NetworkConfiguration: Sendable, Equatable {
  package enum Activation: Sendable, Equatable {
    case relu
    /// max(x, slope · x).
    case leakyReLU(slope: Double)
    case tanh
    case sigmoid
    /// Half of a layer's values, each times the sigmoid of one of the other half.
    case gated
  }

  /// The number of hidden layers.
  package let layers: Int
  /// The width of each.
  package let units: Int
  package let activation: Activation
  /// Whether each hidden layer but the first adds its input to its output.
  package let residual: Bool

  /// The keys of a network's section.
  static let keys = ["layers", "units", "activation", "slope", "connections"]

  private enum Connections: String, CaseIterable { case plain, residual }

  private enum ActivationName: String, CaseIterable {
    case relu
    case leakyReLU = "leaky-relu"
    case tanh, sigmoid, gated
  }

  init(in section: ConfigurationSection) throws {
    layers = try section["layers"].integer(.layers)
    units = try section["units"].integer(.units)
    let name: ActivationName = try section["activation"].given?.choice() ?? .relu
    if name != .leakyReLU, let slope = section["slope"].given {
      throw slope.problem(
        found: "a slope for the activation \(name.rawValue)", expected: "a slope for leaky-relu alone")
    }
    switch name {
    case .relu: activation = .relu
    case .leakyReLU: activation = .leakyReLU(slope: try section["slope"].given?.number(.from(0, below: 1)) ?? 0.1)
    case .tanh: activation = .tanh
    case .sigmoid: activation = .sigmoid
    case .gated: activation = .gated
    }
    let connections: Connections = try section["connections"].given?.choice() ?? .plain
    residual = connections == .residual
  }

  var entries: [ConfigurationTree.Entry] {
    let settings: [ConfigurationTree.Entry] =
      switch activation {
      case .relu: [("activation", .text(ActivationName.relu.rawValue))]
      case .leakyReLU(let slope):
        [("activation", .text(ActivationName.leakyReLU.rawValue)), ("slope", .number(slope))]
      case .tanh: [("activation", .text(ActivationName.tanh.rawValue))]
      case .sigmoid: [("activation", .text(ActivationName.sigmoid.rawValue))]
      case .gated: [("activation", .text(ActivationName.gated.rawValue))]
      }
    // Plain networks are written as they were before there were others, so that their digests stay.
    return [("layers", .integer(layers)), ("units", .integer(units))] + settings
      + (residual ? [("connections", .text(Connections.residual.rawValue))] : [])
  }
}
