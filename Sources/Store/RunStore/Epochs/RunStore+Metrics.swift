// The numbers by which runs are judged.
internal import Digests
package import GRDB

extension RunStore {
  /// Adds metrics, each in place of the one with the same name, role, bin and epoch; all of them or none.
  /// - Parameter evaluation: what they were taken of; nil where that is not known.
  /// - Throws: `otherEvaluation` where the run has metrics of the same role and epoch that were taken of other samples.
  package func addMetrics(_ metrics: [MetricRecord], of evaluation: EvaluationRecord? = nil, to run: RunNumber) throws {
    for metric in metrics { try metric.validate() }
    try evaluation?.validate(metrics)
    try write { db in
      try db.require(run)
      if let evaluation { try db.insert(evaluation, run: run) }
      for metric in metrics { try db.insert(metric, run: run) }
    }
  }

  /// All metrics of a run by name, role, epoch and bin. An uncertainty that was NaN comes back as nil.
  public func metrics(of run: RunNumber) throws -> [MetricRecord] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT * FROM metric WHERE run = ? ORDER BY name, role, epoch, bin", [run.value]).map(
        MetricRecord.init)
    }
  }

  /// What the metrics of a run were taken of, by role and epoch.
  package func evaluations(of run: RunNumber) throws -> [EvaluationRecord] {
    try read { db in
      try db.require(run)
      return try db.rows("SELECT * FROM evaluation WHERE run = ? ORDER BY role, epoch", [run.value]).map(
        EvaluationRecord.init)
    }
  }
}

extension MetricRecord {
  package init(_ row: StoredRow) throws {
    let bin: String = try row["bin"]
    try self.init(
      epoch: row["epoch"], step: row["step"], role: row["role"], name: row["name"], bin: bin.isEmpty ? nil : bin,
      value: row.number("value"), uncertainty: row["uncertainty"], masked: row["masked"], floor: row["floor"],
      floorUncertainty: row["floor_uncertainty"], reason: row["reason"], parameters: row["parameters"])
  }
}

extension EvaluationRecord {
  package init(_ row: StoredRow) throws {
    try self.init(
      role: row["role"], epoch: row["epoch"], seed: row["seed"],
      real: JudgedSample(
        digest: row.digest("real_digest"), source: row["real_source"], rows: row["real_rows"],
        weightSum: row.number("weight_sum"), effectiveSize: row.number("effective_size")),
      generatedDigest: row.digest("generated_digest"), generatedRows: row["generated_rows"])
  }
}

extension Database {
  /// Adds a metric or replaces it.
  func insert(_ metric: MetricRecord, run: RunNumber) throws {
    try self.run(
      """
      INSERT OR REPLACE INTO metric (run, name, role, epoch, bin, step, value, uncertainty, masked, floor,
        floor_uncertainty, reason, parameters)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        run.value, metric.name, metric.role, metric.epoch, metric.bin ?? "", metric.step, stored(metric.value),
        metric.uncertainty.flatMap(stored), metric.masked, metric.floor.flatMap(stored),
        metric.floorUncertainty.flatMap(stored), metric.reason, metric.parameters,
      ])
  }

  /// Adds what an evaluation was taken of, unless it is there.
  /// - Throws: `otherEvaluation` where the samples of the same role and epoch are others.
  func insert(_ evaluation: EvaluationRecord, run: RunNumber) throws {
    let key: Bindings = [run.value, evaluation.role, evaluation.epoch]
    if let row = try row("SELECT * FROM evaluation WHERE run = ? AND role = ? AND epoch = ?", key) {
      guard try EvaluationRecord(row).hasSamples(of: evaluation) else {
        throw StoreError.otherEvaluation(run: run, role: evaluation.role, epoch: evaluation.epoch)
      }
      return
    }
    let (real, seed) = (evaluation.real, StoreValue(seed: evaluation.seed).databaseValue)
    try self.run(
      """
      INSERT INTO evaluation (run, role, epoch, seed, real_digest, real_source, real_rows, weight_sum, effective_size,
        generated_digest, generated_rows)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        run.value, evaluation.role, evaluation.epoch, seed, real.digest.hex, real.source, real.rows,
        stored(real.weightSum), stored(real.effectiveSize), evaluation.generatedDigest.hex, evaluation.generatedRows,
      ])
  }

  /// A run's value of `NAME` or `ROLE/NAME` at one epoch.
  package func value(of name: String, run: RunNumber, epoch: Int) throws -> Double? {
    let value = PresentValue(name).scalar(nan: RunSubject.nan, at: epoch)
    let statement: BoundSQL = "SELECT \(value) AS value FROM (SELECT \(bound: .integer(run.value)) AS run) AS r"
    let arguments = Bindings(statement.arguments.map(\.databaseValue))
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
