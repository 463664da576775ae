// A row as the store reads it: each column holds what is requested, or an error names it.
package import Digests
package import Foundation
package import GRDB
internal import GRDBSQLite
internal import Numerics

/// A row that a SELECT gave, whose columns are read by type:
///
///     let epoch: Int = try row["epoch"]
///     let ended: String? = try row["ended"]  // nil for NULL
///
/// Another program may have written the row in spite of the checks of its table. GRDB's subscripts end the process
/// where a column holds something else than what is requested; these throw `UnreadableColumn`.
///
/// Values are taken from SQLite's statement here and not from GRDB's rows, which compare names without regard to case at
/// each access.
package struct StoredRow {
  /// The columns of a statement, shared by its rows.
  final class Columns {
    let names: [String]
    /// The statement, of which an error names the first table.
    let sql: String

    init(names: [String], sql: String) {
      (self.names, self.sql) = (names, sql)
    }
  }

  enum Source {
    case values([DatabaseValue])
    /// The row at which the statement is.
    case statement(SQLiteStatement)
  }

  let columns: Columns
  let source: Source

  package subscript<Value: ColumnValue>(_ column: String) -> Value {
    get throws { try read(value(column), column) }
  }

  package subscript<Value: ColumnValue>(_ column: String) -> Value? {
    get throws {
      let value = value(column)
      return value.isNull ? nil : try read(value, column) as Value
    }
  }

  package subscript<Value: ColumnValue>(_ column: Int) -> Value {
    get throws { try read(value(column), columns.names[column]) }
  }

  package subscript<Value: ColumnValue>(_ column: Int) -> Value? {
    get throws {
      let value = value(column)
      return value.isNull ? nil : try read(value, columns.names[column]) as Value
    }
  }

  private func value(_ column: Int) -> DatabaseValue {
    switch source {
    case .values(let values): values[column]
    case .statement(let statement): DatabaseValue(sqliteStatement: statement, index: Int32(column))
    }
  }

  /// NULL where there is no such column.
  private func value(_ column: String) -> DatabaseValue { columns.names.firstIndex(of: column).map(value) ?? .null }

  /// The values themselves, which outlive the statement's step to the next row.
  var values: [DatabaseValue] { columns.names.indices.map(value) }

  private func read<Value: ColumnValue>(_ value: DatabaseValue, _ column: String) throws -> Value {
    guard let read = Value.read(value) else { throw unreadable(value, column, Value.form) }
    return read
  }

  /// - Parameter form: what the column has to hold.
  private func unreadable(_ value: DatabaseValue, _ column: String, _ form: String) -> UnreadableColumn {
    let words = columns.sql.split(whereSeparator: \.isWhitespace)
    let table = words.firstIndex(of: "FROM").map { String(words[$0 + 1].prefix { $0.isLetter || $0 == "_" }) }
    let key = ["run", "all_runs"].contains(table) && !columns.names.contains("run") ? "id" : "run"
    let run = RunNumber.read(self.value(key))
    return UnreadableColumn(column: column, table: table, run: run, found: described(value), form: form)
  }
}

extension StoredRow {
  /// A number that was bound by `stored`.
  package func number(_ column: String) throws -> Double { try self[column] ?? .nan }

  package func digest(_ column: String) throws -> Digest { try self[column] }

  package func optionalDigest(_ column: String) throws -> Digest? { try self[column] }

  /// Bytes; none for NULL.
  package func bytes(_ column: String) throws -> [UInt8] { try (self[column] as Data?).map { Array($0) } ?? [] }

  package func status(_ column: String) throws -> RunStatus { try self[column] }

  package func run(_ column: String) throws -> RunNumber { try self[column] }

  /// Does something with the bytes of a column, which are not copied. The statement gives, in the column behind it,
  /// whether they are bytes.
  package func withBytes<Result>(_ column: Int, _ body: (Data) throws -> Result) throws -> Result {
    guard try self[column + 1] else {
      throw unreadable(value(column), columns.names[column], Data.form)
    }
    guard case .statement(let statement) = source else { return try body(try self[column] ?? Data()) }
    guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return try body(Data()) }
    let count = Int(sqlite3_column_bytes(statement, Int32(column)))
    return try body(Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes), count: count, deallocator: .none))
  }

  /// Whether both rows have the same columns with the same values.
  package func isEqual(to other: StoredRow) -> Bool {
    columns.names == other.columns.names && values == other.values
  }
}

