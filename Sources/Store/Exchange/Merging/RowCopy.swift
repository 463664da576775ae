// Copies rows from one store to another, with all columns of the schema.
internal import GRDB
internal import RunStore

/// Copies rows of one table into the same table of another store.
struct RowCopy {
  private let table: String
  private let columns: [String]
  private let sql: String

  /// - Parameter leavingOut: columns that the receiving store fills in itself, such as row numbers.
  init(_ table: String, leavingOut: Set<String> = [], in db: Database) throws {
    self.table = table
    columns = try db.columns(in: table).map(\.name).filter { !leavingOut.contains($0) }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    sql = "INSERT INTO \(table) (\(names)) VALUES (\(places))"
  }

  /// - Parameter replacing: values that differ in the receiving store, by column.
  /// - Throws: `MergeStop.damaged` for a row that breaks a rule of its table.
  func insert(_ row: StoredRow, into db: Database, replacing: [String: DatabaseValue] = [:]) throws {
    let values = try columns.map { column in
      if let value = replacing[column] { value } else { try row[column] as DatabaseValue }
    }
    do {
      try db.run(sql, Bindings(values))
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      let rule = (error.message ?? "a rule").split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(60)
      throw MergeStop.damaged("a row of table '\(table)' can't be stored: \(rule)")
    }
  }
}
