// `fastsim splot`: fits a mass and writes the s-weights next to a file's columns.
import ArgumentParser
import Files
import Foundation
import Output
import Reports
import SPlot
import Samples
import Training

struct SPlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "splot", abstract: "Fit a mass spectrum and write s-weights.",
    discussion: """
      Densities: gaussian, double-gaussian, crystal-ball, crystal-ball-right, exponential, chebyshev, chebyshev-N.

      Example: fastsim splot kaons.csv --mass mass --signal double-gaussian --background exponential --out weighted.csv
      """)

  @Argument(help: "The events: .csv, .tsv, .npy or .npz.")
  var file: String

  @Option(help: ArgumentHelp("The mass column.", valueName: "column"))
  var mass: String

  @OptionGroup var model: MassModelOptions

  @Option(help: ArgumentHelp("Name of the column of s-weights.", valueName: "name"))
  var column = EventSample.sWeightName

  @Flag(help: "Also write the s-weights of every component, in columns NAME_COMPONENT.")
  var allWeights = false

  @Option(help: ArgumentHelp("Write all columns and the s-weights to this file.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Write a picture of the fit.", valueName: "file.svg"))
  var svg: String?

  @Option(
    name: .customLong("check"), parsing: .upToNextOption,
    help: ArgumentHelp("Check that these columns are independent of the mass.", valueName: "column"))
  var checked: [String] = []

  @Option(help: "How to print the fit: text or json.")
  var format = ReportFormat.text

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if column.isEmpty { throw ValidationError("--column is empty; give the s-weights a name") }
  }

  func run() throws {
    try requireTablePath(out)
    var table = try readTable(file)
    let masses = try table.column(mass).values
    let checkedColumns = try checked.map { try table.column($0) }
    let names = weightNames
    for name in names.map(\.column) where table.columns.contains(where: { $0.name == name }) {
      throw CommandFailure("\(file): there is a column \(name) already; choose another name with --column")
    }
    let fit = try fitMass(masses, model: model.massModel, options: MassFitOptions(threads: threads.threads))
    for (component, name) in names {
      try table.append(Column(name: name, values: try fit.weights(component: component)))
    }
    let checks = try checkedColumns.map { column in
      (column: column.name, result: try independence(of: column.values, mass: masses, fit: fit))
    }
    try writeTable(table, to: out)
    if let svg { try writeFile(Array(fit.picture(mass: mass, title: file).utf8), to: svg) }
    let report = MassFitReport(fit: fit, file: file, mass: mass, weights: names, checks: checks)
    switch format {
    case .text: try printLines(report.lines)
    case .json: try printResult(report.document.json())
    }
  }

  /// The components whose weights are written, with their columns.
  private var weightNames: [(component: String, column: String)] {
    let all = allWeights ? model.names.map { (component: $0, column: "\(column)_\($0)") } : []
    return [(component: model.signalName, column: column)] + all
  }
}
