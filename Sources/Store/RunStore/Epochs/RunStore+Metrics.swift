// The numbers by which runs are judged.
package import GRDB

extension RunStore {
  /// Adds metrics, each in place of the one with the same name, role, bin and epoch; all of them or none.
  package func addMetrics(_ metrics: [MetricRecord], to run: RunNumber) throws {
    for metric in metrics { try metric.validate() }
    try write { db in
      try db.require(run)
      for metric in metrics { try db.insert(metric, run: run) }
    }
  }

  /// All metrics of a run by name, role, epoch and bin. An uncertainty that was NaN comes back as nil.
  public func metrics(of run: RunNumber) throws -> [MetricRecord] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT * FROM metric WHERE run = ? ORDER BY name, role, epoch, bin", [run.value]).map { row in
        let bin: String = try row["bin"]
        return try MetricRecord(
          epoch: row["epoch"], step: row["step"], role: row["role"], name: row["name"], bin: bin.isEmpty ? nil : bin,
          value: row.number("value"), uncertainty: row["uncertainty"], masked: row["masked"])
      }
    }
  }
}

extension Database {
  /// Adds a metric or replaces it.
  func insert(_ metric: MetricRecord, run: RunNumber) throws {
    try self.run(
      """
      INSERT OR REPLACE INTO metric (run, name, role, epoch, bin, step, value, uncertainty, masked)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        run.value, metric.name, metric.role, metric.epoch, metric.bin ?? "", metric.step, stored(metric.value),
        metric.uncertainty.flatMap(stored), metric.masked,
      ])
  }

  /// A run's value of `NAME` or `ROLE/NAME` at one epoch.
  package func value(of name: String, run: RunNumber, epoch: Int) throws -> Double? {
    let value = PresentValue(name).scalar(nan: RunSubject.nan, at: epoch)
    let statement: BoundSQL = "SELECT \(value) AS value FROM (SELECT \(bound: .integer(run.value)) AS run) AS r"
    let arguments = StatementArguments(statement.arguments.map(\.databaseValue))
    guard let row = try row(statement.sql, arguments) else { return nil }
    return RunSubject.metric(name).value(StoreValue(try row["value"] as DatabaseValue), type: nil)?.number
  }
}

/// Where a run's value of `NAME` or `ROLE/NAME` is looked for, the first place that has it counting: the metric of that
/// name over the complete data (validation before test before train), the metric `NAME` of that role, the series of
/// that name. The present value is that of the last epoch that was judged, or the last one of the series.
struct PresentValue {
  private let name: String

  init(_ name: String) {
    self.name = name
  }

  /// An expression over the alias `r`: NULL where there is none, and what stands for NaN.
  /// - Parameter epoch: the one whose value is requested; nil for the present value.
  func scalar(nan: BoundSQL, at epoch: Int? = nil) -> BoundSQL {
    let atEpoch: BoundSQL = epoch.map { " AND epoch = \(bound: .integer(Int64($0)))" } ?? ""
    var places = [metric("name = \(bound: name)\(atEpoch)", nan)]
    if let slash = name.firstIndex(of: "/") {
      let (role, metricName) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
      places.append(metric("name = \(bound: metricName) AND role = \(bound: role)\(atEpoch)", nan))
    }
    let series = epoch.map { RunSubject.point(series: name, epoch: $0) } ?? .summary(.last, series: name)
    places.append(series.scalar(nan: nan))
    return "coalesce(\(places.joined(", ")))"
  }

  /// The order of the index `metric_present`, so that one row is read.
  private func metric(_ condition: BoundSQL, _ nan: BoundSQL) -> BoundSQL {
    """
    (SELECT coalesce(value, \(nan)) FROM metric WHERE bin = '' AND masked = 0 AND run = r.run AND \(condition) \
    ORDER BY epoch DESC, CASE role WHEN 'validation' THEN 0 WHEN 'test' THEN 1 WHEN 'train' THEN 2 ELSE 3 END, role LIMIT 1)
    """
  }
}
