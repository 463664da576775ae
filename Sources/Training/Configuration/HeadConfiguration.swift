// Quantities that a network estimates, and how far an estimate is off.

/// A quantity that a network estimates beside its value, or instead of one.
package struct HeadConfiguration: Sendable, Equatable {
  package enum Quantity: Sendable, Equatable {
    case condition(String)
    /// The sum of all targets.
    case totalEnergy
  }

  package let name: String
  package let quantity: Quantity
  package let loss: RegressionLossConfiguration
  package let weight: Double

  private static let totalEnergy = "total-energy"

  /// - Parameter conditions: the columns that the generator is given.
  init(name: String, _ field: ConfigurationField, conditions: [String]) throws {
    self.name = name
    let section = try field.section(["of", "loss", "weight"])
    let choices = conditions + [Self.totalEnergy]
    let given = section["of"].given
    if given == nil, !choices.contains(name) {
      throw section["of"].problem(expected: choices.count == 1 ? choices[0] : "one of \(listed(choices, "and"))")
    }
    let word = try given?.choice(choices) ?? name
    quantity = word == Self.totalEnergy ? .totalEnergy : .condition(word)
    (loss, weight) = try RegressionLossConfiguration.withWeight(in: section)
  }

  package var isOfCondition: Bool { quantity != .totalEnergy }

  var tree: ConfigurationTree {
    let word: String =
      switch quantity {
      case .condition(let name): name
      case .totalEnergy: Self.totalEnergy
      }
    return .section([("of", .text(word)), ("loss", .text(loss.rawValue)), ("weight", .number(weight))])
  }
}

/// How far an estimate is from a quantity.
package enum RegressionLossConfiguration: String, Sendable, CaseIterable {
  /// (ŷ − y)².
  case squared = "mse"
  /// |ŷ − y|.
  case absolute = "mae"
  /// 100 |ŷ − y| / |y|.
  case percentage = "mape"

  static func withWeight(in section: ConfigurationSection) throws -> (RegressionLossConfiguration, Double) {
    (
      try section["loss"].given?.choice() ?? .squared,
      try section["weight"].given?.number(.from(0, to: 1e6)) ?? 1
    )
  }
}
