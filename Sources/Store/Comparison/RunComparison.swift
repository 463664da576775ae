// Runs compared from what the store keeps.
internal import Digests
internal import GRDB
package import RunStore

/// Compares the runs of a store.
///
///     let comparison = try RunComparison(of: store).compare([first, second])
package struct RunComparison {
  let store: RunStore

  package init(of store: RunStore) {
    self.store = store
  }

  /// Compares runs. Costs a look at each run's settings and metrics; of the histories the epoch of the first difference
  /// is read, found by chain digests, and from there on one value an epoch.
  ///
  /// - Parameter exhaustive: reads the complete histories, so that a value which was changed in the store without its
  ///   digests is found, too.
  /// - Throws: `noSuchRun`.
  package func compare(_ numbers: [RunNumber], exhaustive: Bool = false) throws -> Comparison {
    let runs = try numbers.map(store.run)
    let shared = try sharedHistory(of: runs)
    var firstDifferences: [HistoryDifference?] = [nil]
    var drifts: [[Drift]] = [[]]
    for number in numbers.dropFirst() {
      let difference = try firstDifference(between: numbers[0], and: number, exhaustive: exhaustive)
      firstDifferences.append(difference)
      drifts.append(try difference.map { try drift(between: numbers[0], and: number, from: $0.epoch) } ?? [])
    }
    return try store.read { db in
      let parameters = try numbers.map(db.parameters)
      let length = try numbers.map(db.lastEpoch).min() ?? 0
      return Comparison(
        runs: runs, settings: differing(parameters), datasets: compared(try numbers.map(db.datasets)),
        losses: compared(try numbers.map(db.summaries)),
        metrics: compared(try numbers.map(db.presentMetrics), of: try numbers.map(db.references)),
        sharedHistory: shared, equalEpochs: try db.equalEpochs(of: numbers, upTo: length),
        environment: try db.environment(of: numbers), sources: try numbers.map(db.lastSource),
        firstDifferences: firstDifferences, drifts: drifts, parameters: parameters, tags: try numbers.map(db.tags))
    }
  }

  /// Follows the forks back to a run that all have in common.
  private func sharedHistory(of runs: [RunRecord]) throws -> Comparison.Ancestor? {
    let lines = try runs.map(ancestors)
    for ancestor in lines.first ?? [] {
      let shared = lines.compactMap { line in line.first { $0.run == ancestor.run }?.epoch }
      if shared.count == lines.count, let epoch = shared.min() {
        return Comparison.Ancestor(run: ancestor.run, epoch: epoch)
      }
    }
    return nil
  }

  /// The run itself and its parents, with the last epoch of each that the run has.
  private func ancestors(of run: RunRecord) throws -> [Comparison.Ancestor] {
    var line = [Comparison.Ancestor(run: run.number, epoch: run.epoch)]
    var (record, shared) = (run, run.epoch)
    while let parent = record.parent, !line.contains(where: { $0.run == parent }) {
      shared = min(shared, record.parentEpoch ?? 0)
      line.append(Comparison.Ancestor(run: parent, epoch: shared))
      record = try store.run(parent)
    }
    return line
  }
}

extension Database {
  fileprivate func parameters(of run: RunNumber) throws -> [String: ParameterValue] {
    let leaves = try rows("SELECT path, type, value FROM parameter WHERE run = ?", [run.value])
    return Dictionary(try leaves.map { try ($0["path"], ParameterValue($0)) }) { first, _ in first }
  }

  fileprivate func tags(of run: RunNumber) throws -> [String: String] {
    let tags = try rows("SELECT key, value FROM tag WHERE run = ?", [run.value])
    return Dictionary(try tags.map { try ($0["key"], $0["value"]) }) { first, _ in first }
  }

  /// Each metric at the last epoch that was judged for it.
  fileprivate func presentMetrics(of run: RunNumber) throws -> [MetricRecord] {
    // SQLite takes the columns besides from the row with the largest epoch.
    try rows(
      """
      SELECT max(epoch) AS epoch, step, role, name, bin, value, uncertainty, masked, floor, floor_uncertainty, reason,
        parameters
      FROM metric WHERE run = ? GROUP BY name, role, bin
      """, [run.value]
    ).map(MetricRecord.init)
  }

