// Plain values that go into and come out of SQL.

/// One SQLite value. A NaN is read back as `null`, because SQLite has no NaN.
public enum StoreValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// A leaf of a run's configuration.
public enum ParameterValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case real(Double)
  case text(String)
}

/// What a SELECT gave: the columns' names and the rows in their order.
public struct QueryResult: Hashable, Sendable {
  public let columns: [String]
  public let rows: [[StoreValue]]
}
