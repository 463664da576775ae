// The weights of a sample's events.

/// Where the weights of a sample's events come from.
package enum WeightsConfiguration: Sendable, Equatable {
  /// Every event weighs 1.
  case none
  /// A column of weights, of any sign.
  case column(String)
  /// s-weights of a fit to a mass (Pivk, Le Diberder, physics/0402083).
  case splot(SPlotConfiguration)

  /// - Parameter columns: the sample's columns, where they are known.
  init(_ field: ConfigurationField, among columns: [String]?) throws {
    guard field.isSection else {
      guard case .text("none") = field.node?.content else {
        throw field.problem(expected: "none, {column: …} or {splot: {…}}")
      }
      self = .none
      return
    }
    let section = try field.section(["column", "splot", "probability"])
    guard section["probability"].given == nil else {
      throw section["probability"].problem(
        found: "probability weights, which are not available yet", expected: "column or splot")
    }
    switch try section.onlyOne(of: ["column", "splot"]) {
    case "column": self = .column(try section["column"].column(among: columns))
    default: self = .splot(try SPlotConfiguration(section["splot"], among: columns))
    }
  }

  /// The column that the weights are made from.
  package var column: String? {
    switch self {
    case .none: nil
    case .column(let name): name
    case .splot(let splot): splot.mass
    }
  }

  var tree: ConfigurationTree {
    switch self {
    case .none: .text("none")
    case .column(let name): .section([("column", .text(name))])
    case .splot(let splot): .section([("splot", splot.tree)])
    }
  }
}
