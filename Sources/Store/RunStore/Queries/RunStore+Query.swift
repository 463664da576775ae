// Read-only queries.
internal import GRDB

extension RunStore {
  /// The result of a statement, on a separate read-only connection.
  ///
  /// - Throws: `badQuery` for a statement that would write or that gives no columns (as those that open other files or
  ///   begin transactions), doesn't compile, or for several.
  public func query(_ sql: String) throws -> QueryResult {
    let reader = try openForReading(file, settings)
    do {
      return try reader.read { db in
        let statement = try db.makeStatement(sql: sql)
        guard statement.isReadonly, statement.columnCount > 0 else { throw writing }
        guard (try? statement.validateArguments(StatementArguments())) != nil else {
          throw StoreError.badQuery("the query has unbound parameters (? or :name); write the values themselves")
        }
        let width = statement.columnCount
        var rows: [[StoreValue]] = []
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
          rows.append((0..<width).map { StoreValue(row[$0] as DatabaseValue) })
        }
        return QueryResult(columns: statement.columnNames, rows: rows)
      }
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_ERROR: throw StoreError.badQuery("the query fails: \(error.message ?? "no message")")
      case .SQLITE_MISUSE: throw StoreError.badQuery("one statement at a time, please")
      case .SQLITE_READONLY, .SQLITE_AUTH: throw writing
      default: throw StoreError(error, path: path)
      }
    }
  }
}

private var writing: StoreError {
  .badQuery("queries only read; this statement would write or open another file")
}
