// The one SELECT that a list of runs is.
internal import Digests
internal import GRDB

/// A query as one statement, and its rows as records.
///
/// An order by other keys than the number is computed first, with the keys read once for each matching run;
/// everything else is read for the runs that are shown.
struct RunListStatement {
  private let query: RunQuery
  /// What each requested column, metric and leaf is, under the name that was requested.
  private let columns: [(name: String, subject: RunSubject)]
  private let metrics: [(name: String, subject: RunSubject)]
  private let params: [(name: String, subject: RunSubject)]
  private let order: [(name: String, key: BoundSQL, ascending: Bool)]
  private let crashed: [RunNumber]

  /// SQLite gives up to 2000 columns.
  private static let mostColumns = 400

  /// - Parameter crashed: runs that are stored as running, but are not.
  /// - Throws: as `RunStore.runs`.
  init(_ query: RunQuery, crashed: [RunNumber], in db: Database) throws {
    self.query = query
    self.crashed = crashed
    columns = try query.columns.map { ($0, try db.subject($0, column: $0)) }
    metrics = query.metricColumns.map { ($0, .metric($0)) }
    params = query.paramColumns.map { ($0, .parameter($0)) }
    guard columns.count + metrics.count + params.count <= Self.mostColumns else {
      throw StoreError.refused("a list has at most \(Self.mostColumns) columns besides the fields; request fewer")
    }
    order = try query.orderBy.map { ($0.column, try db.subject($0.column, column: $0.column).orderKey, $0.ascending) }
    if let place = query.after, place.order != orderNames {
      throw StoreError.refused("the place belongs to a list in another order; use the same order")
    }
  }

  func records(_ db: Database) throws -> [RunRecord] {
    try rows(db).map { try record($0) }
  }

  func rows(_ db: Database) throws -> [StoredRow] {
    let statement = isByNumber ? simple : ordered
    return try StoredRowCursor(
      PreparedStatement(db.makeStatement(sql: statement.sql), in: db),
      Bindings(statement.arguments.map(\.databaseValue)),
      of: "SELECT FROM run"
    ).all()
  }

  /// The place after a list that ends with the row.
  func place(_ row: StoredRow) throws -> RunPlace {
    let keys = try isByNumber ? [] : order.indices.map { StoreValue(try row["key\($0)"] as DatabaseValue) }
    return try RunPlace(
      order: orderNames, keys: isByNumber ? order.map { _ in StoreValue.null } : keys, number: row["run"])
  }

  // MARK: The statement

  private var orderNames: [String] { order.map { "\($0.name) \($0.ascending ? "ASC" : "DESC")" } }

  /// Whether the number decides, as it does from the first key on that is the number.
  private var isByNumber: Bool { order.isEmpty || order[0].name == "number" }

  private var isAscending: Bool { order.first?.ascending ?? true }

  /// The table `r`: the columns of `all_runs`, the status as it is now. Made for each row that is requested; SQLite
  /// would make all of it for a list that names it twice.
  private var table: BoundSQL {
    let status: BoundSQL =
      crashed.isEmpty
      ? "status"
      : """
      iif(run IN (SELECT value FROM json_each(\(bound: "[\(crashed.map(\.description).joined(separator: ","))]"))), \
      'crashed', status) AS status
      """
    let condition: BoundSQL =
      switch query.trash {
      case .without: " WHERE trashed IS NULL"
      case .only: " WHERE trashed IS NOT NULL"
      case .with: ""
      }
    return """
      r AS NOT MATERIALIZED (SELECT run, uuid, name, \(status), experiment, seed, created, started, ended, epoch, step, seconds, \
      parameter_count, config_digest, program_digest, parameter_digest, chain_digest, parent, parent_epoch, sweep, \
      member, origin, trashed FROM all_runs\(condition))
      """
  }

  private var condition: BoundSQL { query.filter.map { "(\(BoundSQL($0)))" } ?? "1" }

  private var limit: BoundSQL { query.limit.map { " LIMIT \(bound: .integer(Int64(max(0, $0))))" } ?? "" }

  private var values: BoundSQL {
    let pieces = (columns + metrics + params).map(\.subject).map { subject -> BoundSQL in
      subject.parameterType.map { ", \(subject.scalar()), \($0)" } ?? ", \(subject.scalar()), NULL"
    }
    return pieces.joined("")
  }

