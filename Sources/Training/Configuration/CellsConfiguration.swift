// Targets that are one array of cells an event, such as a calorimeter's showers.
internal import Calorimeters
internal import CanonicalJSON
internal import Numerics
internal import ToyDescriptions

/// The array that a generator makes, and how its cells reach the networks' scale.
package struct CellsConfiguration: Sendable, Equatable {
  /// What cells are divided by.
  package enum Divisor: Sendable, Equatable {
    case number(Double)
    /// A condition's value of the same event, in physical units; above 0.
    case condition(String)
  }

  /// The array's name.
  package let name: String
  /// The extents of an event's block; nil stands for those of the file.
  package private(set) var shape: [Int]?
  package let divisor: Divisor
  /// What cells are multiplied by before they are divided.
  package let scale: Double
  /// A cell x becomes sign(x) · (scale · |x| / divisor)^power.
  package let power: Double

  private static let mostAxes = 8

  static let keys = ["cells", "cell_transform"]

  /// - Parameters:
  ///   - section: the section `data`, whose `targets` is a name.
  ///   - conditions: those of the config.
  ///   - source: where the events come from.
  init(in section: ConfigurationSection, conditions: [String], of source: SampleSource) throws {
    let simulated: CalorimeterName? = if case .simulate(let simulation) = source { simulation.calorimeter } else { nil }
    name =
      simulated == nil
      ? try section["targets"].text() : try section["targets"].choice([CalorimeterName.showersName])
    let given: [Int]? = try section["cells"].given.map { field in
      let shape = try field.list(1...Self.mostAxes, of: "whole numbers") { try $0.integer(.extent) }
      let found = "\(shape.map(String.init).joined(separator: " x ")) cells"
      let most = Bound.extent.range.upperBound
      guard shape.reduce(1.0, { $0 * Double($1) }) <= Double(most) else {
        throw field.problem(found: found, expected: "at most \(most) cells")
      }
      if let simulated, shape.reduce(1, *) != simulated.cellCount {
        throw field.problem(
          found: found, expected: "\(simulated.cellCount) cells, as \(simulated.rawValue) has")
      }
      return shape
    }
    shape = given ?? simulated?.shape
    let transform = try section["cell_transform"].sectionOrEmpty(["scale", "divide", "power"])
    scale = try transform["scale"].given?.number(.above(0, to: 1e12)) ?? 1
    power = try transform["power"].given?.number(.above(0, to: 1)) ?? 1
    guard let divide = transform["divide"].given else {
      divisor = .number(1)
      return
    }
    if divide.isNumber {
      divisor = .number(try divide.number(.above(0, to: 1e12)))
    } else {
      divisor = .condition(
        try divide.choice(
          conditions, otherwise: conditions.isEmpty ? "a number" : "a number or one of \(listed(conditions, "and"))"))
    }
  }

  /// The same array with these extents.
  package func with(shape: [Int]) -> CellsConfiguration {
    var changed = self
    changed.shape = shape
    return changed
  }

  /// The names of the numbers that are computed of each event, with the array's name before them.
  package func observables(shape: [Int], conditions: [String]) -> [String] {
    let names = EventNumbers(CalorimeterObservables(shape: shape, conditions: conditions), shape: shape).names
    return names.map { "\(name).\($0)" }
  }

  var entries: [ConfigurationTree.Entry] {
    let divide: ConfigurationTree =
      switch divisor {
      case .number(let number): .number(number)
      case .condition(let name): .text(name)
      }
    return ConfigurationTree.optional(
      "cells", shape.map(ConfigurationTree.integers))
      + [
        (
          "cell_transform",
          .section(
            ConfigurationTree.optional("scale", scale == 1 ? nil : .number(scale))
              + [("divide", divide), ("power", .number(power))])
        )
      ]
  }
}
