// Epochs: the unit in which a run's history grows, is replaced and is dropped.
internal import Digests
package import GRDB

extension RunStore {
  /// Stores a complete epoch in one transaction. What the run has of this epoch or later ones (points, traces, epochs,
  /// checkpoints, metrics) is replaced by it, because the run now continues from the epoch before.
  ///
  /// Costs one flush to the disk and time in proportion to the record, not to the run.
  ///
  /// - Throws: `attemptEnded`; `noSuchEpoch` when the epoch before isn't stored; `refused` for a record that
  ///   contradicts itself; `diskFull`, `locked`, `inputOutput`, after which the store is as it was before.
  package func commit(_ epoch: EpochRecord, in attempt: Attempt) throws {
    try epoch.validate()
    guard epoch.run == attempt.run else {
      throw StoreError.refused("the attempt is at run \(attempt.run), the epoch belongs to run \(epoch.run)")
    }
    let digests = epoch.checkpoint?.tensors.map { Digest(of: $0.bytes) } ?? []
    try attempt.whileHeld {
      try write { db in try insert(epoch, digests: digests, in: attempt, db) }
    }
  }

  /// The part of `commit` inside the transaction.
  ///
  /// - Parameter digests: of the checkpoint's tensors, taken before other writers had to wait.
  func insert(_ epoch: EpochRecord, digests: [Digest], in attempt: Attempt, _ db: Database) throws {
    let previous = try db.previousEpoch(of: epoch.run, before: epoch.epoch, step: epoch.step)
    try requireSteps(of: epoch.traces, after: previous.step, to: epoch.step)
    let released = try db.truncate(epoch.run, from: epoch.epoch)
    let chain = chainDigest(
      previous: previous.chain, epoch: epoch.epoch, step: epoch.step, points: epoch.points, traces: epoch.traces,
      parameterDigest: epoch.parameterDigest)
    let now = settings.now()
    let digestTexts = (parameters: epoch.parameterDigest.hex, chain: chain.hex)
    try db.run(
      """
      INSERT INTO epoch (run, epoch, step, rows, seconds, parameter_digest, chain_digest, attempt, stored)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        epoch.run.value, epoch.epoch, epoch.step, epoch.rows, epoch.seconds, digestTexts.parameters, digestTexts.chain,
        attempt.number, now,
      ])
    try db.insertHistory(of: epoch)
    for evaluation in epoch.evaluations { try db.insert(evaluation, run: epoch.run) }
    for metric in epoch.metrics { try db.insert(metric, run: epoch.run) }
    if let checkpoint = epoch.checkpoint {
      _ = try db.insert(
        checkpoint, digests: digests, run: epoch.run, epoch: epoch.epoch, partial: false,
        parameters: epoch.parameterDigest, at: now)
    }
    try db.dropUnreferenced(released)
    try db.run(
      "UPDATE run SET epoch = ?, step = ?, seconds = seconds + ?, parameter_digest = ?, chain_digest = ? WHERE id = ?",
      [epoch.epoch, epoch.step, epoch.seconds, digestTexts.parameters, digestTexts.chain, epoch.run.value])
    try db.confirm(attempt)
  }

  /// Stores a state inside an epoch, from which a long epoch can be resumed. It replaces an earlier one; what
  /// the run has of this epoch or later ones is dropped as `commit` does it. The history shows complete epochs only.
  ///
  /// - Throws: as `commit`.
  package func commitPartial(_ partial: PartialEpochRecord, in attempt: Attempt) throws {
    try partial.validate()
    guard partial.run == attempt.run else {
      throw StoreError.refused("the attempt is at run \(attempt.run), the state belongs to run \(partial.run)")
    }
    let checkpoint = partial.checkpoint
    let digests = checkpoint.tensors.map { Digest(of: $0.bytes) }
    try attempt.whileHeld {
      try write { db in
        let previous = try db.previousEpoch(of: partial.run, before: partial.epoch, step: checkpoint.step)
        try requireSteps(of: partial.traces, after: previous.step, to: checkpoint.step)
        let released = try db.truncate(partial.run, from: partial.epoch)
        let identifier = try db.insert(
          checkpoint, digests: digests, run: partial.run, epoch: partial.epoch, partial: true,
          parameters: partial.parameterDigest, at: settings.now())
        for trace in partial.traces {
          try db.run(
            "INSERT INTO checkpoint_trace (checkpoint, series, first_step, \"values\") VALUES (?, ?, ?, ?)",
            [identifier, trace.series, trace.firstStep, packedData(trace.values)])
        }
        try db.dropUnreferenced(released)
        try db.run(
          "UPDATE run SET step = ?, parameter_digest = ? WHERE id = ?",
          [checkpoint.step, partial.parameterDigest.hex, partial.run.value])
        try db.confirm(attempt)
      }
    }
  }

  /// Removes the whole-epoch checkpoints of all other epochs, and the bytes without other references. The last
  /// checkpoint always stays, and so does one inside an unfinished epoch.
  package func dropCheckpoints(of run: RunNumber, keepingEpochs: Set<Int>) throws {
    try write { db in
      try db.require(run)
      let epochs = try db.integers("SELECT epoch FROM checkpoint WHERE run = ? AND NOT partial ORDER BY 1", [run.value])
      var released: [Int64] = []
      for epoch in epochs.dropLast() where !keepingEpochs.contains(Int(epoch)) {
        released += try db.dropCheckpoints(of: run, from: Int(epoch), through: Int(epoch))
      }
      try db.dropUnreferenced(released)
    }
  }
}

extension Database {
  /// The chain so far, once it is clear that the epoch continues it.
  fileprivate func previousEpoch(of run: RunNumber, before epoch: Int, step: Int) throws -> (chain: Digest?, step: Int)
  {
    guard epoch > 1 else { return (nil, 0) }
    guard let row = try row("SELECT step, chain_digest FROM epoch WHERE run = ? AND epoch = ?", [run.value, epoch - 1])
    else {
      let last = try integer("SELECT max(epoch) FROM epoch WHERE run = ?", [run.value]) ?? 0
      throw StoreError.noSuchEpoch(run: run, epoch: epoch - 1, last: Int(last))
    }
    guard step >= (try row["step"]) else {
      throw StoreError.refused("epoch \(epoch) of run \(run) is at step \(step), before epoch \(epoch - 1)'s end")
    }
    return try (row.digest("chain_digest"), row["step"])
  }

  /// Drops what the run has of an epoch and later ones.
  ///
  /// - Returns: the blobs to be removed once the new state is in, unless it refers to them again.
  fileprivate func truncate(_ run: RunNumber, from epoch: Int) throws -> [Int64] {
    let released = try dropCheckpoints(of: run, from: epoch, through: .max)
    guard try integer("SELECT 1 FROM epoch WHERE run = ? AND epoch >= ? LIMIT 1", [run.value, epoch]) != nil else {
      return released
    }
    for table in ["point", "trace"] {
      try self.run(
        "DELETE FROM \(table) WHERE series IN (SELECT id FROM series WHERE run = ?) AND epoch >= ?", [run.value, epoch])
    }
    try self.run("DELETE FROM epoch WHERE run = ? AND epoch >= ?", [run.value, epoch])
    for table in ["metric", "evaluation"] {
      try self.run("DELETE FROM \(table) WHERE run = ? AND epoch >= ?", [run.value, epoch])
    }
    try recomputeHistory(of: run)
    return released
  }

  /// Drops checkpoints of a range of epochs; returns their blobs, each once.
  fileprivate func dropCheckpoints(of run: RunNumber, from first: Int, through last: Int) throws -> [Int64] {
    let released = try integers(
      """
      SELECT DISTINCT blob FROM checkpoint JOIN checkpoint_tensor ON checkpoint_tensor.checkpoint = checkpoint.id
      WHERE run = ? AND epoch BETWEEN ? AND ?
      """, [run.value, first, last])
    try self.run("DELETE FROM checkpoint WHERE run = ? AND epoch BETWEEN ? AND ?", [run.value, first, last])
    return released
  }

  /// A run whose lock is held is running, whatever status another computer stored.
  fileprivate func confirm(_ attempt: Attempt) throws {
    try run("UPDATE run SET status = 'running' WHERE id = ? AND status <> 'running'", [attempt.run.value])
    try run(
      "UPDATE attempt SET outcome = 'running' WHERE run = ? AND number = ? AND outcome <> 'running'",
      [attempt.run.value, attempt.number])
  }

  /// Points with their summaries, and traces.
  fileprivate func insertHistory(of epoch: EpochRecord) throws {
    var series = try SeriesNumbers(of: epoch.run, in: self)
    let summaries = try SummaryKeeper(self)
    let points = try PreparedStatement("INSERT INTO point (series, epoch, value) VALUES (?, ?, ?)", in: self)
    for point in epoch.points {
      let number = try series.number(of: point.series, in: self)
      points.bind(number, at: 1)
      points.bind(Int64(epoch.epoch), at: 2)
      points.bind(point.value, at: 3)
      try points.run()
      try summaries.add(series: number, epoch: epoch.epoch, value: point.value)
    }
    let traces = try PreparedStatement(
      "INSERT INTO trace (series, epoch, first_step, \"values\") VALUES (?, ?, ?, ?)", in: self)
    for trace in epoch.traces {
      traces.bind(try series.number(of: trace.series, in: self), at: 1)
      traces.bind(Int64(epoch.epoch), at: 2)
      traces.bind(Int64(trace.firstStep), at: 3)
      try withPackedBytes(of: trace.values) { try traces.run(bytes: $0, at: 4) }
    }
  }

  fileprivate func insert(
    _ checkpoint: NewCheckpoint, digests: [Digest], run: RunNumber, epoch: Int, partial: Bool, parameters: Digest,
    at time: String
  ) throws -> Int64 {
    try self.run(
      "INSERT INTO checkpoint (run, epoch, step, partial, parameter_digest, stored) VALUES (?, ?, ?, ?, ?, ?)",
      [run.value, epoch, checkpoint.step, partial, parameters.hex, time])
    let identifier = lastInsertedRowID
    for (tensor, digest) in zip(checkpoint.tensors, digests) {
      let shape = tensor.shape.map(String.init).joined(separator: "x")
      try self.run(
        "INSERT INTO checkpoint_tensor (checkpoint, name, role, shape, type, blob) VALUES (?, ?, ?, ?, ?, ?)",
        [
          identifier, tensor.name, tensor.role.rawValue, shape, tensor.type.rawValue,
          storeBlob(tensor.bytes, digest: digest),
        ])
    }
    return identifier
  }
}

/// The numbers of a run's series, each looked up once in a transaction.
package struct SeriesNumbers {
  private let run: RunNumber
  private let lookup: PreparedStatement
  private var known: [String: Int64] = [:]

  package init(of run: RunNumber, in db: Database) throws {
    self.run = run
    lookup = try PreparedStatement("SELECT id FROM series WHERE run = ? AND name = ?", in: db)
    lookup.bind(run.value, at: 1)
  }

  /// The series' number; it is made when it is new.
  package mutating func number(of name: String, in db: Database) throws -> Int64 {
    if let number = known[name] { return number }
    if let number = try lookup.integer(text: name, at: 2) {
      known[name] = number
      return number
    }
    try db.run("INSERT INTO series (run, name) VALUES (?, ?)", [run.value, name])
    known[name] = db.lastInsertedRowID
    return db.lastInsertedRowID
  }
}
