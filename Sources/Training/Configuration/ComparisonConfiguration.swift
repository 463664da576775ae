// Quantities of generated events that are compared with those of real ones.

/// A quantity of a generated event that is compared with that of the real event of the same conditions.
package struct ComparisonConfiguration: Sendable, Equatable {
  package let name: String
  package let view: ViewConfiguration
  package let loss: RegressionLossConfiguration
  package let weight: Double
  private let source: LayerListConfiguration.Source

  init(name: String, _ field: ConfigurationField) throws {
    self.name = name
    source = LayerListConfiguration.Source(field)
    let section = try field.section(["of", "cells", "axis", "loss", "weight"])
    view = try ViewConfiguration(in: section, among: [.totalEnergy, .layerSums, .profile])
    (loss, weight) = try RegressionLossConfiguration.withWeight(in: section)
  }

  /// An error about this comparison at its line of the config.
  package func problem(found: String, expected: String) -> ConfigurationError {
    source.problem(found: found, expected: expected)
  }

  var tree: ConfigurationTree {
    .section(view.entries + [("loss", .text(loss.rawValue)), ("weight", .number(weight))])
  }
}
