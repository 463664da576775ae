// Between SQLite's values and the store's: NaN is NULL, digests are hexadecimal digits.
internal import Digests
internal import Foundation
internal import GRDB

/// A number as it is bound: NaN as NULL.
func stored(_ value: Double) -> Double? {
  value.isNaN ? nil : value
}

extension Row {
  /// A number that was bound by `stored`.
  func number(_ column: String) -> Double {
    (self[column] as Double?) ?? .nan
  }

  /// A digest that has to be there.
  func digest(_ column: String) throws -> Digest {
    guard let digest = try optionalDigest(column) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no digest in \(column)")
    }
    return digest
  }

  func optionalDigest(_ column: String) throws -> Digest? {
    guard let text = self[column] as String? else { return nil }
    guard let digest = Digest(hex: text) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "'\(text)' in \(column) is no digest")
    }
    return digest
  }

  /// Bytes; none for NULL.
  func bytes(_ column: String) -> [UInt8] {
    (self[column] as Data?).map { Array($0) } ?? []
  }

  func status(_ column: String) -> RunStatus {
    (self[column] as String?).flatMap(RunStatus.init(rawValue:)) ?? .crashed
  }
}

extension Database {
  /// Runs a statement that is compiled once.
  func run(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }

  func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  func integer(_ sql: String, _ arguments: StatementArguments) throws -> Int64? {
    try Int64.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  func integers(_ sql: String, _ arguments: StatementArguments) throws -> [Int64] {
    try Int64.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  func texts(_ sql: String, _ arguments: StatementArguments) throws -> [String] {
    try String.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }

  /// Makes sure that a run is there.
  func require(_ run: RunNumber) throws {
    guard try integer("SELECT 1 FROM run WHERE id = ?", [run.value]) != nil else {
      throw StoreError.noSuchRun(reference: run.description, nearest: nil)
    }
  }
}

extension StoreValue {
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .double(let real): self = .real(real)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .blob(Array(data))
    }
  }

  /// As it is bound.
  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .real(let real): stored(real)?.databaseValue ?? .null
    case .text(let text): text.databaseValue
    case .blob(let bytes): Data(bytes).databaseValue
    }
  }
}

extension ParameterValue {
  /// The name of the kind, as the table has it.
  var type: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer: "integer"
    case .real: "real"
    case .text: "text"
    }
  }

  var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .boolean(let flag): (flag ? 1 : 0).databaseValue
    case .integer(let integer): integer.databaseValue
    case .real(let real): stored(real)?.databaseValue ?? .null
    case .text(let text): text.databaseValue
    }
  }

  /// A row's value of the kind that its column `type` names.
  init(_ row: Row) {
    self =
      switch row["type"] as String? {
      case "boolean": .boolean((row["value"] as Int64?) == 1)
      case "integer": .integer(row["value"] as Int64? ?? 0)
      case "real": .real(row.number("value"))
      case "text": .text(row["value"] as String? ?? "")
      default: .null
      }
  }
}
