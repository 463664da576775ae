// The histories of a run's series.
internal import Foundation
package import GRDB
internal import Suggestions

extension RunStore {
  /// Values of a run's series: series by series, in the order asked or else by name, each in the order of steps.
  /// A long history is better read by `readHistories`, which creates no value for each point.
  ///
  /// - Parameters:
  ///   - series: names of series, or of measures (`NAME` or `ROLE/NAME`) whose values at the judged epochs are meant; nil for
  ///     all series.
  ///   - steps: false for one value an epoch; true for the value of each step, where an epoch of a series without a
  ///     trace gives its one value. A partial epoch isn't shown.
  /// - Throws: `noSuchSeries` with the nearest right name.
  public func history(of run: RunNumber, series: [String]? = nil, steps: Bool = false) throws -> [HistoryPoint] {
    try readHistories(of: [run], series: series, steps: steps) { reader in
      try reader.columns.flatMap { try reader.history(of: $0).points }
    }
  }

  /// Reads the histories of several runs as they are at one moment, one series at a time.
  ///
  /// Each series is read in a separate transaction, up to the epochs of the first one, and none is open while `body`
  /// prints: a pager that waits at its first page keeps no transaction open, and the write-ahead log stays small.
  ///
  /// ```swift
  /// try store.readHistories(of: [run], steps: true) { reader in
  ///   for column in reader.columns { print(column.series, try reader.history(of: column).values.count) }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - series: as in `history`; a name has to be known to one of the runs at least.
  ///   - steps: as in `history`.
  /// - Throws: `noSuchRun`, `noSuchSeries` with the nearest right name, `refused` where a run is removed meanwhile, and
  ///   what `body` throws.
  package func readHistories<Value>(
    of runs: [RunNumber], series: [String]? = nil, steps: Bool = false, _ body: (HistoryReader) throws -> Value
  ) throws -> Value {
    let columns = try read { try $0.columns(of: runs, series: series, steps: steps) }
    var stepsOfEpochs: [RunNumber: [Int: Int]] = [:]
    return try body(
      HistoryReader(columns: columns) { column in
        let history = try self.read { db in
          try db.history(of: column, steps: steps) {
            if let known = stepsOfEpochs[column.run] { return known }
            let read = try db.lastSteps(of: column.run)
            stepsOfEpochs[column.run] = read
            return read
          }
        }
        guard history.values.count == column.count else {
          throw StoreError.refused(
            "run \(column.run) was removed while its history was read; look at what is there now")
        }
        return history
      })
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
  /// The columns of a reader.
  fileprivate func columns(of runs: [RunNumber], series: [String]?, steps: Bool) throws -> [HistoryReader.Column] {
    var columns: [HistoryReader.Column] = []
    for run in runs {
      try require(run)
      for row in try rows("SELECT id, name FROM series WHERE run = ? ORDER BY name", [run.value]) {
        let identifier: Int64 = try row["id"]
        let name: String = try row["name"]
        if let series, !series.contains(name) { continue }
        let (count, lastEpoch) = try extent(of: identifier, steps: steps)
        columns.append(
          HistoryReader.Column(
            run: run, series: name, count: count, source: .series(identifier), lastEpoch: lastEpoch))
      }
    }
    guard let series else { return columns }
    for name in series where !columns.contains(where: { $0.series == name }) {
      columns += try runs.compactMap { try measureColumn(name, of: $0) }
    }
    for name in series where !columns.contains(where: { $0.series == name }) {
      let known = try runs.flatMap { run in
        try texts("SELECT name FROM series WHERE run = ? ORDER BY name", [run.value])
          + texts("SELECT DISTINCT name FROM metric WHERE run = ? AND bin = '' ORDER BY name", [run.value])
      }
      throw StoreError.noSuchSeries(run: runs[0], name: name, nearest: nearestName(to: name, among: known))
    }
    return runs.flatMap { run in
      series.compactMap { name in columns.first { $0.run == run && $0.series == name } }
    }
  }

  /// The values of a measure over the complete data: those of the role that is named, or of the first that has some.
  private func measureColumn(_ asked: String, of run: RunNumber) throws -> HistoryReader.Column? {
    var (role, name): (String?, String) = (nil, asked)
    if let slash = asked.firstIndex(of: "/") {
      (role, name) = (String(asked[..<slash]), String(asked[asked.index(after: slash)...]))
    }
    let found = try row(
      """
      SELECT role, count(*) AS count, max(epoch) AS last FROM metric
      WHERE run = ?1 AND name = ?2 AND bin = '' AND masked = 0 AND (?3 IS NULL OR role = ?3)
      GROUP BY role ORDER BY CASE role WHEN 'validation' THEN 0 WHEN 'test' THEN 1 WHEN 'train' THEN 2 ELSE 3 END, role
      LIMIT 1
      """, [run.value, name, role])
    guard let found else { return nil }
    return try HistoryReader.Column(
      run: run, series: asked, count: found["count"], source: .measure(name, role: found["role"]),
      lastEpoch: found["last"])
  }

  /// How many values a series has, and the last epoch that has one.
  private func extent(of series: Int64, steps: Bool) throws -> (count: Int, lastEpoch: Int) {
    let row = try self.row("SELECT count(*), coalesce(max(epoch), 0) FROM point WHERE series = ?", [series])
    let points = try row?[0] as Int? ?? 0
    let lastPoint = try row?[1] as Int? ?? 0
    guard steps else { return (points, lastPoint) }
    let traces = try self.row(
      """
      SELECT total(length("values") / 8), coalesce(max(trace.epoch), 0), count(point.epoch)
      FROM trace LEFT JOIN point ON point.series = trace.series AND point.epoch = trace.epoch WHERE trace.series = ?
      """, [series])
    guard let traces else { return (points, lastPoint) }
    return try (Int(traces[0] as Double) + points - (traces[2] as Int), max(lastPoint, traces[1] as Int))
  }

  /// The step at the end of each epoch.
  fileprivate func lastSteps(of run: RunNumber) throws -> [Int: Int] {
    var steps: [Int: Int] = [:]
    let cursor = try cursor("SELECT epoch, step FROM epoch WHERE run = ?", [run.value])
    while let row = try cursor.next() { steps[try row[0] as Int] = try row[1] as Int }
    return steps
  }

  /// - Parameter lastSteps: the step at the end of each epoch; epoch rows that are missing don't hide points.
  fileprivate func history(
    of column: HistoryReader.Column, steps: Bool, lastSteps: () throws -> [Int: Int]
  ) throws -> SeriesHistory {
    var history = SeriesHistory(run: column.run, series: column.series)
    history.values.reserveCapacity(column.count)
    let identifier: Int64
    switch column.source {
    case .series(let number): identifier = number
    case .measure(let name, let role):
      let rows = try cursor(
        """
        SELECT epoch, step, value FROM metric
        WHERE run = ? AND name = ? AND role = ? AND bin = '' AND masked = 0 AND epoch <= ? ORDER BY epoch
        """, [column.run.value, name, role, column.lastEpoch])
      while let row = try rows.next() {
        history.values.append(try row[2] as Double? ?? .nan)
        history.append(epoch: try row[0], firstStep: try row[1], 1)
      }
      return history
    }
    let points = try cursor(
      "SELECT epoch, value FROM point WHERE series = ? AND epoch <= ? ORDER BY epoch",
      [identifier, column.lastEpoch])
    let traces =
      steps
      ? try cursor(
        """
        SELECT epoch, first_step, "values", typeof("values") = 'blob' FROM trace WHERE series = ? AND epoch <= ?
        ORDER BY epoch
        """, [identifier, column.lastEpoch]) : nil
    var ends: [Int: Int]?
    func lastStep(of epoch: Int) throws -> Int {
      let known = try ends ?? lastSteps()
      ends = known
      return known[epoch] ?? 0
    }
    var point = try points.next().map { (epoch: try $0[0] as Int, value: try $0[1] as Double? ?? .nan) }
    /// Takes the points before an epoch and drops the epoch's own, which the trace replaces.
    func takePoints(before epoch: Int) throws {
      while let one = point, one.epoch <= epoch {
        if one.epoch < epoch {
          history.values.append(one.value)
          history.append(epoch: one.epoch, firstStep: try lastStep(of: one.epoch), 1)
        }
        point = try points.next().map { (try $0[0] as Int, try $0[1] as Double? ?? .nan) }
      }
    }
    while let row = try traces?.next() {
      let epoch: Int = try row[0]
      try takePoints(before: epoch)
      let count = try row.withBytes(2) { history.values.append(packed: $0) }
      guard let count else {
        throw DatabaseError(
          resultCode: .SQLITE_CORRUPT,
          message: "the trace of '\(column.series)' at epoch \(epoch) of run \(column.run) is cut off")
      }
      history.append(epoch: epoch, firstStep: try row[1], count)
    }
    try takePoints(before: .max)
    return history
  }

  /// One value an epoch; epoch rows that are missing don't hide points.
  package func points(of series: String, run: RunNumber) throws -> [HistoryPoint] {
    try rows(
      """
      SELECT point.epoch, coalesce(epoch.step, 0) AS step, value
      FROM series JOIN point ON point.series = series.id
      LEFT JOIN epoch ON epoch.run = series.run AND epoch.epoch = point.epoch
      WHERE series.run = ? AND series.name = ? ORDER BY point.epoch
      """, [run.value, series]
    ).map { try HistoryPoint(series: series, step: $0["step"], epoch: $0["epoch"], value: $0.number("value")) }
  }

  /// A series' traces in the order of epochs.
  package func traces(of series: String, run: RunNumber) throws -> [(epoch: Int, firstStep: Int, values: [Double])] {
    try rows(
      """
      SELECT epoch, first_step, "values" FROM series JOIN trace ON trace.series = series.id
      WHERE run = ? AND name = ? ORDER BY epoch
      """, [run.value, series]
    ).map { row in
      guard let values = unpacked(try row.bytes("values")) else {
        let epoch: Int = try row["epoch"]
        throw DatabaseError(
          resultCode: .SQLITE_CORRUPT, message: "the trace of '\(series)' at epoch \(epoch) of run \(run) is cut off")
      }
      return try (row["epoch"], row["first_step"], values)
    }
  }

  package func summaries(of run: RunNumber) throws -> [SeriesSummary] {
    try rows(
      "SELECT * FROM series JOIN series_summary ON series = series.id WHERE run = ? ORDER BY name", [run.value]
    ).map { row in
      try SeriesSummary(
        series: row["name"], last: row.number("last"), lastEpoch: row["last_epoch"], minimum: row["minimum"],
        minimumEpoch: row["minimum_epoch"], maximum: row["maximum"], maximumEpoch: row["maximum_epoch"],
        count: row["count"], firstNaNEpoch: row["first_nan_epoch"])
    }
  }

  package func epochs(of run: RunNumber) throws -> [EpochRow] {
    try rows("SELECT * FROM epoch WHERE run = ? ORDER BY epoch", [run.value]).map { row in
      try EpochRow(
        epoch: row["epoch"], step: row["step"], rows: row["rows"], seconds: row["seconds"],
        parameterDigest: row.digest("parameter_digest"), chainDigest: row.digest("chain_digest"),
        attempt: row["attempt"], stored: row["stored"])
    }
  }
}
