// The history of a run that both stores have: which of the two is longer, and whether one begins with the other.
internal import Digests
internal import GRDB
internal import RunStore

extension RunMerge {
  /// Which of two histories is longer, where one begins with the other.
  private enum Reach {
    case same
    case oursFurther
    /// With the last epoch that both have, and its chain digest.
    case theirsFurther(after: Int, chain: Digest?)
  }

  /// Takes what this store lacks of a run that it has.
  mutating func join(_ here: StoredRow) throws {
    let number: RunNumber = try here["id"]
    ours = number
    try requireSameOrigin(here)
    var takesState = false
    switch try reach(here) {
    case .oursFurther: try updateAttempts(of: number)
    case .theirsFurther(let last, let chain):
      try hold(number)
      try replacePartial(of: number, epoch: last + 1)
      try addEpochs(to: number, after: last, previous: chain)
      try addCheckpoints(to: number, after: last)
      try updateAttempts(of: number)
      outcome = .extended
      takesState = true
    case .same:
      if try isPartialFurther(number) {
        try hold(number)
        try replacePartial(of: number, epoch: run["epoch"] + 1)
        try addCheckpoints(to: number, after: run["epoch"])
        outcome = .extended
        takesState = true
      }
      if try updateAttempts(of: number) { takesState = true }
    }
    if takesState { try takeState(number) }
    if isHolding { try recomputeStatus(number) }
    try addAnnotations(to: number)
    try compareNames(here)
    if try here["parent_uuid"] as String? == nil, let parent = try run["parent_uuid"] as String? {
      try db.run(
        "UPDATE run SET parent_uuid = ?, parent_epoch = ? WHERE id = ?",
        [parent, run["parent_epoch"] as Int64?, number.value])
      count("parent", 1)
    }
    try joinFamily(number)
    if outcome == .unchanged, !additions.isEmpty { outcome = .completed }
  }

  /// The run's last state is the other store's from here on.
  private func takeState(_ number: RunNumber) throws {
    try db.run(
      """
      UPDATE run SET status = ?, started = ?, ended = ?, epoch = ?, step = ?, seconds = ?, parameter_digest = ?,
        chain_digest = ?
      WHERE id = ?
      """,
      [
        settledStatus(run["status"]), run["started"] as String?, run["ended"] as String?, run["epoch"] as Int64,
        run["step"] as Int64, run["seconds"] as Double, run["parameter_digest"] as String?,
        run["chain_digest"] as String?, number.value,
      ])
  }

  /// A run has the status of its last attempt, which may be from the store with the shorter history.
  private func recomputeStatus(_ number: RunNumber) throws {
    try db.run(
      """
      UPDATE run SET (status, ended) =
        (SELECT outcome, ended FROM attempt WHERE attempt.run = run.id ORDER BY number DESC LIMIT 1)
      WHERE id = ? AND EXISTS (SELECT 1 FROM attempt WHERE attempt.run = run.id)
      """, [number.value])
  }

  /// Compares the chains, whose digests stand for everything that an epoch has.
  ///
  /// - Throws: `MergeStop.diverged` with the first epoch that differs.
  private func reach(_ here: StoredRow) throws -> Reach {
    let isSame =
      try here["epoch"] == run["epoch"] as Int && here["chain_digest"] as String? == run["chain_digest"] as String?
    if isSame { return .same }
    let sql = "SELECT epoch, chain_digest FROM epoch WHERE run = ? ORDER BY epoch"
    let mine = try db.rows(sql, [here["id"] as Int64])
    let others = try theirRows(sql, [theirs.value])
    for (left, right) in zip(mine, others) where !left.isEqual(to: right) {
      let epoch = try min(left["epoch"] as Int, right["epoch"] as Int)
      let disagreement = try MergeDisagreement(
        kind: "history", key: "at epoch \(epoch)", ours: left["chain_digest"], theirs: right["chain_digest"])
      throw MergeStop.diverged(disagreement, epoch: epoch)
    }
    guard others.count > mine.count else { return .oursFurther }
    return try .theirsFurther(after: mine.last?["epoch"] ?? 0, chain: mine.last?.digest("chain_digest"))
  }

