// The histories of a run's series.
internal import Foundation
internal import GRDB
internal import Suggestions

extension RunStore {
  /// Values of a run's series: series by series, in the order asked or else by name, each in the order of steps.
  ///
  /// - Parameters:
  ///   - series: nil for all.
  ///   - steps: false for one value an epoch; true for the value of each step, where an epoch of a series without a
  ///     trace gives its one value. A partial epoch isn't shown.
  /// - Throws: `noSuchSeries` with the nearest right name.
  public func history(of run: RunNumber, series: [String]? = nil, steps: Bool = false) throws -> [HistoryPoint] {
    try read { db in
      try db.require(run)
      let known = try db.texts("SELECT name FROM series WHERE run = ? ORDER BY name", [run.value])
      return try (series ?? known).flatMap { name in
        guard known.contains(name) else {
          throw StoreError.noSuchSeries(run: run, name: name, nearest: nearestName(to: name, among: known))
        }
        return try steps ? db.steps(of: name, run: run) : db.points(of: name, run: run)
      }
    }
  }

  /// Last, smallest and largest value of each of a run's series, by name.
  public func summaries(of run: RunNumber) throws -> [SeriesSummary] {
    try read { db in
      try db.require(run)
      return try db.summaries(of: run)
    }
  }

  /// A run's epochs in their order.
  public func epochs(of run: RunNumber) throws -> [EpochRow] {
    try read { db in
      try db.require(run)
      return try db.epochs(of: run)
    }
  }
}

extension Database {
  /// One value an epoch; epoch rows that are missing don't hide points.
  func points(of series: String, run: RunNumber) throws -> [HistoryPoint] {
    try rows(
      """
      SELECT point.epoch, coalesce(epoch.step, 0) AS step, value
      FROM series JOIN point ON point.series = series.id
      LEFT JOIN epoch ON epoch.run = series.run AND epoch.epoch = point.epoch
      WHERE series.run = ? AND series.name = ? ORDER BY point.epoch
      """, [run.value, series]
    ).map { HistoryPoint(series: series, step: $0["step"], epoch: $0["epoch"], value: $0.number("value")) }
  }

  fileprivate func steps(of series: String, run: RunNumber) throws -> [HistoryPoint] {
    var traces: [Int: [HistoryPoint]] = [:]
    for trace in try self.traces(of: series, run: run) {
      traces[trace.epoch] = trace.values.enumerated().map { index, value in
        HistoryPoint(series: series, step: trace.firstStep + index, epoch: trace.epoch, value: value)
      }
    }
    for point in try points(of: series, run: run) where traces[point.epoch] == nil { traces[point.epoch] = [point] }
    return traces.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// A series' traces in the order of epochs.
  func traces(of series: String, run: RunNumber) throws -> [(epoch: Int, firstStep: Int, values: [Double])] {
    try rows(
      """
      SELECT epoch, first_step, "values" FROM series JOIN trace ON trace.series = series.id
      WHERE run = ? AND name = ? ORDER BY epoch
      """, [run.value, series]
    ).map { row in
      guard let values = unpacked(row.bytes("values")) else {
        let epoch: Int = row["epoch"]
        throw DatabaseError(
          resultCode: .SQLITE_CORRUPT, message: "the trace of '\(series)' at epoch \(epoch) of run \(run) is cut off")
      }
      return (row["epoch"], row["first_step"], values)
    }
  }

  func summaries(of run: RunNumber) throws -> [SeriesSummary] {
    try rows(
      "SELECT * FROM series JOIN series_summary ON series = series.id WHERE run = ? ORDER BY name", [run.value]
    ).map { row in
      SeriesSummary(
        series: row["name"], last: row.number("last"), lastEpoch: row["last_epoch"], minimum: row["minimum"],
        minimumEpoch: row["minimum_epoch"], maximum: row["maximum"], maximumEpoch: row["maximum_epoch"],
        count: row["count"], firstNaNEpoch: row["first_nan_epoch"])
    }
  }

  func epochs(of run: RunNumber) throws -> [EpochRow] {
    try rows("SELECT * FROM epoch WHERE run = ? ORDER BY epoch", [run.value]).map { row in
      EpochRow(
        epoch: row["epoch"], step: row["step"], rows: row["rows"], seconds: row["seconds"],
        parameterDigest: try row.digest("parameter_digest"), chainDigest: try row.digest("chain_digest"),
        attempt: row["attempt"], stored: row["stored"])
    }
  }
}
