// The checks of a run's history and states: the chain digest of each epoch, the bytes of each checkpoint.
internal import Digests
internal import GRDB

extension Findings {
  /// Each epoch is compared with the stored digest of the one before, so that a change is found in its own epoch.
  mutating func checkChain(_ db: Database) throws {
    var points: [Int: [(series: String, value: Double)]] = [:]
    var traces: [Int: [(series: String, firstStep: Int, values: [Double])]] = [:]
    for name in try db.texts("SELECT name FROM series WHERE run = ? ORDER BY name", [run.value]) {
      for point in try db.points(of: name, run: run) { points[point.epoch, default: []].append((name, point.value)) }
      try attempt("trace") { findings in
        for trace in try db.traces(of: name, run: findings.run) {
          traces[trace.epoch, default: []].append((name, trace.firstStep, trace.values))
        }
      }
    }
    let epochs = try db.epochs(of: run)
    var previous: EpochRow?
    for epoch in epochs {
      let expected = (previous?.epoch ?? 0) + 1
      if epoch.epoch != expected { add("epoch", epoch: expected, "it is missing") }
      let actual = chainDigest(
        previous: previous?.chainDigest, epoch: epoch.epoch, step: epoch.step, points: points[epoch.epoch] ?? [],
        traces: traces[epoch.epoch] ?? [], parameterDigest: epoch.parameterDigest)
      if actual != epoch.chainDigest {
        let series = (points[epoch.epoch] ?? []).map(\.series).joined(separator: ", ")
        add(
          "epoch", epoch: epoch.epoch, item: series.isEmpty ? nil : series,
          "a point, a trace, the step or the parameter digest has changed: the chain digest is \(actual), "
            + "stored is \(epoch.chainDigest)")
      }
      previous = epoch
    }
    let last = previous?.epoch ?? 0
    for epoch in Set(points.keys).union(traces.keys).sorted() where !epochs.contains(where: { $0.epoch == epoch }) {
      add("point", epoch: epoch, "values without an epoch")
    }
    try checkState(db, last: last, chain: previous?.chainDigest)
  }

  /// The run's own row against its last epoch.
  private mutating func checkState(_ db: Database, last: Int, chain: Digest?) throws {
    guard
      let row = try db.row(
        """
        SELECT epoch, chain_digest, parameter_digest, coalesce(
          (SELECT parameter_digest FROM checkpoint WHERE run = run.id AND partial ORDER BY epoch DESC LIMIT 1),
          (SELECT parameter_digest FROM epoch WHERE run = run.id ORDER BY epoch DESC LIMIT 1)) AS last_parameters
        FROM run WHERE id = ?
        """, [run.value])
    else { return }
    if row["epoch"] != last { add("run", epoch: row["epoch"], "the last stored epoch is \(last)") }
    if try row.optionalDigest("chain_digest") != chain {
      add("run", epoch: last, "its chain digest is not that of the last epoch")
    }
    if try row.optionalDigest("parameter_digest") != row.optionalDigest("last_parameters") {
      add("run", epoch: last, "its parameter digest is not that of its last state")
    }
  }

  /// Every tensor's bytes, and the parameters of each state. A blob that many states share, as that of a transform,
  /// is read once.
  mutating func checkCheckpoints(_ db: Database) throws {
    var intact: Set<Int64> = []
    let rows = try db.rows(
      """
      SELECT checkpoint.id, checkpoint.epoch, checkpoint.partial, checkpoint.parameter_digest,
        epoch.parameter_digest AS epoch_digest
      FROM checkpoint LEFT JOIN epoch ON epoch.run = checkpoint.run AND epoch.epoch = checkpoint.epoch
      WHERE checkpoint.run = ? ORDER BY checkpoint.epoch
      """, [run.value])
    for row in rows {
      let epoch: Int = row["epoch"]
      try attempt("checkpoint") { findings in
        var parameters: [TensorRecord] = []
        for tensor in try db.storedTensors(of: row["id"])
        where tensor.role == .parameter || !intact.contains(tensor.blob) {
          let record = try db.record(of: tensor)
          if tensor.role == .parameter { parameters.append(record) }
          if intact.contains(tensor.blob) { continue }
          if Digest(of: record.bytes) == tensor.digest {
            intact.insert(tensor.blob)
          } else {
            findings.add(
              "checkpoint_tensor", epoch: epoch, item: tensor.name, blob: tensor.digest, "its bytes have changed")
          }
        }
        let stored = try row.digest("parameter_digest")
        let actual = parameterDigest(of: parameters)
        if actual != stored {
          findings.add("checkpoint", epoch: epoch, "its parameters amount to \(actual), stored is \(stored)")
        }
        if !(row["partial"] as Bool), try row.optionalDigest("epoch_digest") != stored {
          findings.add("checkpoint", epoch: epoch, "its parameter digest is not that of the epoch")
        }
      }
    }
  }
}
