// The checks of a run's history and states: the chain digest of each epoch, the bytes of each checkpoint.
internal import Digests
internal import GRDB
internal import RunStore

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
      let expected = (previous?.epoch ?? 0) &+ 1
      if epoch.epoch != expected { add("epoch", epoch: expected, "it is missing") }
      if epoch.step < previous?.step ?? 0 { add("epoch", epoch: epoch.epoch, "its step is before the last epoch's") }
      checkSteps(of: traces[epoch.epoch] ?? [], "trace", epoch: epoch.epoch, after: previous?.step ?? 0, to: epoch.step)
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
    for epoch in Set(points.keys).union(traces.keys).sorted() where !epochs.contains(where: { $0.epoch == epoch }) {
      add("point", epoch: epoch, "values without an epoch")
    }
    try checkState(db, last: previous, seconds: epochs.reduce(0) { $0 + $1.seconds })
  }

  /// Values of steps that the epoch didn't have belong to none.
  private mutating func checkSteps(
    of traces: [(series: String, firstStep: Int, values: [Double])], _ table: String, epoch: Int, after: Int,
    to last: Int
  ) {
    for trace in traces where trace.firstStep <= after || trace.values.count > last - trace.firstStep + 1 {
      add(
        table, epoch: epoch, item: trace.series,
        "it has \(trace.values.count) steps from \(trace.firstStep) on, the epoch those after \(after) up to \(last)")
    }
  }

  /// The run's own row against its last epoch, and against a state inside the epoch after that.
  private mutating func checkState(_ db: Database, last: EpochRow?, seconds: Double) throws {
    guard
      let row = try db.row(
        "SELECT epoch, step, seconds, parameter_digest, chain_digest FROM run WHERE id = ?", [run.value])
    else { return }
    let epoch = last?.epoch ?? 0
    if try row["epoch"] != epoch { try add("run", epoch: row["epoch"], "the last stored epoch is \(epoch)") }
    if try row.optionalDigest("chain_digest") != last?.chainDigest {
      add("run", epoch: epoch, "its chain digest is not that of the last epoch")
    }
    let partial = try db.row(
      "SELECT id, epoch, step, parameter_digest FROM checkpoint WHERE run = ? AND partial AND epoch > ? LIMIT 1",
      [run.value, epoch])
    let digest = try partial.map { try $0.digest("parameter_digest") } ?? last?.parameterDigest
    if try row["step"] != partial.map({ try $0["step"] as Int }) ?? last?.step ?? 0 {
      add("run", epoch: epoch, "its step is not that of the last state")
    }
    if try row.optionalDigest("parameter_digest") != digest {
      add("run", epoch: epoch, "its parameter digest is not that of the last state")
    }
    // The sum was made in this order or by SQLite in another one.
    if abs(try (row["seconds"] as Double) - seconds) > 1e-9 * max(1, seconds) {
      add("run", epoch: epoch, "its seconds are not those of its epochs")
    }
    if let partial { try checkPartial(partial, db, after: last) }
  }

  private mutating func checkPartial(_ partial: StoredRow, _ db: Database, after last: EpochRow?) throws {
    let (epoch, step): (Int, Int) = try (partial["epoch"], partial["step"])
    if epoch != (last?.epoch ?? 0) &+ 1 {
      add("checkpoint", epoch: epoch, "a state inside this epoch, but the last stored one is \(last?.epoch ?? 0)")
    }
    let traces = try db.rows(
      "SELECT series, first_step, \"values\" FROM checkpoint_trace WHERE checkpoint = ? ORDER BY series",
      [partial["id"] as Int64])
    checkSteps(
      of: try traces.map { try ($0["series"], $0["first_step"], unpacked($0.bytes("values")) ?? []) },
      "checkpoint_trace",
      epoch: epoch, after: last?.step ?? 0, to: step)
    for trace in traces where try !trace.bytes("values").count.isMultiple(of: 8) {
      try add("checkpoint_trace", epoch: epoch, item: trace["series"], "it is cut off")
    }
  }

  /// Every tensor's bytes, and the parameters of each state. A blob that many states share, as that of a transform,
  /// is read once.
  mutating func checkCheckpoints(_ db: Database) throws {
    var intact: Set<Int64> = []
    let rows = try db.rows(
      """
      SELECT checkpoint.id, checkpoint.epoch, checkpoint.step, checkpoint.partial, checkpoint.parameter_digest,
        epoch.parameter_digest AS epoch_digest, epoch.step AS epoch_step
      FROM checkpoint LEFT JOIN epoch ON epoch.run = checkpoint.run AND epoch.epoch = checkpoint.epoch
      WHERE checkpoint.run = ? ORDER BY checkpoint.epoch
      """, [run.value])
    for row in rows {
      let epoch: Int = try row["epoch"]
      try attempt("checkpoint") { findings in
        var parameters: [TensorRecord] = []
        for tensor in try db.storedTensors(of: row["id"])
        where tensor.role == .parameter || !intact.contains(tensor.blob) {
          let record = try db.record(of: tensor)
          if tensor.role == .parameter { parameters.append(record) }
          if !record.hasItsSize {
            findings.add(
              "checkpoint_tensor", epoch: epoch, item: record.name, blob: tensor.digest,
              "\(record.bytes.count) bytes for the shape \(record.shape) of \(record.type)")
          }
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
        if try !(row["partial"] as Bool), try row.optionalDigest("epoch_digest") != stored {
          findings.add("checkpoint", epoch: epoch, "its parameter digest is not that of the epoch")
        }
        if try !(row["partial"] as Bool), try row["epoch_step"] as Int? != row["step"] {
          findings.add("checkpoint", epoch: epoch, "its step is not that of the epoch")
        }
      }
    }
  }
}
