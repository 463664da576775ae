// Runs with the requested columns.
package import RunStore

/// An order of runs by columns.
package struct RunOrder {
  package let keys: [RunQuery.Order]

  package init(keys: [RunQuery.Order]) {
    self.keys = keys
  }
}

/// The runs that a list shows.
package struct RunList {
  package let records: [RunRecord]
  /// Where the list continues; nil at its end.
  package let next: RunPlace?
  /// Whether older runs are omitted because only the newest are shown.
  package let hasOlder: Bool
  private let format: OutputFormat
  /// The requested columns; nil for those that are usually of interest.
  private let asked: [String]?

  /// Columns that a list has where some run has the value.
  static let usualMetrics = ["energy_distance", "generator_loss", "critic_loss"]
  private static let usualFields = ["number", "name", "status", "created", "epoch", "step", "seconds"]
  /// The default number of rows of a table.
  private static let tableRows = 100

  /// - Parameters:
  ///   - selection: which runs.
  ///   - limit: nil for the newest, or in a requested order the first, hundred in a table, and for all elsewhere.
  ///   - format: JSON needs no more than all fields and what is asked.
  /// - Throws: `StoreError.noSuchColumn` with the nearest name.
  package init(
    _ store: RunStore, _ selection: RunQuery, columns: [String]?, order: RunOrder, limit: Int?, after: RunPlace?,
    format: OutputFormat
  ) throws {
    self.format = format
    asked = columns
    var query = selection
    query.columns = columns ?? []
    query.metricColumns = columns == nil && format != .json ? Self.usualMetrics : []
    query.orderBy = order.keys
    query.after = after
    query.limit = limit ?? (format == .table ? Self.tableRows : nil)
    let showsNewest = limit == nil && format == .table && order.keys.isEmpty && after == nil
    if showsNewest { query.orderBy = [.descending("number")] }
    let page = try store.page(query)
    records = showsNewest ? page.runs.reversed() : page.runs
    next = showsNewest ? nil : page.next
    hasOlder = showsNewest && page.next != nil
  }

  /// JSON has all fields of each run and the requested columns besides, the other formats have exactly the columns
  /// requested.
  package var listing: Listing {
    let keys = records.first?.fields.map(\.key) ?? []
    let names = format == .json ? keys + (asked ?? []).filter { !keys.contains($0) } : asked ?? usual
    return Listing(columns: names, rowCount: records.count) { row in
      let fields = records[row].fields
      return names.map { name in fields.first { $0.key == name }?.value ?? records[row].value(of: name) }
    }
  }

  private var usual: [String] {
    let metrics = Self.usualMetrics.filter { name in records.contains { $0.metrics[name] != nil } }
    return Self.usualFields + metrics.map { "metrics.\($0)" }
      + (records.contains { $0.parent != nil } ? ["parent"] : [])
  }
}

extension RunRecord {
  /// The value of a column that is no field of the run.
  package func value(of column: String) -> OutputValue {
    if let value = columns[column] { return OutputValue(value) }
    return column.hasPrefix("metrics.") ? OutputValue(metrics[String(column.dropFirst("metrics.".count))]) : .null
  }
}
