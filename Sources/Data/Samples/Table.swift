// Columns of equal length with unique names: what a file holds.

/// A table in memory.
///
///     let table = try readTable("kaons.csv", columns: ["P", "ETA", "RichDLLk"])
///     let momenta = try table.column("P").values
package struct Table: Sendable {
  /// The columns in file order; all have `rowCount` values and different names.
  package private(set) var columns: [Column]
  /// Where the table came from, for messages; a file's path or a word such as "table".
  package let origin: String

  /// - Parameter origin: what messages call the table.
  /// - Throws: `SampleError.unequalColumns`, `.duplicateColumn` or `.invalidColumnName` (a name that is empty
  ///   or has a control character such as a line break, which a digest's header could not hold).
  package init(columns: [Column], origin: String = "table") throws(SampleError) {
    try Table.requireNames(columns.map(\.name), origin: origin)
    if let first = columns.first, let other = columns.first(where: { $0.values.count != first.values.count }) {
      throw .unequalColumns(
        origin: origin, first: first.name, firstCount: first.values.count, second: other.name,
        secondCount: other.values.count)
    }
    self.columns = columns
    self.origin = origin
  }

  /// The number of rows; 0 for a table without columns.
  package var rowCount: Int { columns.first?.values.count ?? 0 }

  /// The column of this name.
  /// - Throws: `SampleError.unknownColumn` with the nearest name and those there are.
  package func column(_ name: String) throws(SampleError) -> Column {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw .unknownColumn(name: name, origin: origin, available: columns.map(\.name))
    }
    return column
  }

  /// The columns of these names, in this order.
  /// - Throws: `SampleError.unknownColumn`.
  package func selecting(_ names: [String]) throws(SampleError) -> Table {
    var chosen: [Column] = []
    for name in names {
      chosen.append(try column(name))
    }
    return try Table(columns: chosen, origin: origin)
  }

  /// Adds a column at the end.
  /// - Throws: as the initialiser.
  package mutating func append(_ column: Column) throws(SampleError) {
    self = try Table(columns: columns + [column], origin: origin)
  }

  /// Refuses NaN and infinities.
  /// - Parameter names: the columns to look at; nil for all.
  /// - Throws: `SampleError.notFinite` with the first such row, or `.unknownColumn`.
  package func requireFinite(columns names: [String]? = nil) throws(SampleError) {
    for name in names ?? columns.map(\.name) {
      let column = try column(name)
      if let row = column.values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(origin: origin, column: name, row: row + 1, value: column.values[row])
      }
    }
  }

  /// Names must be there, printable and different.
  static func requireNames(_ names: [String], origin: String) throws(SampleError) {
    var seen: Set<String> = []
    for name in names {
      if name.isEmpty || name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
        throw .invalidColumnName(origin: origin, name: name)
      }
      if !seen.insert(name).inserted {
        throw .duplicateColumn(name: name, origin: origin)
      }
    }
  }
}
