// The key of the section `model` for the objective `mean-shower`: by which condition the mean shower is scaled.
internal import ToyDescriptions

/// A model of cells without networks: the mean shower of the sample, scaled by the energy, with Poisson noise.
package struct MeanShowerConfiguration: Sendable, Equatable {
  /// The condition that is the energy of the particle, above 0.
  package let energy: String

  static let keys = ["energy"]

  /// - Parameters:
  ///   - section: of which these keys are some.
  ///   - conditions: those of the config.
  init(in section: ConfigurationSection, conditions: [String]) throws {
    let field = section["energy"]
    guard !conditions.isEmpty else {
      throw field.problem(
        found: "no conditions", expected: "the energy of the particle among data.conditions")
    }
    if field.given == nil, conditions.contains(CalorimeterName.energyName) {
      energy = CalorimeterName.energyName
    } else {
      energy = try field.choice(
        conditions, otherwise: "the condition that is the energy of the particle, one of \(listed(conditions, "and"))")
    }
  }

  var entries: [ConfigurationTree.Entry] { [("energy", .text(energy))] }
}

extension DataConfiguration {
  /// A mean shower is one of cells, which it takes as they are, with the energy as it is among the conditions.
  /// - Parameter section: the whole config.
  func requireUnscaledCells(in section: ConfigurationSection) throws {
    guard let cells else {
      throw section["model"].problem(
        found: "the objective mean-shower with columns as data.targets",
        expected: "the name of an array of cells as data.targets")
    }
    func problem(_ key: String, _ finding: String, _ expected: String) -> ConfigurationError {
      ConfigurationError(
        place: section["data"].place, path: "data.\(key)",
        finding: "found \(finding) beside the objective mean-shower",
        expected: "\(expected), because cells are scaled by the energy itself")
    }
    guard transform == .none else { throw problem("transform", transform.rawValue, "none") }
    guard cells.scale == 1, cells.divisor == .number(1), cells.power == 1 else {
      throw problem("cell_transform", "a transform of the cells", "{divide: 1, power: 1}")
    }
  }
}
