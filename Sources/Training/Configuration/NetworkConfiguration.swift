// A network of the section `model`: dense layers of equal width, or a list of any layers.
internal import Numerics

/// The layers of a network.
package enum NetworkConfiguration: Sendable, Equatable {
  case dense(DenseConfiguration)
  case layers(LayerListConfiguration)

  /// The keys of a network's section.
  static let keys = DenseConfiguration.keys

  /// `layers` is a number of dense layers, or a list.
  init(in section: ConfigurationSection) throws {
    guard section["layers"].isList else {
      self = .dense(try DenseConfiguration(in: section))
      return
    }
    for key in Self.keys where key != "layers" {
      guard let given = section[key].given else { continue }
      throw given.problem(
        found: "\(key) beside a list of layers", expected: "the settings of each layer in the list alone")
    }
    self = .layers(try LayerListConfiguration(section["layers"]))
  }

  var entries: [ConfigurationTree.Entry] {
    switch self {
    case .dense(let dense): dense.entries
    case .layers(let list): [("layers", list.tree)]
    }
  }

  /// Dense layers of equal width; nil for a list.
  package var denseLayers: DenseConfiguration? {
    if case .dense(let dense) = self { dense } else { nil }
  }

  /// The list; nil for dense layers of equal width.
  package var list: LayerListConfiguration? {
    if case .layers(let list) = self { list } else { nil }
  }
}

/// Hidden layers of equal width; a linear output layer follows.
package struct DenseConfiguration: Sendable, Equatable {
  /// The number of hidden layers.
  package let layers: Int
  /// The width of each.
  package let units: Int
  package let activation: ActivationConfiguration
  /// Whether each hidden layer but the first adds its input to its output.
  package let residual: Bool

  static let keys = ["layers", "units"] + ActivationConfiguration.keys + ["connections"]

  private enum Connections: String, CaseIterable { case plain, residual }

  init(in section: ConfigurationSection) throws {
    layers = try section["layers"].integer(.layers, or: "a list of layers")
    units = try section["units"].integer(.units)
    activation = try ActivationConfiguration(in: section, otherwiseRelu: true) ?? .relu
    let connections: Connections = try section["connections"].given?.choice() ?? .plain
    residual = connections == .residual
  }

  var entries: [ConfigurationTree.Entry] {
    // Plain networks are written as they were before there were others, so that their digests stay.
    [("layers", .integer(layers)), ("units", .integer(units))] + activation.entries
      + (residual ? [("connections", .text(Connections.residual.rawValue))] : [])
  }
}
