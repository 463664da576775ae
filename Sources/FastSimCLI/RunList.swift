// Runs with the columns that were asked for.
import ArgumentParser
import RunStore

/// An order of runs, as `metrics.x ASC, number DESC` writes it.
struct RunOrder {
  let keys: [(column: String, ascending: Bool)]

  init(keys: [(column: String, ascending: Bool)]) {
    self.keys = keys
  }

  @Sendable init(argument: String) throws {
    keys = try argument.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
      let direction = words.count == 2 ? words[1].uppercased() : "ASC"
      guard (1...2).contains(words.count), ["ASC", "DESC"].contains(direction) else {
        throw ValidationError("give a column and ASC or DESC, such as 'metrics.energy_distance ASC'")
      }
      return (words[0], direction == "ASC")
    }
  }
}

/// Names of columns, as `a,b` writes them.
struct ColumnNames {
  let names: [String]

  @Sendable init(argument: String) throws {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { !$0.isWhitespace } }
    guard !names.contains("") else { throw ValidationError("give columns' names with commas between them") }
    guard Set(names).count == names.count else { throw ValidationError("a column is named twice") }
  }
}

/// The runs that a list shows.
struct RunList {
  let records: [RunRecord]
  private let format: OutputFormat
  /// The columns asked for; nil for those that are usually of interest.
  private let asked: [String]?
  /// The tags of each run, where a column asks for one.
  private let tags: [[(key: String, value: String)]]

  /// Columns that a list has where some run has the value.
  private static let usualMetrics = ["energy_distance", "generator_loss", "critic_loss"]
  private static let usualFields = ["number", "name", "status", "created", "epoch", "step", "seconds"]

  /// - Parameter format: JSON needs no more than all fields and what is asked.
  /// - Throws: `StoreError.noSuchColumn` with the nearest name.
  init(_ store: RunStore, columns: [String]?, order: RunOrder, limit: Int?, format: OutputFormat) throws {
    self.format = format
    let names = columns ?? (format == .json ? [] : Self.usualMetrics.map { "metrics.\($0)" })
    func under(_ kind: String) -> [String] {
      names.filter { $0.hasPrefix(kind) }.map { String($0.dropFirst(kind.count)) }
    }
    asked = columns
    records = try store.runs(
      RunQuery(
        filter: nil, orderBy: order.keys, limit: limit, metricColumns: under("metrics."), paramColumns: under("params.")
      ))
    tags = under("tags.").isEmpty ? [] : try records.map { try store.tags(of: $0.number) }
    // The store knows which columns there are, and says so when it is to order by another one.
    for column in columns ?? [] where records.indices.allSatisfy({ value(of: column, $0).isNull }) {
      _ = try store.runs(RunQuery(orderBy: [(column, true)], limit: 0))
    }
  }

  /// JSON has all fields of each run and the columns asked for besides, the other formats have exactly the columns
  /// asked for.
  var listing: Listing {
    let keys = records.first?.fields.map(\.key) ?? []
    let names = format == .json ? keys + (asked ?? []).filter { !keys.contains($0) } : asked ?? usual
    return Listing(columns: names, rowCount: records.count) { row in
      let fields = records[row].fields
      return names.map { name in fields.first { $0.key == name }?.value ?? value(of: name, row) }
    }
  }

  private var usual: [String] {
    let metrics = Self.usualMetrics.filter { name in records.contains { $0.metrics[name] != nil } }
    return Self.usualFields + metrics.map { "metrics.\($0)" }
      + (records.contains { $0.parent != nil } ? ["parent"] : [])
  }

  /// The value of a column that is no field of the run.
  private func value(of column: String, _ row: Int) -> OutputValue {
    guard let dot = column.firstIndex(of: ".") else { return .null }
    let name = String(column[column.index(after: dot)...])
    switch column[..<dot] {
    case "metrics": return OutputValue(records[row].metrics[name])
    case "params": return OutputValue(records[row].params[name])
    case "tags": return OutputValue(tags[row].first { $0.key == name }?.value)
    default: return .null
    }
  }
}
