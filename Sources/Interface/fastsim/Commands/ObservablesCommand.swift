// `fastsim observables`: named numbers of each shower of a file, as a table.
import ArgumentParser
import Calorimeters
import Foundation
import Output
import Samples
import Text
import ToyDescriptions

struct ObservablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "observables", abstract: "Write the observables of calorimeter showers to a table.",
    discussion: """
      Energy, position, widths, layer fractions and more of each shower, with the names of docs/calorimeters.md. A number that \
      does not exist, such as the centroid of an empty layer, is NaN. The tables of real and generated showers are compared \
      with `fastsim evaluate --skip-undefined`.

      Example: fastsim observables showers.npz --out observables.npz
      """)

  @Argument(help: ArgumentHelp("The showers with their conditions: .npz, .h5 or .hdf5.", valueName: "file"))
  var file: String

  @Option(
    help: ArgumentHelp(
      "The calorimeter: lhcb, atlas, clic or clic-calorimeter-small (default: the one with the cells and conditions of the file).",
      valueName: "detector"),
    transform: calorimeter(argument:))
  var detector: CalorimeterName?

  @Option(help: ArgumentHelp("The array of the cells in MeV.", valueName: "name"))
  var array = CalorimeterName.showersName

  @Flag(help: "Also write the conditions, before the observables.")
  var conditions = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to this file: .csv, .tsv, .npy, .npz or .h5.", valueName: "file"))
  var out: String

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var quiet: QuietOptions

  func run() throws {
    try requireTablePath(out)
    let showers = try ObservedShowers(file, array: array, detector: detector)
    var line = ProgressLine(quiet: quiet.quiet)
    defer { line.clear() }
    let found = try showers.table(withConditions: conditions, threads: threads.threads) {
      line.draw("observables of \(showers.rows) showers", fraction: $0)
    }
    line.draw("writing \(out)", always: true)
    try writeTable(found.table, to: out)
    line.clear()
    if !quiet.quiet { printNotice("\(out): \(found.summary)") }
  }
}

/// A calorimeter by the short name that its users say, or by its own.
@Sendable private func calorimeter(argument: String) throws -> CalorimeterName {
  guard let name = CalorimeterName(rawValue: argument) ?? CalorimeterName(rawValue: argument + "-calorimeter") else {
    throw ValidationError(
      "there is no calorimeter \(oneLine(argument)); they are lhcb, atlas, clic and clic-calorimeter-small")
  }
  return name
}
