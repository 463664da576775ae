// Statements of the store: what they change, the rows that they give, and the transaction around them.
package import GRDB

/// The rows of a statement, one after the other; each is valid until the next one is requested.
package final class StoredRowCursor {
  private let statement: PreparedStatement
  private let columns: StoredRow.Columns
  private var isAtEnd = false

  /// - Parameter sql: what errors say of the statement.
  init(_ statement: PreparedStatement, _ values: Bindings, of sql: String) throws {
    self.statement = statement
    columns = StoredRow.Columns(names: statement.statement.columnNames, sql: sql)
    try statement.bind(values)
  }

  deinit { if !isAtEnd { statement.rewind() } }

  package func next() throws -> StoredRow? {
    guard !isAtEnd else { return nil }
    guard try statement.step() else {
      isAtEnd = true
      statement.rewind()
      return nil
    }
    return StoredRow(columns: columns, source: .statement(statement.statement.sqliteStatement))
  }

  /// The next row with values that stay.
  func nextCopy() throws -> StoredRow? {
    try next().map { StoredRow(columns: columns, source: .values($0.values)) }
  }

  /// All rows that are left.
  func all() throws -> [StoredRow] {
    var all: [StoredRow] = []
    while let row = try nextCopy() { all.append(row) }
    return all
  }
}

extension Database {
  /// A transaction; on an error nothing of it remains. GRDB's own compiles its statements each time.
  ///
  /// - Parameter kind: `immediate` to write, for which other writers wait; `deferred` to read.
  func transaction<Value>(_ kind: TransactionKind, _ body: () throws -> Value) throws -> Value {
    try run(kind == .immediate ? "BEGIN IMMEDIATE TRANSACTION" : "BEGIN DEFERRED TRANSACTION", [])
    do {
      let value = try body()
      // SQLite itself ends a transaction after some errors.
      guard isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
      try run("COMMIT TRANSACTION", [])
      return value
    } catch {
      // It fails where SQLite has ended the transaction already; the first error counts.
      try? rollback()
      throw error
    }
  }
}

extension Database {
  /// Runs a statement that is compiled once.
  package func run(_ sql: String, _ values: Bindings) throws {
    let statement = try PreparedStatement(sql, in: self)
    defer { statement.clear() }
    try statement.bind(values)
    try statement.run()
  }

  package func rows(_ sql: String, _ values: Bindings) throws -> [StoredRow] {
    try cursor(sql, values).all()
  }

  package func row(_ sql: String, _ values: Bindings) throws -> StoredRow? {
    try cursor(sql, values).nextCopy()
  }

  package func cursor(_ sql: String, _ values: Bindings) throws -> StoredRowCursor {
    try StoredRowCursor(PreparedStatement(sql, in: self), values, of: sql)
  }

  /// The first column of the first row; nil for NULL and where there is no row.
  package func integer(_ sql: String, _ values: Bindings) throws -> Int64? {
    try row(sql, values)?[0]
  }

  package func integers(_ sql: String, _ values: Bindings) throws -> [Int64] {
    try rows(sql, values).map { try $0[0] }
  }

  package func runs(_ sql: String, _ values: Bindings) throws -> [RunNumber] {
    try rows(sql, values).map { try $0[0] }
  }

  package func texts(_ sql: String, _ values: Bindings) throws -> [String] {
    try rows(sql, values).map { try $0[0] }
  }

  /// Whether a run is in the trash.
  package func isTrashed(_ run: RunNumber) throws -> Bool {
    try integer("SELECT 1 FROM run WHERE id = ? AND trashed IS NOT NULL", [run.value]) != nil
  }

  /// Makes sure that a run is there.
  package func require(_ run: RunNumber) throws {
    guard try integer("SELECT 1 FROM run WHERE id = ?", [run.value]) != nil else {
      throw StoreError.noSuchRun(reference: run.description, nearest: nil)
    }
  }
}
