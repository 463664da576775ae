// The numbers by which runs are judged.
internal import GRDB

extension RunStore {
  /// Adds metrics, each in place of the one with the same name, role, bin and epoch; all of them or none.
  public func addMetrics(_ metrics: [MetricRecord], to run: RunNumber) throws {
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
        let bin: String = row["bin"]
        return MetricRecord(
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

  /// A run's present value of `NAME` or `ROLE/NAME`: of the metric at the last evaluated epoch over the whole of the
  /// data, else of the series with that name; nil when the run has neither.
  func presentValue(of name: String, run: RunNumber) throws -> Double? {
    let presence = PresentValue(name)
    for choice in presence.choices {
      if let row = try row(choice.sql(run: "?"), StatementArguments([run.value]) + choice.arguments) {
        return row.number("value")
      }
    }
    return nil
  }
}

/// Where a run's present value of `NAME` or `ROLE/NAME` is looked for, the first place that has it counting.
struct PresentValue {
  struct Choice {
    private let beforeRun: String
    private let afterRun: String
    /// Bound after the run's number.
    let arguments: StatementArguments

    fileprivate init(_ beforeRun: String, _ afterRun: String, _ arguments: StatementArguments) {
      self.beforeRun = beforeRun
      self.afterRun = afterRun
      self.arguments = arguments
    }

    /// At most one row with the column `value`.
    func sql(run: String) -> String { beforeRun + run + afterRun }
  }

  let choices: [Choice]

  init(_ name: String) {
    let order = """
       ORDER BY epoch DESC, CASE role WHEN 'validation' THEN 0 WHEN 'test' THEN 1 WHEN 'train' THEN 2 ELSE 3 END, role
      LIMIT 1
      """
    let metric = "SELECT value FROM metric WHERE bin = '' AND masked = 0 AND run = "
    var choices = [Choice(metric, " AND name = ?" + order, [name])]
    if let slash = name.firstIndex(of: "/") {
      let arguments: StatementArguments = [String(name[..<slash]), String(name[name.index(after: slash)...])]
      choices.append(Choice(metric, " AND role = ? AND name = ?" + order, arguments))
    }
    let series = "SELECT last AS value FROM series JOIN series_summary ON series = series.id WHERE run = "
    self.choices = choices + [Choice(series, " AND name = ?", [name])]
  }
}
