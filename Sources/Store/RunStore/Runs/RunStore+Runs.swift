// Lists of runs.
internal import Digests
internal import GRDB

extension RunStore {
  /// One run, in the trash or not.
  ///
  /// - Throws: `noSuchRun`.
  public func run(_ number: RunNumber) throws -> RunRecord {
    let query = RunQuery(filter: RunFilter(sql: "r.run = ?", arguments: [.integer(number.value)]), trash: .with)
    guard let record = try runs(query).first else {
      throw StoreError.noSuchRun(reference: number.description, nearest: nil)
    }
    return record
  }

  /// The runs that fit, in the order of creation unless asked otherwise. The cost does not depend on the length of
  /// the runs' histories (`mean` reads a point an epoch), and with a limit and no other order than by number not on
  /// that of the store either.
  ///
  /// - Throws: `noSuchColumn` for an order by what no run has; `badFilter` for an invalid column; `refused`
  ///   for a place of another order.
  public func runs(_ query: RunQuery = RunQuery()) throws -> [RunRecord] {
    try read { db in
      let list = try RunListStatement(query, crashed: crashedRuns(in: db), in: db)
      return try list.records(db)
    }
  }

  /// The matching runs up to the limit, and the place where the list continues.
  ///
  /// - Throws: as `runs`.
  public func page(_ query: RunQuery) throws -> RunPage {
    guard let limit = query.limit, limit > 0 else { return RunPage(runs: try runs(query), next: nil) }
    return try read { db in
      var longer = query
      longer.limit = limit + 1
      let list = try RunListStatement(longer, crashed: crashedRuns(in: db), in: db)
      let rows = try list.rows(db)
      let shown = rows.prefix(limit)
      let next = try rows.count > limit ? shown.last.map(list.place) : nil
      return RunPage(runs: try shown.map { try list.record($0) }, next: next)
    }
  }

  /// Changes whenever another connection, of this process or another, has written to the store.
  package func writesSeen() throws -> Int64 {
    try read { try $0.integer("PRAGMA data_version", []) ?? 0 }
  }
}
