// The weights of a sample's events.

/// Where the weights of a sample's events come from.
package enum WeightsConfiguration: Sendable, Equatable {
  /// Every event weighs 1.
  case none
  /// A column of weights, of any sign.
  case column(String)
  /// s-weights of a fit to a mass (Pivk, Le Diberder, physics/0402083).
  case splot(SPlotConfiguration)
  /// The probability to be signal, learnt from such s-weights: between 0 and 1 (Borisyak, Kazeev, arXiv:1905.11719).
  case probability(SPlotConfiguration)

  /// - Parameter columns: the sample's columns, where they are known.
  init(_ field: ConfigurationField, among columns: [String]?) throws {
    guard field.isSection else {
      guard case .text("none") = field.node?.content else {
        throw field.problem(expected: "none, {column: …}, {splot: {…}} or {probability: {…}}")
      }
      self = .none
      return
    }
    let section = try field.section(["column", "splot", "probability"])
    switch try section.onlyOne(of: ["column", "splot", "probability"]) {
    case "column": self = .column(try section["column"].column(among: columns))
    case "probability": self = .probability(try SPlotConfiguration(section["probability"], among: columns))
    default: self = .splot(try SPlotConfiguration(section["splot"], among: columns))
    }
  }

  /// The column that the weights are made from.
  package var column: String? {
    switch self {
    case .none: nil
    case .column(let name): name
    case .splot(let splot), .probability(let splot): splot.mass
    }
  }

  /// The mass fit behind the weights, where there is one.
  package var massFit: SPlotConfiguration? {
    switch self {
    case .none, .column: nil
    case .splot(let splot), .probability(let splot): splot
    }
  }

  var tree: ConfigurationTree {
    switch self {
    case .none: .text("none")
    case .column(let name): .section([("column", .text(name))])
    case .splot(let splot): .section([("splot", splot.tree)])
    case .probability(let splot): .section([("probability", splot.tree)])
    }
  }
}
