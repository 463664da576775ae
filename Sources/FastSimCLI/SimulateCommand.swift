// `fastsim simulate`: events of an embedded simulation into a file.
import ArgumentParser
import Foundation
import Samples
import Synchronization
import ToySimulation

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Simulate a calibration sample.",
    discussion: """
      The same seed gives the same bytes, at any number of threads.
      fastsim simulate rich --species kaon --rows 100000 --seed 1 --out kaons.npz
      """)

  /// The simulations by name.
  enum Simulation: String, CaseIterable, ExpressibleByArgument {
    /// The ring-imaging Cherenkov detector.
    case rich
  }

  @Argument(help: "The simulation: rich.")
  var simulation: Simulation

  @Option(help: "The particle: electron, muon, pion, kaon or proton.")
  var species = RichSpecies.kaon

  @Option(parsing: .unconditional, help: ArgumentHelp("Events, signal and background together.", valueName: "n"))
  var rows: Int

  @Option(parsing: .unconditional, help: ArgumentHelp("The seed of the events.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Write to this file: .csv, .tsv, .npy or .npz.", valueName: "file"))
  var out: String

  @Flag(help: "Add what is true of each event: isSignal and species.")
  var truth = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions

  func validate() throws {
    if rows < 1 { throw ValidationError("--rows takes a number from 1") }
  }

  func run() throws {
    try requireTablePath(out)
    let line = Mutex(ProgressLine(quiet: quiet.quiet))
    defer { line.withLock { $0.clear() } }
    let began = ContinuousClock.now
    let count = rows
    let table = try RichSimulation(species: species, seed: seed, threads: threads.threads).table(
      rows: rows, truth: truth
    ) { done in
      line.withLock { $0.draw("simulating \(count) tracks", fraction: Double(done) / Double(count)) }
    }
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    line.withLock { $0.draw("writing \(out)", always: true) }
    try writeTable(table, to: out)
    line.withLock { $0.clear() }
    guard !quiet.quiet else { return }
    let rate = String(format: "%.0f", Double(rows) / max(seconds, 1e-9))
    printNotice(
      "\(out): \(rows) rows, \(table.columns.count) columns (\(table.columns.map(\.name).joined(separator: ", ")));"
        + " simulated in \(String(format: "%.2f", seconds)) s, \(rate) tracks/s")
  }
}

extension RichSpecies: ExpressibleByArgument {}
