// Removes checkpoints of runs by a policy.
internal import GRDB
package import RunStore
internal import Suggestions

extension Retention {
  /// What a policy would do to runs, taken in their order; nothing changes.
  ///
  /// - Throws: `noSuchColumn` for a value that no run has.
  package func pruning(of runs: [RunNumber], _ policy: PrunePolicy) throws -> [Pruning] {
    try store.read { db in
      try db.requireValues(of: policy)
      var gone: [Int64: Int] = [:]
      return try runs.map { run in try db.pruning(of: run, policy, gone: &gone).pruning }
    }
  }

  /// Removes the checkpoints of a run that a policy doesn't keep, in one transaction. It may be done while the run is
  /// in training: what counts is what is stored at that moment.
  ///
  /// - Returns: what was done.
  package func prune(_ run: RunNumber, _ policy: PrunePolicy) throws -> Pruning {
    try store.write { db in
      try db.requireValues(of: policy)
      var gone: [Int64: Int] = [:]
      let (pruning, identifiers) = try db.pruning(of: run, policy, gone: &gone)
      for identifier in identifiers { try db.run("DELETE FROM checkpoint WHERE id = ?", [identifier]) }
      try db.dropUnreferenced(Array(gone.keys))
      return pruning
    }
  }
}

extension Database {
  /// - Parameter gone: for each blob how many tensors that go refer to it; those of this run are added.
  /// - Returns: the verdicts, and the identifiers of the checkpoints that go.
  fileprivate func pruning(
    of run: RunNumber, _ policy: PrunePolicy, gone: inout [Int64: Int]
  ) throws -> (pruning: Pruning, identifiers: [Int64]) {
    guard let name = try texts("SELECT name FROM run WHERE id = ?", [run.value]).first else {
      throw StoreError.noSuchRun(reference: run.description, nearest: nil)
    }
    let rows = try self.rows(
      """
      SELECT checkpoint.id, epoch, partial, coalesce(sum(size), 0) AS bytes FROM checkpoint
      LEFT JOIN checkpoint_tensor ON checkpoint_tensor.checkpoint = checkpoint.id LEFT JOIN blob ON blob.id = blob
      WHERE run = ? GROUP BY checkpoint.id ORDER BY epoch, partial DESC
      """, [run.value])
    let whole = try rows.filter { try !($0["partial"] as Bool) }.map { try $0["epoch"] as Int }
    let reasons = try reasonsToStay(whole, of: run, policy)
    let verdicts = try rows.map { row in
      let partial: Bool = try row["partial"]
      return try Pruning.Verdict(
        epoch: row["epoch"], partial: partial, bytes: row["bytes"],
        reasons: partial ? ["inside an epoch"] : reasons[row["epoch"]] ?? [])
    }
    let identifiers = try zip(rows, verdicts).filter { !$1.stays }.map { try $0.0["id"] as Int64 }
    let freed = try identifiers.reduce(0) { try $0 + freedBytes(by: $1, gone: &gone) }
    return (Pruning(run: run, name: name, checkpoints: verdicts, freed: freed), identifiers)
  }

  private func reasonsToStay(_ epochs: [Int], of run: RunNumber, _ policy: PrunePolicy) throws -> [Int: [String]] {
    var reasons: [Int: [String]] = [:]
    let last = epochs.suffix(max(1, policy.last ?? 1))
    for epoch in last {
      reasons[epoch, default: []].append(last.count > 1 ? "one of the last \(last.count)" : "the last")
    }
    for best in policy.best {
      let values = try epochs.compactMap { epoch in
        try value(of: best.name, run: run, epoch: epoch).map { (epoch: epoch, value: $0) }
      }
      let choice = values.filter { !$0.value.isNaN }
        .min { best.largest ? $0.value > $1.value : $0.value < $1.value }
      if let choice {
        reasons[choice.epoch, default: []].append("best \(best.name), \(choice.value)")
      } else {
        // The best is unknown, and removal is permanent.
        for epoch in epochs { reasons[epoch, default: []].append("no checkpoint has a value of \(best.name)") }
      }
    }
    if let every = policy.every, every > 0 {
      for epoch in epochs where epoch.isMultiple(of: every) { reasons[epoch, default: []].append("every \(every)") }
    }
    return reasons
  }

  /// The size of the blobs to which nothing refers any more once a checkpoint goes, after those that go before it.
  private func freedBytes(by checkpoint: Int64, gone: inout [Int64: Int]) throws -> Int {
    let tensors = try rows(
      """
      SELECT blob.id, size, count(*) AS here, (SELECT count(*) FROM checkpoint_tensor WHERE blob = blob.id) AS everywhere,
        EXISTS (SELECT 1 FROM artifact WHERE blob = blob.id)
          OR EXISTS (SELECT 1 FROM attempt WHERE source_diff = blob.id) AS elsewhere
      FROM checkpoint_tensor JOIN blob ON blob.id = checkpoint_tensor.blob WHERE checkpoint = ? GROUP BY blob.id
      """, [checkpoint])
    var freed = 0
    for row in tensors {
      let blob: Int64 = try row["id"]
      let count = try gone[blob, default: 0] + (row["here"] as Int)
      gone[blob] = count
      if try count == row["everywhere"], try !(row["elsewhere"] as Bool) { freed += try row["size"] as Int }
    }
    return freed
  }

  /// A mistyped name must not look like one that no run happens to have.
  fileprivate func requireValues(of policy: PrunePolicy) throws {
    for best in policy.best {
      let metrics = try metricNames()
      let known =
        metrics.map(\.name) + metrics.flatMap { metric in metric.roles.map { "\($0)/\(metric.name)" } }
        + (try seriesNames())
      guard known.contains(best.name) else {
        throw StoreError.noSuchColumn(
          name: "metrics." + best.name, nearest: nearestName(to: best.name, among: known).map { "metrics." + $0 })
      }
    }
  }
}
