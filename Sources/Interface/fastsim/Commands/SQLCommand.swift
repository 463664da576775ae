// `fastsim sql`: runs a read-only query.
import ArgumentParser
import Output
import RunStore

struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Run a read-only SQL query.",
    discussion: """
      Read the views, which docs/store.md describes: runs, params, tags, metrics, history and others. Tables may change.

      Example: fastsim sql 'SELECT run, name, seconds FROM runs ORDER BY seconds DESC' --format csv
      """)

  @Argument(help: "The query.")
  var query: String

  @OptionGroup var format: FormatOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let result = try store.open().query(query)
    try Listing(columns: distinct(result.columns), rowCount: result.rows.count) { row in
      result.rows[row].map { OutputValue($0) }
    }.print(format.format)
  }
}

/// Columns' names, the second of two equal ones with `:1` at its end, as SQLite numbers them itself.
private func distinct(_ names: [String]) -> [String] {
  var result: [String] = []
  for name in names {
    let candidates = [name] + (1...names.count).map { "\(name):\($0)" }
    result.append(candidates.first { !result.contains($0) } ?? name)
  }
  return result
}
