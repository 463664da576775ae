// `fastsim compare`: what differs between runs.
import ArgumentParser
import RunStore

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: settings, data, losses and measures.",
    discussion: """
      Only settings that differ are printed. With --require-equal the exit code is 2 where config, datasets, losses or
      parameters differ.
      fastsim compare 1 2 --format markdown
      """)

  @Argument(help: ArgumentHelp("Two runs or more.", valueName: "run"))
  var references: [String] = []

  @Flag(help: "Exit with 2 unless the runs are the same.")
  var requireEqual = false

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if references.count < 2 { throw ValidationError("give two runs or more, such as: fastsim compare 1 2") }
  }

  func run() throws {
    let opened = try store.open()
    let comparison = try opened.compare(references.map(opened.resolve))
    switch format.format {
    case .json: try printResult(comparison.document.json())
    case .table:
      try comparison.listing(binned: false).print(.table)
      let binned = comparison.metrics.filter { $0.bin != nil }.count
      if binned > 0 { try printResult("\(binned) measures in bins are in --format csv and json") }
    case .csv, .markdown: try comparison.listing(binned: true).print(format.format)
    }
    let differences = comparison.differences
    guard requireEqual, !differences.isEmpty else { return }
    let numbers = comparison.runs.map(\.number.description).joined(separator: ", ")
    printNotice("fastsim: runs \(numbers) are not equal: \(differences.map(\.rawValue).joined(separator: ", ")) differ")
    throw ExitCode(2)
  }
}
