// Rows on their way from one store to another, with all the columns that the schema gives them.
internal import GRDB

/// Copies rows of one table into the same table of another store.
struct RowCopy {
  private let columns: [String]
  private let sql: String

  /// - Parameter leavingOut: columns that the receiving store fills in itself, such as row numbers.
  init(_ table: String, leavingOut: Set<String> = [], in db: Database) throws {
    columns = try db.columns(in: table).map(\.name).filter { !leavingOut.contains($0) }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    sql = "INSERT INTO \(table) (\(names)) VALUES (\(places))"
  }

  /// - Parameter replacing: values that differ in the receiving store, by column.
  func insert(_ row: Row, into db: Database, replacing: [String: DatabaseValue] = [:]) throws {
    let values = columns.map { replacing[$0] ?? row[$0] as DatabaseValue }
    try db.run(sql, StatementArguments(values))
  }
}
