// `fastsim runs`: the runs of a store.
import ArgumentParser
import Numerics
import Output
import RunStore

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs.",
    discussion: """
      A filter compares properties of runs: attributes (number, name, status, created, duration, host, …), metrics.NAME, \
      params.PATH, tags.KEY, datasets.FIELD, and last, min, max, mean, count and at of a series. The same names can be \
      used as columns. docs/filter.md has the grammar.

      Examples: fastsim runs 'metrics.energy_distance < 0.01 and created > -7d' --order-by 'metrics.energy_distance' --limit 10; \
      fastsim runs --group-by params.data.simulate.species --columns metrics.energy_distance
      """)

  @Argument(
    help: ArgumentHelp("List only runs that satisfy this filter.", valueName: "filter"), completion: .filter)
  var filter: String?

  @Option(
    help: ArgumentHelp("Order by columns, each with ASC or DESC; separated by commas.", valueName: "column [ASC|DESC]"),
    completion: .columns, transform: RunOrder.init(argument:))
  var orderBy = RunOrder(keys: [])

  @Option(
    help: ArgumentHelp("The columns to print, separated by commas.", valueName: "a,b"), completion: .columns,
    transform: ColumnNames.init(argument:))
  var columns: ColumnNames?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Print at most n runs (default: 100 in a table, otherwise all).", valueName: "n"),
    transform: Bound.limit.parsed)
  var limit: Int?

  @Option(
    help: ArgumentHelp("Continue after the place where a list in the same order ended.", valueName: "place"),
    transform: place)
  var after: RunPlace?

  @Option(
    help: ArgumentHelp("Print groups of runs with means and deviations of the columns.", valueName: "a,b"),
    completion: .columns, transform: ColumnNames.init(argument:))
  var groupBy: ColumnNames?

  @Flag(help: "List the runs in the trash instead.")
  var trash = false

  @Option(
    defaultAsFlag: 2.0,
    help: ArgumentHelp(
      "Print the list again every n seconds if it has changed, until Ctrl-C.", valueName: "seconds"))
  var watch: Double?

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if groupBy != nil, after != nil { throw ValidationError("--after continues a list of runs, not of groups") }
    if watch != nil, after != nil { throw ValidationError("--watch shows the beginning of a list; remove --after") }
    if let watch, !(0.1...86_400).contains(watch) { throw ValidationError("--watch takes seconds from 0.1 to 86400") }
  }

  func run() throws {
    let opened = try store.open()
    guard let watch else { return try printOnce(opened) }
    try watchStore(opened, every: watch) { terminalLines in
      let rows = limit ?? terminalLines.map { max(1, $0 - 3) }
      if let groupBy { return (try groups(opened, groupBy, limit: rows).listing, isAlive: false) }
      let list = try runs(opened, limit: rows)
      return (list.listing, isAlive: list.records.contains { $0.status == .running })
    } print: { listing in
      try listing.print(format.format)
    }
  }

  private func printOnce(_ opened: RunStore) throws {
    if let groupBy { return try groups(opened, groupBy, limit: limit).listing.print(format.format) }
    let list = try runs(opened, limit: limit)
    try list.listing.print(format.format)
    let isTable = format.format == .table
    if let next = list.next {
      guard isTable, Terminal.output.isInteractive else {
        return printNotice("fastsim: more runs: --after \(next.text)")
      }
      return try suggest(["\(words) --after \(next.text)"], store)
    }
    guard isTable else { return }
    if list.hasOlder {
      return try suggest(["\(words) --limit 1000", "\(words) --order-by 'number DESC' --limit 100"], store)
    }
    try suggest(list.records.isEmpty ? ["train CONFIG"] : ["show latest"], store)
  }

  private func runs(_ opened: RunStore, limit: Int?) throws -> RunList {
    try RunList(
      opened, selection(opened), columns: columns?.names, order: orderBy, limit: limit, after: after,
      format: format.format)
  }

  private func groups(_ opened: RunStore, _ keys: ColumnNames, limit: Int?) throws -> RunGroups {
    try RunGroups(
      opened, selection(opened), keys: keys.names, columns: columns?.names, order: orderBy, limit: limit,
      format: format.format)
  }

  /// Which runs are requested.
  private func selection(_ opened: RunStore) throws -> RunQuery {
    let compiled = try filter.map(opened.filter)
    if watch == nil {
      for warning in compiled?.warnings ?? [] { printNotice("fastsim: warning: \(warning)") }
    }
    return RunQuery(filter: compiled, trash: trash ? .only : .without)
  }

  /// The command again, as far as it chooses and orders runs.
  private var words: String {
    var words = ["runs"] + (filter.map { [shellWord($0)] } ?? [])
    if !orderBy.keys.isEmpty {
      let keys = orderBy.keys.map { "\($0.column) \($0.ascending ? "ASC" : "DESC")" }
      words += ["--order-by", shellWord(keys.joined(separator: ", "))]
    }
    if let columns { words += ["--columns", shellWord(columns.names.joined(separator: ","))] }
    if trash { words.append("--trash") }
    if let limit { words += ["--limit", "\(limit)"] }
    return words.joined(separator: " ")
  }
}

/// Reads a place in a list.
@Sendable private func place(_ text: String) throws -> RunPlace {
  guard let place = RunPlace(text) else { throw ValidationError("give the place that the previous list ended with") }
  return place
}
