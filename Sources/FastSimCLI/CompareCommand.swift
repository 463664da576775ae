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

  @Argument(help: ArgumentHelp("Two runs or more.", valueName: "run"), completion: .runs)
  var references: [String] = []

  @Flag(help: "Exit with 2 unless the runs are the same.")
  var requireEqual = false

  @Flag(help: "Print every measure; json and csv always do.")
  var all = false

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
      let shown = all ? comparison.metrics : comparison.mainMetrics
      try comparison.listing(shown).groupedByFirstColumn.print(.table)
      let others = comparison.metrics.count - shown.count
      if others > 0 { try printResult("\(others) more measures with --all") }
    case .markdown: try comparison.listing(all ? comparison.metrics : comparison.mainMetrics).print(.markdown)
    case .csv: try comparison.listing(comparison.metrics).print(.csv)
    }
    let differences = comparison.differences
    guard requireEqual, !differences.isEmpty else { return }
    let numbers = comparison.runs.map(\.number.description).joined(separator: ", ")
    printNotice("fastsim: runs \(numbers) are not equal: \(differences.map(\.rawValue).joined(separator: ", ")) differ")
    throw ExitCode(2)
  }
}
