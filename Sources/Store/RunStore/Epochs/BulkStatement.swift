// One statement run many times, its values bound straight through SQLite's own functions.
package import GRDB
internal import GRDBSQLite

/// A compiled statement for the rows of an epoch: numbers are bound without being boxed, bytes without being copied.
package struct BulkStatement {
  private let statement: Statement
  private let connection: OpaquePointer?
  private var pointer: OpaquePointer { statement.sqliteStatement }

  package init(_ sql: String, in db: Database) throws {
    statement = try db.cachedStatement(sql: sql)
    // The last run may have left it at its end, and SQLite binds nothing to such a statement.
    sqlite3_reset(statement.sqliteStatement)
    connection = db.sqliteConnection
  }

  package func bind(_ value: Int64, at place: Int32) { sqlite3_bind_int64(pointer, place, value) }

  /// NaN is bound as NULL.
  package func bind(_ value: Double, at place: Int32) {
    if value.isNaN { sqlite3_bind_null(pointer, place) } else { sqlite3_bind_double(pointer, place, value) }
  }

  package func bind(_ text: String, at place: Int32) {
    // SQLite takes a copy, because the text may move.
    _ = text.withCString(encodedAs: UTF8.self) { characters in
      characters.withMemoryRebound(to: CChar.self, capacity: text.utf8.count) {
        sqlite3_bind_text64(pointer, place, $0, sqlite3_uint64(text.utf8.count), transient, UInt8(SQLITE_UTF8))
      }
    }
  }

  package func bind(_ value: ParameterValue, at place: Int32) {
    switch value {
    case .null: sqlite3_bind_null(pointer, place)
    case .boolean(let flag): bind(flag ? 1 : 0 as Int64, at: place)
    case .integer(let integer): bind(integer, at: place)
    case .real(let real): bind(real, at: place)
    case .text(let text): bind(text, at: place)
    }
  }

  /// Runs the statement to its end.
  package func run() throws {
    defer { rewind() }
    let code = sqlite3_step(pointer)
    guard code == SQLITE_DONE else { throw failure(code) }
  }

  /// Runs the statement with bytes bound at one place; they need not outlive the call.
  func run(bytes: UnsafeRawBufferPointer, at place: Int32) throws {
    // No bytes are an empty blob, not NULL.
    let code =
      bytes.isEmpty
      ? sqlite3_bind_zeroblob(pointer, place, 0)
      : sqlite3_bind_blob64(pointer, place, bytes.baseAddress, sqlite3_uint64(bytes.count), nil)
    guard code == SQLITE_OK else { throw failure(code) }
    defer { sqlite3_bind_null(pointer, place) }
    try run()
  }

  /// The integer that the first row begins with when a text is bound at one place; nil where there is no row.
  func integer(text: String, at place: Int32) throws -> Int64? {
    var text = text
    return try text.withUTF8 { bytes in
      let code = bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text64(pointer, place, $0.baseAddress, sqlite3_uint64($0.count), nil, UInt8(SQLITE_UTF8))
      }
      defer { sqlite3_bind_null(pointer, place) }
      guard code == SQLITE_OK else { throw failure(code) }
      defer { rewind() }
      switch sqlite3_step(pointer) {
      case SQLITE_ROW: return sqlite3_column_int64(pointer, 0)
      case SQLITE_DONE: return nil
      case let code: throw failure(code)
      }
    }
  }

  private func rewind() { sqlite3_reset(pointer) }

  private func failure(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: connection.map { String(cString: sqlite3_errmsg($0)) })
  }
}

/// SQLITE_TRANSIENT, a macro that Swift doesn't see.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
