// Lists of runs.
internal import Digests
internal import Foundation
internal import GRDB
internal import Suggestions

extension RunStore {
  /// One run, in the trash or not.
  ///
  /// - Throws: `noSuchRun`.
  public func run(_ number: RunNumber) throws -> RunRecord {
    let query = RunQuery(filter: RunFilter(sql: "r.number = ?", arguments: [.integer(number.value)]), trash: .with)
    guard let record = try runs(query).first else {
      throw StoreError.noSuchRun(reference: number.description, nearest: nil)
    }
    return record
  }

  /// The runs that fit, in the order of creation unless asked otherwise. The cost does not depend on the length of
  /// the runs' histories.
  ///
  /// - Throws: `noSuchColumn` for an order by what no run has.
  public func runs(_ query: RunQuery = RunQuery()) throws -> [RunRecord] {
    try read { db in
      let (sql, arguments) = try select(query, in: db)
      let rows = try Row.fetchAll(db, sql: sql, arguments: arguments)
      return try rows.map { try record($0, query, in: db) }
    }
  }

  private func select(_ query: RunQuery, in db: Database) throws -> (sql: String, arguments: StatementArguments) {
    let crashed = try crashedRuns(in: db).map(\.description).joined(separator: ",")
    var sql = "WITH r AS (SELECT \(try viewColumns(live: true, in: db)) FROM all_runs\(query.trash.condition)) SELECT * FROM r"
    var arguments: StatementArguments = ["[\(crashed)]"]
    if let filter = query.filter {
      sql += " WHERE (\(filter.sql))"
      arguments += StatementArguments(filter.arguments.map(\.databaseValue))
    }
    var order: [String] = []
    for (column, ascending) in query.orderBy {
      let key = try orderKey(column, in: db)
      let direction = ascending ? "ASC" : "DESC"
      order.append("\(key.sql) IS NULL")
      order.append("\(key.sql) \(direction)")
      arguments += key.arguments
      arguments += key.arguments
    }
    sql += " ORDER BY " + (order + ["r.number"]).joined(separator: ", ")
    if let limit = query.limit {
      sql += " LIMIT ?"
      arguments += [max(0, limit)]
    }
    return (sql, arguments)
  }

  /// The columns of the view `all_runs`, the status as it is now; its one argument is a JSON list of crashed runs.
  private func viewColumns(live: Bool, in db: Database) throws -> String {
    try db.columns(in: "all_runs").map(\.name).map { name in
      live && name == "status"
        ? "iif(number IN (SELECT value FROM json_each(?)), 'crashed', status) AS status" : name
    }.joined(separator: ", ")
  }

  private func orderKey(_ column: String, in db: Database) throws -> (sql: String, arguments: StatementArguments) {
    let attributes = try db.columns(in: "all_runs").map(\.name)
    if attributes.contains(column) { return ("r.\(column)", []) }
    let kinds = ["metrics.", "params.", "tags."]
    guard let kind = kinds.first(where: { column.hasPrefix($0) }) else {
      throw StoreError.noSuchColumn(name: column, nearest: nearestName(to: column, among: attributes))
    }
    let name = String(column.dropFirst(kind.count))
    let key: (sql: String, arguments: StatementArguments)
    switch kind {
    case "metrics.":
      let choices = PresentValue(name).choices
      let alternatives = choices.map { "(\($0.sql(run: "r.number")))" }.joined(separator: ", ")
      key = ("coalesce(\(alternatives), NULL)", choices.reduce(into: []) { $0 += $1.arguments })
    case "params.": key = ("(SELECT value FROM parameter WHERE run = r.number AND path = ?)", [name])
    default: key = ("(SELECT value FROM tag WHERE run = r.number AND key = ?)", [name])
    }
    // The names that there are cost a scan of the whole store, which a name that some run has need not pay.
    let isThere = try db.integer("SELECT 1 FROM runs AS r WHERE \(key.sql) IS NOT NULL LIMIT 1", key.arguments) != nil
    if !isThere { try requireKnown(name, kind, in: db) }
    return key
  }

  /// In a store without runs every name will do.
  private func requireKnown(_ name: String, _ kind: String, in db: Database) throws {
    let known: [String]
    switch kind {
    case "metrics.":
      let names = try db.texts("SELECT name FROM metric UNION SELECT name FROM series", [])
      let roles = try db.texts("SELECT DISTINCT role FROM metric", [])
      known = names + names.flatMap { name in roles.map { "\($0)/\(name)" } }
    case "params.": known = try db.texts("SELECT DISTINCT path FROM parameter", [])
    default: known = try db.texts("SELECT DISTINCT key FROM tag", [])
    }
    guard !known.contains(name), try db.integer("SELECT 1 FROM run LIMIT 1", []) != nil else { return }
    throw StoreError.noSuchColumn(name: kind + name, nearest: nearestName(to: name, among: known).map { kind + $0 })
  }

  private func record(_ row: Row, _ query: RunQuery, in db: Database) throws -> RunRecord {
    let number = RunNumber(row["number"])
    var metrics: [String: Double] = [:]
    for name in query.metricColumns { metrics[name] = try db.presentValue(of: name, run: number) }
    var params: [String: ParameterValue] = [:]
    for path in query.paramColumns {
      params[path] = try db.row("SELECT type, value FROM parameter WHERE run = ? AND path = ?", [number.value, path])
        .map(ParameterValue.init)
    }
    let seed: DatabaseValue = row["seed"]
    return RunRecord(
      number: number, uuid: row["uuid"], name: row["name"], status: row.status("status"),
      experiment: row["experiment"], seed: String.fromDatabaseValue(seed).flatMap { UInt64($0) } ?? row["seed"],
      created: row["created"], started: row["started"], ended: row["ended"], epoch: row["epoch"], step: row["step"],
      seconds: row["seconds"], parameterCount: row["parameter_count"], configDigest: try row.digest("config_digest"),
      programDigest: try row.digest("program_digest"), parameterDigest: try row.optionalDigest("parameter_digest"),
      chainDigest: try row.optionalDigest("chain_digest"), parent: (row["parent"] as Int64?).map(RunNumber.init),
      parentEpoch: row["parent_epoch"], sweep: row["sweep"], member: row["member"], origin: row["origin"],
      trashed: row["trashed"], metrics: metrics, params: params)
  }
}

extension RunQuery.Trash {
  /// After the view `all_runs`.
  fileprivate var condition: String {
    switch self {
    case .without: " WHERE trashed IS NULL"
    case .only: " WHERE trashed IS NOT NULL"
    case .with: ""
    }
  }
}
