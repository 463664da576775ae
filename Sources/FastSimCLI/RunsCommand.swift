// `fastsim runs`: the runs of a store.
import ArgumentParser
import RunStore

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs.",
    discussion: """
      Columns are a run's fields (number, name, status, …), metrics.NAME, params.PATH and tags.KEY.
      fastsim runs --order-by 'metrics.energy_distance ASC' --columns number,name,params.training.batch --limit 10
      """)

  @Option(
    help: ArgumentHelp("Order by columns, each with ASC or DESC; separated by commas.", valueName: "column [ASC|DESC]"),
    transform: RunOrder.init(argument:))
  var orderBy = RunOrder(keys: [])

  @Option(
    help: ArgumentHelp("The columns to print, separated by commas.", valueName: "a,b"),
    transform: ColumnNames.init(argument:))
  var columns: ColumnNames?

  @Option(parsing: .unconditional, help: ArgumentHelp("Print at most so many runs.", valueName: "n"))
  var limit: Int?

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1") }
  }

  func run() throws {
    let list = try RunList(store.open(), columns: columns?.names, order: orderBy, limit: limit, format: format.format)
    try list.listing.print(format.format)
    guard format.format == .table else { return }
    try suggest(list.records.isEmpty ? ["train CONFIG"] : ["show latest"], store)
  }
}
