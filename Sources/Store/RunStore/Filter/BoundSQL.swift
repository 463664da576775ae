// SQL with its arguments, so that no text from outside can become a part of it.

/// A piece of SQL in which every value is bound. The literal's own text is the program's; what is interpolated is
/// either another piece or, as `\(bound: value)`, a `?` with its argument.
struct BoundSQL: ExpressibleByStringInterpolation, Sendable {
  private(set) var sql: String
  private(set) var arguments: [StoreValue]

  private init(sql: String, arguments: [StoreValue]) {
    (self.sql, self.arguments) = (sql, arguments)
  }

  init(stringLiteral text: StaticString) {
    self.init(sql: "\(text)", arguments: [])
  }

  init(stringInterpolation pieces: Interpolation) {
    self.init(sql: pieces.sql, arguments: pieces.arguments)
  }

  /// A filter made elsewhere.
  init(_ filter: RunFilter) {
    self.init(sql: filter.sql, arguments: filter.arguments)
  }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var sql = ""
    fileprivate var arguments: [StoreValue] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      sql.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ literal: StaticString) { sql += "\(literal)" }

    mutating func appendInterpolation(_ piece: BoundSQL) {
      sql += piece.sql
      arguments += piece.arguments
    }

    mutating func appendInterpolation(bound value: StoreValue) {
      sql += "?"
      arguments.append(value)
    }

    mutating func appendInterpolation(bound text: String) { appendInterpolation(bound: .text(text)) }
  }
}

extension [BoundSQL] {
  /// The pieces with a separator between them.
  func joined(_ separator: BoundSQL) -> BoundSQL {
    guard let first else { return "" }
    return dropFirst().reduce(first) { "\($0)\(separator)\($1)" }
  }

  /// Conditions joined by `AND` or `OR` as a balanced tree: SQLite refuses expressions more than 1000 deep.
  func balanced(_ separator: BoundSQL) -> BoundSQL {
    guard count > 1 else { return first ?? "" }
    let half = count / 2
    return "(\(Array(self[..<half]).balanced(separator))\(separator)\(Array(self[half...]).balanced(separator)))"
  }
}
