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
    keys = try listItems(argument).map { item in
      let words = item.split(whereSeparator: \.isWhitespace)
      let direction = words.count > 1 ? words[words.count - 1].uppercased() : ""
      let isDirected = ["ASC", "DESC"].contains(direction)
      let column = isDirected ? String(item.dropLast(direction.count)) : item
      let name = trimmed(column)
      guard !name.isEmpty else {
        throw ValidationError("give a column and ASC or DESC, such as 'metrics.energy_distance ASC'")
      }
      return (name, direction != "DESC")
    }
  }
}

/// Names of columns, as `a,b` writes them.
struct ColumnNames {
  let names: [String]

  @Sendable init(argument: String) throws {
    names = listItems(argument)
    guard !names.contains("") else { throw ValidationError("give columns' names with commas between them") }
    guard Set(names).count == names.count else { throw ValidationError("a column is named twice") }
  }
}

/// What stands between commas, but for commas in parentheses or quotes, without the white space around it.
private func listItems(_ text: String) -> [String] {
  var items = [""]
  var depth = 0
  var quote: Character?
  for character in text {
    if character == ",", depth == 0, quote == nil {
      items.append("")
      continue
    }
    if let open = quote {
      if character == open { quote = nil }
    } else if ["`", "\"", "'"].contains(character) {
      quote = character
    } else if character == "(" {
      depth += 1
    } else if character == ")" {
      depth -= 1
    }
    items[items.count - 1].append(character)
  }
  return items.map(trimmed)
}

private func trimmed(_ text: String) -> String {
  let start = text.drop { $0.isWhitespace }
  return String(String(start.reversed().drop { $0.isWhitespace }).reversed())
}

/// The runs that a list shows.
struct RunList {
  let records: [RunRecord]
  /// Where the list goes on; nil at its end.
  let next: RunPlace?
  /// Whether older runs are left out, for the newest alone are shown.
  let hasOlder: Bool
  private let format: OutputFormat
  /// The columns asked for; nil for those that are usually of interest.
  private let asked: [String]?

  /// Columns that a list has where some run has the value.
  static let usualMetrics = ["energy_distance", "generator_loss", "critic_loss"]
  private static let usualFields = ["number", "name", "status", "created", "epoch", "step", "seconds"]
  /// Rows of a table that nobody asked to be longer or shorter.
  private static let tableRows = 100

  /// - Parameters:
  ///   - selection: which runs.
  ///   - limit: nil for the newest, or in an order asked for the first, hundred in a table, and for all elsewhere.
  ///   - format: JSON needs no more than all fields and what is asked.
  /// - Throws: `StoreError.noSuchColumn` with the nearest name.
  init(
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
    if showsNewest { query.orderBy = [("number", false)] }
    let page = try store.page(query)
    records = showsNewest ? page.runs.reversed() : page.runs
    next = showsNewest ? nil : page.next
    hasOlder = showsNewest && page.next != nil
  }

  /// JSON has all fields of each run and the columns asked for besides, the other formats have exactly the columns
  /// asked for.
  var listing: Listing {
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
  func value(of column: String) -> OutputValue {
    if let value = columns[column] { return OutputValue(value) }
    return column.hasPrefix("metrics.") ? OutputValue(metrics[String(column.dropFirst("metrics.".count))]) : .null
  }
}
