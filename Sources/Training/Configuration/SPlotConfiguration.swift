// The mass fit whose s-weights tell signal from background.

/// An extended maximum-likelihood fit of a mass, and the component that is the signal.
package struct SPlotConfiguration: Sendable, Equatable {
  /// The mass column.
  package let mass: String
  /// Two to six components; their order is that of the fit.
  package let components: [SPlotComponent]
  /// The name of the component whose s-weights are used.
  package let signal: String
  /// The window of the fit, in the units of the mass; nil takes in all events.
  package let window: ClosedRange<Double>?

  /// The place of the signal among the components.
  package var signalIndex: Int { components.firstIndex { $0.name == signal } ?? 0 }

  private static let pair = ["signal", "background"]

  /// - Parameter columns: the sample's columns, where they are known.
  init(_ field: ConfigurationField, among columns: [String]?) throws {
    let section = try field.section(["mass", "signal", "background", "components", "window"])
    mass = try section["mass"].column(among: columns)
    window = try section["window"].given?.interval()
    if let list = section["components"].given {
      try section.allow(["mass", "signal", "components", "window"])
      components = try list.list(2...6, of: "components", SPlotComponent.init)
      let names = components.map(\.name)
      try list.refuseRepeats(in: names)
      signal = try section["signal"].choice(names)
    } else {
      components = try Self.pair.map { SPlotComponent(name: $0, density: try DensityConfiguration(section[$0])) }
      signal = Self.pair[0]
    }
  }

  var tree: ConfigurationTree {
    let shapes: [ConfigurationTree.Entry] =
      components.map(\.name) == Self.pair && signal == Self.pair[0]
      ? components.map { ($0.name, $0.density.tree) }
      : [("components", .list(components.map(\.tree))), ("signal", .text(signal))]
    return .section(
      [("mass", .text(mass))] + shapes
        + ConfigurationTree.optional("window", window.map { .numbers([$0.lowerBound, $0.upperBound]) }))
  }
}

/// A component of a mass fit.
package struct SPlotComponent: Sendable, Equatable {
  package let name: String
  package let density: DensityConfiguration

  init(name: String, density: DensityConfiguration) {
    (self.name, self.density) = (name, density)
  }

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["name", "density"])
    name = try section["name"].text()
    density = try DensityConfiguration(section["density"])
  }

  var tree: ConfigurationTree { .section([("name", .text(name)), ("density", density.tree)]) }
}