/// A column that holds something else than what its table demands.
package struct UnreadableColumn: Error, Hashable, CustomStringConvertible {
  package let column: String
  /// Nil where the statement has none.
  package let table: String?
  /// Nil where the row doesn't say to which run it belongs.
  package let run: RunNumber?
  /// The value, as a person sees it.
  package let found: String
  /// What the column has to hold.
  package let form: String

  /// One line with all of the above.
  package var description: String {
    let place = [table.map { "of table '\($0)'" }, run.map { "of run \($0)" }].compactMap { $0 }.joined(separator: " ")
    return "column '\(column)' \(place) holds \(found); it has to be \(form)"
  }
}

private func described(_ value: DatabaseValue) -> String {
  switch value.storage {
  case .null: return "NULL"
  case .int64(let integer): return String(integer)
  case .double(let real): return "the real number \(real)"
  case .blob(let data): return "\(data.count) bytes"
  case .string(let text):
    let plain = text.unicodeScalars.prefix(40).map { $0.properties.generalCategory == .control ? "?" : String($0) }
    return "the text '\(plain.joined())'" + (text.unicodeScalars.count > 40 ? " …" : "")
  }
}

// MARK: What columns hold

/// A type that columns are read as.
package protocol ColumnValue {
  /// What a column of the type has to hold, for errors.
  static var form: String { get }
  /// Nil for anything else.
  static func read(_ value: DatabaseValue) -> Self?
}

/// A count, an epoch or a step: sums and products of those that a program meets don't overflow.
extension Int: ColumnValue {
  package static var form: String { Bound.step.description }

  package static func read(_ value: DatabaseValue) -> Int? {
    guard case .int64(let integer) = value.storage else { return nil }
    return Bound.step.value(of: integer)
  }
}

/// The number of a row, or any other integer.
extension Int64: ColumnValue {
  package static var form: String { "an integer" }

  package static func read(_ value: DatabaseValue) -> Int64? {
    guard case .int64(let integer) = value.storage else { return nil }
    return integer
  }
}

extension RunNumber: ColumnValue {
  package static var form: String { Bound.identifier.description }

  package static func read(_ value: DatabaseValue) -> RunNumber? {
    guard case .int64(let integer) = value.storage else { return nil }
    return Bound.identifier.value(of: integer).map { RunNumber(Int64($0)) }
  }
}

/// A seed: an integer, or the digits of one from 2^63 on.
extension UInt64: ColumnValue {
  package static var form: String { "a whole number from 0 to \(UInt64.max)" }

  package static func read(_ value: DatabaseValue) -> UInt64? {
    switch value.storage {
    case .int64(let integer): UInt64(exactly: integer)
    case .string(let digits):
      UInt64(digits).flatMap { $0 > UInt64(Int64.max) && String($0) == digits ? $0 : nil }
    default: nil
    }
  }
}

extension Bool: ColumnValue {
  package static var form: String { "0 or 1" }

  package static func read(_ value: DatabaseValue) -> Bool? {
    guard case .int64(let integer) = value.storage, (0...1).contains(integer) else { return nil }
    return integer == 1
  }
}

extension Double: ColumnValue {
  package static var form: String { "a number" }

  package static func read(_ value: DatabaseValue) -> Double? {
    switch value.storage {
    case .double(let real): real
    case .int64(let integer): Double(integer)
    default: nil
    }
  }
}

extension String: ColumnValue {
  package static var form: String { "a text" }

  package static func read(_ value: DatabaseValue) -> String? {
    guard case .string(let text) = value.storage else { return nil }
    return text
  }
}

extension Data: ColumnValue {
  package static var form: String { "bytes" }

  package static func read(_ value: DatabaseValue) -> Data? {
    guard case .blob(let data) = value.storage else { return nil }
    return data
  }
}

extension Digest: ColumnValue {
  package static var form: String { "64 hexadecimal digits in lower case" }

  package static func read(_ value: DatabaseValue) -> Digest? {
    guard case .string(let text) = value.storage, let digest = Digest(hex: text), digest.hex == text else { return nil }
    return digest
  }
}

extension RunStatus: ColumnValue {
  package static var form: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

  package static func read(_ value: DatabaseValue) -> RunStatus? { String.read(value).flatMap(RunStatus.init) }
}

/// Any value, NULL included.
extension DatabaseValue: ColumnValue {
  package static var form: String { "a value" }

  package static func read(_ value: DatabaseValue) -> DatabaseValue? { value }
}