  private var simple: BoundSQL {
    let after: BoundSQL =
      query.after.map {
        isAscending ? " AND r.run > \(bound: .integer($0.number))" : " AND r.run < \(bound: .integer($0.number))"
      } ?? ""
    return """
      WITH \(table) SELECT r.*\(values) FROM r WHERE \(condition)\(after) \
      ORDER BY r.run\(isAscending ? "" : " DESC")\(limit)
      """
  }

  private var ordered: BoundSQL {
    let keys = order.indices.map { ", \(order[$0].key) AS \(key($0))" as BoundSQL }.joined("")
    let names = order.indices.map { ", picked.\(key($0))" as BoundSQL }.joined("")
    let after: BoundSQL = query.after.map { " WHERE \(following($0))" } ?? ""
    return """
      WITH \(table), keyed AS MATERIALIZED (SELECT r.run AS run\(keys) FROM r WHERE \(condition)), \
      picked AS MATERIALIZED (SELECT * FROM keyed\(after) ORDER BY \(terms("keyed"))\(limit)) \
      SELECT r.*\(values)\(names) FROM picked CROSS JOIN r ON r.run = picked.run ORDER BY \(terms("picked"))
      """
  }

  private func terms(_ table: BoundSQL) -> BoundSQL {
    let terms = order.indices.map { index -> BoundSQL in
      "\(table).\(key(index))\(order[index].ascending ? "" : " DESC") NULLS LAST"
    }
    return (terms + ["\(table).run"]).joined(", ")
  }

  /// True for what comes after a place: greater in the first key that isn't equal, NULL being the greatest.
  private func following(_ place: RunPlace) -> BoundSQL {
    var alternatives: [BoundSQL] = []
    var equals: [BoundSQL] = []
    for (index, value) in place.keys.enumerated() {
      if value != .null {
        let sign: BoundSQL = order[index].ascending ? ">" : "<"
        let greater: BoundSQL = "(\(key(index)) \(sign) \(bound: value) OR \(key(index)) IS NULL)"
        alternatives.append((equals + [greater]).joined(" AND "))
      }
      equals.append("\(key(index)) IS \(bound: value)")
    }
    alternatives.append((equals + ["run > \(bound: .integer(place.number))"]).joined(" AND "))
    return "(\(alternatives.map { "(\($0))" as BoundSQL }.joined(" OR ")))"
  }

  /// `key0`, `key1`, …
  private func key(_ index: Int) -> BoundSQL {
    Self.digits(of: index).reduce("key") { "\($0)\($1)" }
  }

  private static func digits(of number: Int) -> [BoundSQL] {
    let digits: [BoundSQL] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    return String(number).compactMap(\.wholeNumberValue).map { digits[$0] }
  }

  // MARK: The records

  private static let fieldCount = 23

  func record(_ row: StoredRow) throws -> RunRecord {
    var place = Self.fieldCount
    func values(_ asked: [(name: String, subject: RunSubject)]) throws -> [String: ParameterValue] {
      var values: [String: ParameterValue] = [:]
      for (name, subject) in asked {
        let type = StoreValue(try row[place + 1] as DatabaseValue)
        values[name] = subject.value(StoreValue(try row[place] as DatabaseValue), type: type == .null ? nil : type)
        place += 2
      }
      return values
    }
    let columns = try values(self.columns)
    let metrics = try values(self.metrics).compactMapValues(\.number)
    let params = try values(self.params)
    return try RunRecord(
      number: row["run"], uuid: row["uuid"], name: row["name"], status: row.status("status"),
      experiment: row["experiment"], seed: row["seed"],
      created: row["created"], started: row["started"], ended: row["ended"], epoch: row["epoch"], step: row["step"],
      seconds: row["seconds"], parameterCount: row["parameter_count"], configDigest: row.digest("config_digest"),
      programDigest: row.digest("program_digest"), parameterDigest: row.optionalDigest("parameter_digest"),
      chainDigest: row.optionalDigest("chain_digest"), parent: row["parent"],
      parentEpoch: row["parent_epoch"], sweep: row["sweep"], member: row["member"], origin: row["origin"],
      trashed: row["trashed"], columns: columns, metrics: metrics, params: params)
  }
}

extension ParameterValue {
  /// The number that it is.
  var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .real(let real): real
    default: nil
    }
  }
}
