// Between SQLite's values and the store's: NaN is NULL.
internal import Foundation
package import GRDB

/// A number as it is bound: NaN as NULL.
package func stored(_ value: Double) -> Double? {
  value.isNaN ? nil : value
}

extension StoreValue {
  package init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .double(let real): self = .real(real)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .blob(Array(data))
    }
  }

  /// A seed: an integer, or the digits of one from 2^63 on.
  package init(seed: UInt64) {
    self = Int64(exactly: seed).map { .integer($0) } ?? .text(String(seed))
  }

  /// As it is bound.
  package var databaseValue: DatabaseValue {
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
  package var type: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer: "integer"
    case .real: "real"
    case .text: "text"
    }
  }

  package var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .boolean(let flag): (flag ? 1 : 0).databaseValue
    case .integer(let integer): integer.databaseValue
    case .real(let real): stored(real)?.databaseValue ?? .null
    case .text(let text): text.databaseValue
    }
  }

  /// A row's value of the kind that its column `type` names.
  package init(_ row: StoredRow) throws {
    switch try row["type"] as String {
    case "boolean": self = .boolean(try row["value"])
    case "integer": self = .integer(try row["value"])
    case "real": self = .real(try row.number("value"))
    case "text": self = .text(try row["value"])
    default: self = .null
    }
  }
}
