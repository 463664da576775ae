// A statement, bound and run straight through SQLite's own functions.
package import Foundation
package import GRDB
internal import GRDBSQLite

/// A compiled statement. GRDB compiles and keeps it; values are bound and rows are read without GRDB, which is compiled
/// without optimisation (docs/performance.md, "The first build"). Numbers are bound without being boxed, bytes without
/// being copied.
package struct PreparedStatement {
  let statement: Statement
  private let connection: OpaquePointer?
  private var pointer: OpaquePointer { statement.sqliteStatement }

  /// The statement is compiled once for each connection.
  package init(_ sql: String, in db: Database) throws {
    try self.init(db.cachedStatement(sql: sql), in: db)
  }

  init(_ statement: Statement, in db: Database) {
    self.statement = statement
    // The last run may have left it at its end, and SQLite binds nothing to such a statement.
    sqlite3_reset(statement.sqliteStatement)
    connection = db.sqliteConnection
  }

  package func bindNull(at place: Int32) { sqlite3_bind_null(pointer, place) }

  package func bind(_ value: Int64, at place: Int32) { sqlite3_bind_int64(pointer, place, value) }

  /// NaN is bound as NULL.
  package func bind(_ value: Double, at place: Int32) {
    if value.isNaN { bindNull(at: place) } else { sqlite3_bind_double(pointer, place, value) }
  }

  package func bind(_ text: String, at place: Int32) {
    // SQLite takes a copy, because the text may move.
    _ = text.withCString {
      sqlite3_bind_text64(pointer, place, $0, sqlite3_uint64(text.utf8.count), transient, UInt8(SQLITE_UTF8))
    }
  }

  /// No bytes are an empty blob, not NULL.
  package func bind(_ bytes: Data, at place: Int32) {
    if bytes.isEmpty { sqlite3_bind_zeroblob(pointer, place, 0) }
    bytes.withUnsafeBytes {
      guard let start = $0.baseAddress, !$0.isEmpty else { return }
      sqlite3_bind_blob64(pointer, place, start, sqlite3_uint64($0.count), transient)
    }
  }

  package func bind(_ value: DatabaseValue, at place: Int32) {
    switch value.storage {
    case .null: bindNull(at: place)
    case .int64(let integer): bind(integer, at: place)
    case .double(let real): bind(real, at: place)
    case .string(let text): bind(text, at: place)
    case .blob(let bytes): bind(bytes, at: place)
    }
  }

  package func bind(_ value: ParameterValue, at place: Int32) {
    switch value {
    case .null: bindNull(at: place)
    case .boolean(let flag): bind(flag ? 1 : 0 as Int64, at: place)
    case .integer(let integer): bind(integer, at: place)
    case .real(let real): bind(real, at: place)
    case .text(let text): bind(text, at: place)
    }
  }

  /// Binds a value to each parameter.
  func bind(_ bindings: Bindings) throws {
    guard bindings.values.count == Int(sqlite3_bind_parameter_count(pointer)) else {
      throw DatabaseError(
        resultCode: .SQLITE_MISUSE, message: "\(bindings.values.count) values for the parameters of \(statement.sql)")
    }
    var place: Int32 = 1
    for value in bindings.values {
      if let value { value.bind(to: self, at: place) } else { bindNull(at: place) }
      place += 1
    }
  }

  /// Whether there is a next row, at which the statement then is.
  func step() throws -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw failure(code)
    }
  }

  /// Runs the statement to its end; the rows that it gives are dropped.
  package func run() throws {
    defer { rewind() }
    while try step() {}
  }

  /// Runs the statement with bytes bound at one place; they need not outlive the call.
  func run(bytes: UnsafeRawBufferPointer, at place: Int32) throws {
    // No bytes are an empty blob, not NULL.
    let code =
      bytes.isEmpty
      ? sqlite3_bind_zeroblob(pointer, place, 0)
      : sqlite3_bind_blob64(pointer, place, bytes.baseAddress, sqlite3_uint64(bytes.count), nil)
    guard code == SQLITE_OK else { throw failure(code) }
    defer { bindNull(at: place) }
    try run()
  }

  /// The integer that the first row begins with when a text is bound at one place; nil where there is no row.
  func integer(text: String, at place: Int32) throws -> Int64? {
    var text = text
    return try text.withUTF8 { bytes in
      let code = bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text64(pointer, place, $0.baseAddress, sqlite3_uint64($0.count), nil, UInt8(SQLITE_UTF8))
      }
      defer { bindNull(at: place) }
      guard code == SQLITE_OK else { throw failure(code) }
      defer { rewind() }
      return try step() ? sqlite3_column_int64(pointer, 0) : nil
    }
  }

  /// Back to the beginning: ends what the last run holds open.
  func rewind() { sqlite3_reset(pointer) }

  /// Frees the copies of what was bound.
  func clear() { sqlite3_clear_bindings(pointer) }

  private func failure(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: connection.map { String(cString: sqlite3_errmsg($0)) })
  }
}

/// SQLITE_TRANSIENT, a macro that Swift doesn't see.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