  /// The digests of the data sets that a run's metrics were taken of. Parts of the run's own sample count as that sample:
  /// another split of the same events is as good a reference.
  fileprivate func references(of run: RunNumber) throws -> [EvaluationKey: Digest] {
    let rows = try rows(
      """
      SELECT role, epoch, CASE WHEN role IN ('train', 'validation', 'test') THEN coalesce(
        (SELECT dataset FROM run_dataset WHERE run_dataset.run = evaluation.run AND run_dataset.role = 'train'),
        real_digest) ELSE real_digest END AS reference
      FROM evaluation WHERE run = ?
      """, [run.value])
    return Dictionary(
      try rows.map { try (EvaluationKey(role: $0["role"], epoch: $0["epoch"]), $0.digest("reference")) }
    ) { first, _ in first }
  }

  fileprivate func environment(of runs: [RunNumber]) throws -> [Comparison.Fact] {
    let names = ["host", "cpu", "isa", "threads", "toolchain", "os", "version"]
    let attempts = try runs.map { run in
      try row(
        "SELECT \(names.joined(separator: ", ")) FROM attempt WHERE run = ? ORDER BY number DESC LIMIT 1", [run.value])
    }
    return try names.map { name in
      Comparison.Fact(
        name: name,
        values: try attempts.map { attempt in
          name == "threads" ? try (attempt?[name] as Int?)?.description : try attempt?[name]
        })
    }
  }
}

private struct EvaluationKey: Hashable {
  let role: String
  let epoch: Int
}

/// The leaves with their values for each run, where these differ.
private func differing(_ tables: [[String: ParameterValue]]) -> [Comparison.Setting] {
  let paths = Set(tables.flatMap(\.keys)).subtracting(["name"]).sorted()
  return paths.compactMap { path in
    let values = tables.map { $0[path] }
    return values.allSatisfy { $0 == values[0] } ? nil : Comparison.Setting(path: path, values: values)
  }
}

private func compared(_ datasets: [[RunDataset]]) -> [Comparison.Dataset] {
  Set(datasets.flatMap { $0.map(\.role) }).sorted().map { role in
    let present = datasets.map { $0.first { $0.role == role } }
    return Comparison.Dataset(
      role: role, digests: present.map { $0?.digest }, splitDigests: present.map { $0?.splitDigest },
      rows: present.map { $0?.rows }, columns: differingColumns(present))
  }
}

private func differingColumns(_ datasets: [RunDataset?]) -> [Comparison.Column] {
  var columns: [Comparison.Column] = []
  for column in datasets.flatMap({ $0?.columns ?? [] }) {
    guard !columns.contains(where: { $0.name == column.name && $0.role == column.role }) else { continue }
    let digests = datasets.map { dataset in
      dataset?.columns.first { $0.name == column.name && $0.role == column.role }?.digest
    }
    columns.append(Comparison.Column(name: column.name, role: column.role, digests: digests))
  }
  return columns.filter { column in column.digests.contains { $0 != column.digests[0] } }
}

private func compared(_ summaries: [[SeriesSummary]]) -> [Comparison.Loss] {
  Set(summaries.flatMap { $0.map(\.series) }).sorted().map { series in
    Comparison.Loss(series: series, values: summaries.map { $0.first { $0.series == series }?.last })
  }
}

/// What identifies a metric, apart from the epoch.
private struct MetricKey: Hashable {
  let bin: String?
  let name: String
  let role: String

  init(_ metric: MetricRecord) {
    (bin, name, role) = (metric.bin, metric.name, metric.role)
  }
}

/// - Parameter references: of each run, the digests of the real events by role and epoch.
private func compared(
  _ metrics: [[MetricRecord]], of references: [[EvaluationKey: Digest]]
) -> [Comparison.Metric] {
  let tables = metrics.map { Dictionary($0.map { (MetricKey($0), $0) }) { _, last in last } }
  let keys = Set(tables.flatMap(\.keys)).sorted { left, right in
    (left.bin ?? "", left.name, left.role) < (right.bin ?? "", right.name, right.role)
  }
  return keys.map { key in
    let values = tables.map { $0[key] }
    return Comparison.Metric(
      name: key.name, role: key.role, bin: key.bin, values: values,
      references: zip(values, references).map { value, known in
        value.flatMap { known[EvaluationKey(role: $0.role, epoch: $0.epoch)] }
      })
  }
}
