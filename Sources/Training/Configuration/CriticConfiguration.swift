// A critic's network: its layers, what comes out of it and how it is kept from being steep.
internal import Numerics

/// A network that tells real from generated events, or estimates quantities of events, or both.
package struct CriticConfiguration: Sendable, Equatable {
  package enum Normalisation: String, Sendable, CaseIterable {
    case none
    /// Weights divided by their largest singular value (arXiv:1802.05957).
    case spectral
  }

  package let network: NetworkConfiguration
  /// The dimension of the value; 1 for all but the Cramér GAN, whose published one is 256 (arXiv:1705.10743).
  /// nil for a list of layers, the last of which says it, and for a regression, which has no value.
  package let outputs: Int?
  private let writesOutputs: Bool
  package let normalisation: Normalisation
  /// Quantities that it estimates, in the order of their names.
  package let heads: [HeadConfiguration]

  static func keys(takesOutputs: Bool) -> [String] {
    NetworkConfiguration.keys + (takesOutputs ? ["outputs"] : []) + ["normalisation", "heads"]
  }

  /// - Parameters:
  ///   - takesOutputs: whether the config says how many outputs there are.
  ///   - conditions: the columns that the generator is given.
  init(_ field: ConfigurationField, takesOutputs: Bool, conditions: [String]) throws {
    try self.init(
      in: field.section(Self.keys(takesOutputs: takesOutputs)), takesOutputs: takesOutputs, conditions: conditions)
  }

  /// - Parameter hasValue: whether it tells real from generated events.
  init(
    in section: ConfigurationSection, takesOutputs: Bool, hasValue: Bool = true, conditions: [String]
  ) throws {
    network = try NetworkConfiguration(in: section)
    writesOutputs = takesOutputs
    let given = takesOutputs ? section["outputs"].given : nil
    if network.list != nil {
      if let given {
        throw given.problem(
          found: "outputs beside a list of layers", expected: "none, because the last layer has as many as it gives")
      }
      outputs = nil
    } else {
      outputs = hasValue ? takesOutputs ? try given?.integer(.units) ?? 256 : 1 : nil
    }
    normalisation = try section["normalisation"].given?.choice() ?? .none
    heads =
      try section["heads"].given?.named(1...64, of: "heads") { name, field in
        try HeadConfiguration(name: name, field, conditions: conditions)
      } ?? []
    if let list = network.list, heads.contains(where: \.isOfCondition),
      let place = list.place(of: { $0.operation == .conditions })
    {
      throw list.problem(
        at: place, found: "conditions beside heads that estimate them",
        expected: "layers that do not read the conditions, or no head of a condition")
    }
  }

  /// Whether the network reads the conditions: a list where it says so, dense layers unless a head estimates one.
  package var readsConditions: Bool {
    network.list.map { $0.place(of: { $0.operation == .conditions }) != nil } ?? !heads.contains(where: \.isOfCondition)
  }

  /// - Throws: `ConfigurationError` for a layer that makes the values of a batch depend on each other, of which no penalty
  ///   can be taken.
  func requireSeparateEvents() throws {
    guard let list = network.list, let place = list.place(of: { $0.normalisation == .batch }) else { return }
    throw list.problem(
      at: place, found: "a batch normalisation in a critic with a gradient penalty",
      expected: "normalisation: layer, or a model without a penalty, because an event's slope needs a value of its own")
  }

  var tree: ConfigurationTree { .section(entries) }

  var entries: [ConfigurationTree.Entry] {
    network.entries
      + ConfigurationTree.optional("outputs", writesOutputs ? outputs.map(ConfigurationTree.integer) : nil)
      + [("normalisation", .text(normalisation.rawValue))]
      + (heads.isEmpty ? [] : [("heads", .section(heads.map { ($0.name, $0.tree) }))])
  }
}
