// The options of simulated calorimeters.
import ArgumentParser
import Numerics
import ToyDescriptions

struct CalorimeterArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only calorimeters: the energy of every particle, instead of a spectrum.", valueName: "GeV"))
  var energy: Double?

  @Flag(help: "Only atlas-calorimeter: energies of 2^k MeV, k from 10 to 18, instead of a spectrum.")
  var energyPoints = false

  @Option(
    help: ArgumentHelp(
      "Only lhcb-calorimeter, clic-calorimeter and clic-calorimeter-small: normal to the face, or inclined (default: inclined for LHCb, normal for "
        + "CLIC).", valueName: "direction"))
  var incidence: CalorimeterOptions.Incidence?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only calorimeters: noise of a cell (default: 1 for LHCb, 0 for the others; for ATLAS in units of each layer's noise).",
      valueName: "MeV"))
  var noise: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only calorimeters: cells of at most this energy become 0 (default: 3 for LHCb, 0 for ATLAS, 0.045 for CLIC).",
      valueName: "MeV"))
  var threshold: Double?

  /// The options that were given, by name.
  var given: [String] {
    [
      ("--energy", energy != nil), ("--energy-points", energyPoints), ("--incidence", incidence != nil),
      ("--noise", noise != nil), ("--threshold", threshold != nil),
    ].filter(\.1).map(\.0)
  }

  var options: CalorimeterOptions {
    var options = CalorimeterOptions()
    if let energy { options.energies = .fixed(energy) }
    if energyPoints { options.energies = .points }
    (options.incidence, options.noise, options.threshold) = (incidence, noise, threshold)
    return options
  }

  /// - Throws: `ValidationError` for numbers out of range and options that the calorimeter does not have.
  func requireOptions(of name: CalorimeterName) throws {
    if energyPoints, name != .atlas {
      throw ValidationError("--energy-points does not apply to \(name.rawValue); remove it")
    }
    if energyPoints, energy != nil { throw ValidationError("give --energy or --energy-points") }
    if incidence != nil, name == .atlas {
      throw ValidationError("--incidence does not apply to \(name.rawValue); remove it")
    }
    if let energy, !CalorimeterOptions.energyRange.contains(energy) {
      throw ValidationError("--energy takes a number from 0.5 to 10000 GeV")
    }
    for (option, level) in [("--noise", noise), ("--threshold", threshold)] {
      if let level, !CalorimeterOptions.levelRange.contains(level) {
        throw ValidationError("\(option) takes a number from 0 to 1000000 MeV")
      }
    }
  }
}

extension CalorimeterOptions.Incidence: ExpressibleByArgument {}