  /// Whether the other store has more of the epoch in progress.
  ///
  /// - Throws: `MergeStop.diverged` where what this store has of it is not the other's beginning.
  private func isPartialFurther(_ number: RunNumber) throws -> Bool {
    let sql = "SELECT epoch, step, parameter_digest FROM checkpoint WHERE run = ? AND partial"
    guard let there = try theirRows(sql, [theirs.value]).first else { return false }
    guard let here = try db.row(sql, [number.value]) else { return true }
    guard try there["step"] as Int >= here["step"] as Int else { return false }
    try requireContinuation(of: number, epoch: here["epoch"])
    guard try there["step"] == here["step"] as Int else { return true }
    guard try there["parameter_digest"] == here["parameter_digest"] as String else {
      throw try MergeStop.diverged(
        MergeDisagreement(
          kind: "state", key: "in epoch \(here["epoch"] as Int)", ours: here["parameter_digest"],
          theirs: there["parameter_digest"]), epoch: here["epoch"])
    }
    return false
  }

  /// Drops this store's state inside an epoch, which the other store's takes the place of.
  private func replacePartial(of number: RunNumber, epoch: Int) throws {
    guard try db.integer("SELECT 1 FROM checkpoint WHERE run = ? AND partial", [number.value]) != nil else { return }
    try requireContinuation(of: number, epoch: epoch)
    let released = try db.integers(
      """
      SELECT DISTINCT blob FROM checkpoint JOIN checkpoint_tensor ON checkpoint_tensor.checkpoint = checkpoint.id
      WHERE run = ? AND partial
      """, [number.value])
    try db.run("DELETE FROM checkpoint WHERE run = ? AND partial", [number.value])
    try db.dropUnreferenced(released)
  }

  /// The steps of this store's unfinished epoch must be the first ones of the other store's.
  private func requireContinuation(of number: RunNumber, epoch: Int) throws {
    let steps = try db.rows(
      """
      SELECT series, first_step, "values" FROM checkpoint_trace
      JOIN checkpoint ON checkpoint.id = checkpoint_trace.checkpoint WHERE run = ? AND partial ORDER BY series
      """, [number.value])
    for row in steps {
      let series: String = try row["series"]
      let theirSteps =
        try theirRows(
          """
          SELECT first_step, "values" FROM series JOIN trace ON trace.series = series.id
          WHERE run = ?1 AND name = ?2 AND epoch = ?3
          UNION ALL SELECT first_step, "values" FROM checkpoint_trace
          JOIN checkpoint ON checkpoint.id = checkpoint_trace.checkpoint
          WHERE run = ?1 AND series = ?2 AND epoch = ?3 AND partial
          """, [theirs.value, series, epoch]
        ).first
      let mine = try row.bytes("values")
      guard let theirSteps, try theirSteps["first_step"] == row["first_step"] as Int,
        try theirSteps.bytes("values").starts(with: mine)
      else {
        throw MergeStop.diverged(
          MergeDisagreement(
            kind: "history", key: "of \(series) in epoch \(epoch)", ours: "\(mine.count / 8) steps",
            theirs: theirSteps == nil ? "none" : "others"), epoch: epoch)
      }
    }
  }

  /// What users may have changed in both stores.
  private mutating func compareNames(_ here: StoredRow) throws {
    let pairs: [(kind: String, column: String)] = [("name", "name"), ("experiment", "experiment")]
    for pair in pairs {
      let (mine, other) = try (here[pair.column] as String?, run[pair.column] as String?)
      if mine != other {
        disagreements.append(
          MergeDisagreement(kind: pair.kind, key: "", ours: mine ?? "none", theirs: other ?? "none"))
      }
    }
    // A run in the trash of this store stays there, even if it is not in the other store's trash.
    if try here["trashed"] as String? == nil, let trashed = try run["trashed"] as String? {
      disagreements.append(
        MergeDisagreement(kind: "trash", key: "", ours: "not in the trash", theirs: "in the trash since \(trashed)"))
    }
  }
}
