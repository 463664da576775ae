// `fastsim simulate`: writes simulated events to a file.
import ArgumentParser
import Foundation
import Numerics
import Output
import Samples
import Suggestions
import Synchronization
import ToyDescriptions
import ToySimulation

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Simulate a calibration sample, showers or a toy distribution.",
    discussion: """
      The same seed gives the same bytes, at any number of threads.

      Examples: fastsim simulate rich --species kaon --rows 100000 --seed 1 --out kaons.npz; \
      fastsim simulate lhcb-calorimeter --rows 10000 --seed 1 --out showers.npz; \
      fastsim simulate swiss-roll --rows 10000 --seed 1 --out roll.csv
      """)

  /// What can be simulated, by name.
  enum Simulation: Equatable {
    /// The ring-imaging Cherenkov detector.
    case rich
    case calorimeter(CalorimeterName)
    case toy(ToyDistribution.Name)

    static let names =
      ["rich"] + CalorimeterName.allCases.map(\.rawValue) + ToyDistribution.Name.allCases.map(\.rawValue)

    init?(name: String) {
      if name == "rich" {
        self = .rich
      } else if let calorimeter = CalorimeterName(rawValue: name) {
        self = .calorimeter(calorimeter)
      } else if let toy = ToyDistribution.Name(rawValue: name) {
        self = .toy(toy)
      } else {
        return nil
      }
    }
  }

  @Argument(help: "The simulation: rich, a calorimeter or a toy; --list lists them.")
  var simulation: String?

  @Flag(help: "List the simulations.")
  var list = false

  @Option(help: "Only rich: the particle: electron, muon, pion, kaon or proton (default: kaon).")
  var species: RichSpecies?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of events, signal and background together.", valueName: "n"),
    transform: Bound.events.parsed)
  var rows: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seed of the events.", valueName: "n"), transform: seed(argument:))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("Write to this file: .csv, .tsv, .npy, .npz or .h5; showers to .npz or .h5.", valueName: "file"))
  var out: String?

  @Flag(help: "Only rich: add the truth columns isSignal and species.")
  var truth = false

  @Flag(help: "Only rich: let the mass resolution grow with momentum, which makes s-weights invalid.")
  var correlatedMass = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Only gaussian: the mean (default: 0).", valueName: "x"))
  var mean: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Only gaussian: the standard deviation (default: 1).", valueName: "x"))
  var sigma: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only bernoulli: the probability of a 1 (default: 0.6).", valueName: "p"))
  var probability: Double?

  @OptionGroup var calorimeter: CalorimeterArguments
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions

  func validate() throws {
    if list { return }
    guard let simulation else { throw ValidationError("give a simulation; fastsim simulate --list lists them") }
    guard let known = Simulation(name: simulation) else {
      let hint = nearestName(to: simulation, among: Simulation.names).map { ", did you mean \($0)?" } ?? ""
      throw ValidationError(
        "there is no simulation \(oneLine(simulation))\(hint); they are \(Simulation.names.joined(separator: ", "))")
    }
    if rows == nil { throw ValidationError("--rows is required: the number of events") }
    if out == nil { throw ValidationError("--out is required: the file to write") }
    let options: [(name: String, given: Bool, of: Simulation)] = [
      ("--species", species != nil, .rich), ("--truth", truth, .rich), ("--correlated-mass", correlatedMass, .rich),
      ("--mean", mean != nil, .toy(.gaussian)), ("--sigma", sigma != nil, .toy(.gaussian)),
      ("--probability", probability != nil, .toy(.bernoulli)),
    ]
    for option in options where option.given && option.of != known {
      throw ValidationError("\(option.name) does not apply to \(simulation); remove it")
    }
    if case .calorimeter(let name) = known {
      try calorimeter.requireOptions(of: name)
    } else if let option = calorimeter.given.first {
      throw ValidationError("\(option) does not apply to \(simulation); remove it")
    }
    if let mean, !(mean.magnitude <= 1e6) { throw ValidationError("--mean takes a number from -1000000 to 1000000") }
    if let sigma, !(sigma > 0 && sigma <= 1e6) {
      throw ValidationError("--sigma takes a number above 0, at most 1000000")
    }
    if let probability, !(0...1).contains(probability) {
      throw ValidationError("--probability takes a number from 0 to 1")
    }
  }

  func run() throws {
    if list {
      let rows: [[OutputValue]] =
        [[.text("rich"), .text("LHCb's ring-imaging Cherenkov detectors, a calibration sample of one species")]]
        + CalorimeterName.allCases.map { [.text($0.rawValue), .text($0.summary)] }
        + ToyDistribution.Name.allCases.map { [.text($0.rawValue), .text($0.summary)] }
      return try Listing(columns: ["simulation", "what it is"], rows: rows).print(.table)
    }
    guard let known = simulation.flatMap(Simulation.init(name:)), let rows, let out else { return }
    try requireTablePath(out)
    if case .calorimeter(let name) = known {
      return try ShowerFile(name, options: calorimeter.options, seed: seed, rows: rows, threads: threads.threads).write(
        to: out, quiet: quiet.quiet)
    }
    let line = Mutex(ProgressLine(quiet: quiet.quiet))
    defer { line.withLock { $0.clear() } }
    let began = ContinuousClock.now
    let noun = known == .rich ? "tracks" : "events"
    let table = try simulate(known, rows: rows) { done in
      line.withLock { $0.draw("simulating \(rows) \(noun)", fraction: Double(done) / Double(rows)) }
    }
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    line.withLock { $0.draw("writing \(out)", always: true) }
    try writeTable(table, to: out)
    line.withLock { $0.clear() }
    guard !quiet.quiet else { return }
    let rate = String(format: "%.0f", Double(rows) / max(seconds, 1e-9))
    printNotice(
      "\(out): \(rows) rows, \(table.columns.count) columns (\(table.columns.map(\.name).joined(separator: ", ")));"
        + " simulated in \(String(format: "%.2f", seconds)) s, \(rate) \(noun)/s")
  }

  private func simulate(
    _ known: Simulation, rows: Int, progress: @escaping @Sendable (Int) -> Void
  ) throws -> Table {
    switch known {
    case .rich:
      return try RichSimulation(
        species: species ?? .kaon, seed: seed, threads: threads.threads, correlatedMass: correlatedMass
      ).table(rows: rows, truth: truth, progress: progress)
    case .calorimeter: preconditionFailure("showers are not a table")
    case .toy(let name):
      let toy: ToyDistribution =
        switch name {
        case .gaussian: .gaussian(mean: mean ?? 0, sigma: sigma ?? 1)
        case .bernoulli: .bernoulli(probability: probability ?? 0.6)
        default: name.distribution
        }
      return try toy.table(rows: rows, seed: seed, threads: threads.threads, progress: progress)
    }
  }
}

extension RichSpecies: ExpressibleByArgument {}
