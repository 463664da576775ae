// Runs compared from what the store keeps.
internal import Digests

extension RunStore {
  /// Compares runs. Costs a look at each run's settings, metrics and epochs; histories are not read.
  ///
  /// - Throws: `noSuchRun`.
  public func compare(_ numbers: [RunNumber]) throws -> Comparison {
    let runs = try numbers.map(run)
    return Comparison(
      runs: runs, settings: differing(try numbers.map(parameters)), datasets: compared(try numbers.map(datasets)),
      losses: compared(try numbers.map(summaries)), metrics: compared(try numbers.map(metrics)),
      sharedHistory: try sharedHistory(of: runs), equalEpochs: equalEpochs(try numbers.map(epochs)))
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
      record = try self.run(parent)
    }
    return line
  }
}

/// The leaves with their values for each run, where these differ.
private func differing(_ leaves: [[(path: String, value: ParameterValue)]]) -> [Comparison.Setting] {
  let tables = leaves.map { Dictionary($0.map { ($0.path, $0.value) }) { first, _ in first } }
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

/// What a metric is of, whatever the epoch.
private struct MetricKey: Hashable {
  let bin: String?
  let name: String
  let role: String

  init(_ metric: MetricRecord) {
    (bin, name, role) = (metric.bin, metric.name, metric.role)
  }
}

private func compared(_ metrics: [[MetricRecord]]) -> [Comparison.Metric] {
  // Metrics come in the order of epochs, so that the last one counts.
  let tables = metrics.map { Dictionary($0.map { (MetricKey($0), $0) }) { _, last in last } }
  let keys = Set(tables.flatMap(\.keys)).sorted { left, right in
    (left.bin ?? "", left.name, left.role) < (right.bin ?? "", right.name, right.role)
  }
  return keys.map { key in
    Comparison.Metric(name: key.name, role: key.role, bin: key.bin, values: tables.map { $0[key] })
  }
}

/// Epochs from the first whose chain digests agree, for these carry all that came before.
private func equalEpochs(_ epochs: [[EpochRow]]) -> Int {
  let shortest = epochs.map(\.count).min() ?? 0
  return (0..<shortest).first { epoch in
    epochs.contains { $0[epoch].chainDigest != epochs[0][epoch].chainDigest }
  } ?? shortest
}
