// The critic's network: its layers, what comes out of it and how it is kept from being steep.
internal import Numerics

/// A dense network that tells real from generated events.
package struct CriticConfiguration: Sendable, Equatable {
  package enum Normalisation: String, Sendable, CaseIterable {
    case none
    /// Weights divided by their largest singular value (arXiv:1802.05957).
    case spectral
  }

  package let network: NetworkConfiguration
  /// The dimension of the output; 1 for all but the Cramér GAN, whose published one is 256 (arXiv:1705.10743).
  package let outputs: Int
  package let normalisation: Normalisation

  /// - Parameter takesOutputs: whether the config says how many outputs there are.
  init(_ field: ConfigurationField, takesOutputs: Bool) throws {
    let section = try field.section(
      NetworkConfiguration.keys + (takesOutputs ? ["outputs"] : []) + ["normalisation"])
    network = try NetworkConfiguration(in: section)
    outputs = takesOutputs ? try section["outputs"].given?.integer(.units) ?? 256 : 1
    normalisation = try section["normalisation"].given?.choice() ?? .none
  }

  /// - Parameter takesOutputs: as for the initialiser.
  func tree(takesOutputs: Bool) -> ConfigurationTree {
    .section(
      network.entries + (takesOutputs ? [("outputs", .integer(outputs))] : [])
        + [("normalisation", .text(normalisation.rawValue))])
  }
}
