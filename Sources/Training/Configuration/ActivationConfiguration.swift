// The function after a layer.

/// An activation with its setting.
package enum ActivationConfiguration: Sendable, Equatable {
  case relu
  /// max(x, slope · x).
  case leakyReLU(slope: Double)
  case tanh
  case sigmoid
  /// Half of a layer's values, each times the sigmoid of one of the other half.
  case gated
  /// ln(1 + exp(x)).
  case softplus
  case elu, selu, gelu, silu

  /// The keys of an activation in a section.
  static let keys = ["activation", "slope"]

  private enum Name: String, CaseIterable {
    case relu
    case leakyReLU = "leaky-relu"
    case tanh, sigmoid, gated, softplus, elu, selu, gelu, silu
  }

  /// - Parameter isRelu: whether a section that gives none has a rectifier.
  /// - Returns: nil where there is none.
  init?(in section: ConfigurationSection, otherwiseRelu isRelu: Bool = false) throws {
    let given: Name? = try section["activation"].given?.choice() ?? (isRelu ? .relu : nil)
    if given != .leakyReLU, let slope = section["slope"].given {
      throw slope.problem(
        found: given.map { "a slope for the activation \($0.rawValue)" } ?? "a slope without an activation",
        expected: "a slope for leaky-relu alone")
    }
    switch given {
    case nil: return nil
    case .relu: self = .relu
    case .leakyReLU: self = .leakyReLU(slope: try section["slope"].given?.number(.from(0, below: 1)) ?? 0.1)
    case .tanh: self = .tanh
    case .sigmoid: self = .sigmoid
    case .gated: self = .gated
    case .softplus: self = .softplus
    case .elu: self = .elu
    case .selu: self = .selu
    case .gelu: self = .gelu
    case .silu: self = .silu
    }
  }

  private var name: Name {
    switch self {
    case .relu: .relu
    case .leakyReLU: .leakyReLU
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .gated: .gated
    case .softplus: .softplus
    case .elu: .elu
    case .selu: .selu
    case .gelu: .gelu
    case .silu: .silu
    }
  }

  var entries: [ConfigurationTree.Entry] {
    let slope: Double? = if case .leakyReLU(let slope) = self { slope } else { nil }
    return [("activation", .text(name.rawValue))]
      + ConfigurationTree.optional("slope", slope.map(ConfigurationTree.number))
  }
}
