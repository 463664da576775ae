// `fastsim history`: the losses of runs, epoch by epoch or step by step.
import ArgumentParser
import Numerics
import Output
import Reports
import RunStore

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Print and draw the values of runs' series and measures.",
    discussion: """
      Tables have a row for each epoch and a column for each series; json, csv and npy have a record for each value. On \
      a terminal a chart comes first, and long tables show the smallest and largest values of neighbouring rows.

      Examples: fastsim history latest generator_loss --steps --format csv; \
      fastsim history 3 critic_loss --with 4 --with 5 --chart; fastsim history 3 energy_distance mmd
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .runs)
  var reference: String

  @Argument(
    help: ArgumentHelp(
      "The series, or measures such as energy_distance or test/ks.RichDLLk (default: all series).",
      valueName: "series"), completion: .series)
  var series: [String] = []

  @Option(
    name: .customLong("with"), help: ArgumentHelp("Another run. May be repeated.", valueName: "run"),
    completion: .runs)
  var others: [String] = []

  @Flag(help: "Print the value of every step instead of the epoch's mean.")
  var steps = false

  @Flag(help: "Print every row, also on a terminal.")
  var whole = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Print about n values of each series, including the smallest and largest.", valueName: "n"),
    transform: Bound.points.parsed)
  var points: Int?

  @Flag(inversion: .prefixedNo, help: "Print only the chart, or only the table (default: both on a terminal).")
  var chart: Bool?

  @Option(help: "How to print the data: table, json, csv, markdown or npy.")
  var format = Format.table

  @Option(help: ArgumentHelp("The file for npy.", valueName: "file"))
  var out: String?

  @OptionGroup var store: StoreOptions

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, json, csv, markdown, npy
  }

  func validate() throws {
    if points != nil, whole { throw ValidationError("--points and --whole contradict each other; give one of them") }
    if chart != nil, format != .table { throw ValidationError("a chart goes with --format table alone") }
    if format == .npy, out == nil { throw ValidationError("--format npy needs --out FILE") }
    if format != .npy, out != nil { throw ValidationError("--out goes with --format npy; redirect the output instead") }
  }

  func run() throws {
    let opened = try store.open()
    let runs = try unique(([reference] + others).map(opened.resolve))
    let names = try runs.map { try opened.run($0).name }
    try opened.readHistories(of: runs, series: series.isEmpty ? nil : unique(series), steps: steps) { reader in
      let records = HistoryRecords(reader: reader, hasRuns: runs.count > 1, points: points)
      switch format {
      case .json: try records.printJSON()
      case .csv: try records.printCSV()
      case .npy: try records.save(to: out ?? "")
      case .markdown:
        try HistoryTable(reader, steps: steps, hasRuns: runs.count > 1).listing(rows: points).print(.markdown)
      case .table: try printTable(reader, Array(zip(runs, names)))
      }
    }
    guard format == .table else { return }
    let number = runs[0]
    try suggest(
      runs.count > 1 ? ["compare \(runs.map(\.description).joined(separator: " "))"] : ["show \(number)"], store)
  }

  private func printTable(_ reader: HistoryReader, _ runs: [(run: RunNumber, name: String)]) throws {
    let terminal = Terminal.output
    let histories = try reader.columns.map(reader.history)
    if chart ?? terminal.isInteractive {
      try HistoryChart(histories, runs, steps: steps).print(on: terminal)
      if chart == nil, !histories.isEmpty { try printResult("") }
    }
    guard chart != true else { return }
    let table = HistoryTable(histories, steps: steps, hasRuns: runs.count > 1)
    let isLong = terminal.isInteractive && !whole && table.rowCount > 2 * Self.rowsOnTerminal
    let rows = points ?? (isLong ? Self.rowsOnTerminal : nil)
    try table.listing(rows: rows).print(.table)
    guard let rows, rows < table.rowCount, terminal.isInteractive else { return }
    let remark = "\(rows) rows for \(table.rowCount), with the smallest … largest of each; --whole prints them all"
    try printLines(wrapped(remark, .dim, for: terminal))
  }

  /// A table of more than twice as many rows is drawn together on a terminal.
  private static let rowsOnTerminal = 20
}

private func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
