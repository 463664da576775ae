// New runs: from a configuration, or as a fork of another run's history.
internal import Digests
internal import GRDB
internal import Numerics
internal import Text

extension RunStore {
  /// Stores a run with its configuration and data sets; it is `interrupted` until an attempt begins.
  ///
  /// - Throws: `refused` when a digest does not agree with its data, or a name is empty.
  package func create(_ run: NewRun) throws -> RunNumber {
    try run.validate()
    return try write { db in try insert(run, into: db, parent: nil) }
  }

  /// Stores a run that shares another one's history up to the end of an epoch; 0 shares nothing. Points, traces,
  /// epochs and metrics are copied; checkpoints are, too, without their bytes being doubled.
  ///
  /// - Throws: `noSuchEpoch`, and `noCheckpoint` when training could not continue from that epoch.
  package func fork(_ parent: RunNumber, at epoch: Int, as run: NewRun) throws -> RunNumber {
    try run.validate()
    return try write { db in
      try db.require(parent)
      let last = try db.integer("SELECT max(epoch) FROM epoch WHERE run = ?", [parent.value]) ?? 0
      guard epoch >= 0, epoch <= last else {
        throw StoreError.noSuchEpoch(run: parent, epoch: epoch, last: Int(last))
      }
      let available = try db.integers(
        "SELECT epoch FROM checkpoint WHERE run = ? AND NOT partial ORDER BY 1", [parent.value])
      guard epoch == 0 || available.contains(Int64(epoch)) else {
        throw StoreError.noCheckpoint(run: parent, epoch: epoch, available: available.map(Int.init))
      }
      let child = try insert(run, into: db, parent: (parent, epoch))
      try copyHistory(of: parent, upTo: epoch, to: child, in: db)
      return child
    }
  }

  func insert(_ run: NewRun, into db: Database, parent: (run: RunNumber, epoch: Int)?) throws -> RunNumber {
    try db.run(
      "INSERT INTO config (digest, yaml, json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [run.config.digest.hex, run.config.yaml, run.config.json])
    let seed = StoreValue(seed: run.seed)
    try db.run(
      """
      INSERT INTO run (uuid, name, status, experiment, seed, created, config, program_digest, parameter_count,
        parent_run, parent_epoch, parent_uuid)
      VALUES (?, ?, 'interrupted', ?, ?, ?, (SELECT id FROM config WHERE digest = ? AND yaml = ?), ?, ?, ?, ?,
        (SELECT uuid FROM run WHERE id = ?))
      """,
      [
        newUUID(), run.name, run.experiment, seed.databaseValue, settings.now(), run.config.digest.hex,
        run.config.yaml, run.programDigest.hex, run.parameterCount, parent?.run.value, parent?.epoch,
        parent?.run.value,
      ])
    let number = RunNumber(db.lastInsertedRowID)
    if let place = run.place { try db.take(place, for: number) }
    let parameters = try PreparedStatement("INSERT INTO parameter (run, path, type, value) VALUES (?, ?, ?, ?)", in: db)
    for parameter in run.parameters {
      parameters.bind(number.value, at: 1)
      parameters.bind(parameter.path, at: 2)
      parameters.bind(parameter.value.type, at: 3)
      parameters.bind(parameter.value, at: 4)
      try parameters.run()
    }
    for dataset in run.datasets { try insert(dataset, of: number, into: db) }
    return number
  }

  /// Notes a data set of a run.
  ///
  /// - Throws: `refused` where the run has another data set for the role.
  package func add(_ dataset: RunDataset, to run: RunNumber) throws {
    try dataset.validate()
    try write { db in
      try db.require(run)
      let present = try db.texts(
        "SELECT dataset FROM run_dataset WHERE run = ? AND role = ?", [run.value, dataset.role])
      guard let digest = present.first else { return try insert(dataset, of: run, into: db) }
      guard digest == dataset.digest.hex else {
        throw StoreError.refused(
          "run \(run) has another data set for the role '\(dataset.role)', with the digest \(digest)")
      }
    }
  }

  private func insert(_ dataset: RunDataset, of run: RunNumber, into db: Database) throws {
    if try db.integer("SELECT 1 FROM dataset WHERE digest = ?", [dataset.digest.hex]) == nil {
      try db.run(
        "INSERT INTO dataset (digest, name, source, rows, weight_sum, weight_sum_squares) VALUES (?, ?, ?, ?, ?, ?)",
        [
          dataset.digest.hex, dataset.name, dataset.source, dataset.rows, stored(dataset.weightSum),
          stored(dataset.weightSumSquares),
        ])
      for (position, column) in dataset.columns.enumerated() {
        try db.run(
          "INSERT INTO dataset_column (dataset, position, name, role, type, digest) VALUES (?, ?, ?, ?, ?, ?)",
          [dataset.digest.hex, position, column.name, column.role, column.type, column.digest.hex])
      }
    }
    try db.run(
      "INSERT INTO run_dataset (run, role, dataset, name, source, recipe, split_digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        run.value, dataset.role, dataset.digest.hex, dataset.name, dataset.source, dataset.recipe,
        dataset.splitDigest?.hex,
      ])
  }

  private func copyHistory(of parent: RunNumber, upTo epoch: Int, to child: RunNumber, in db: Database) throws {
    let both: Bindings = [child.value, parent.value, epoch]
    try db.run(
      "INSERT INTO series (run, name) SELECT ?, name FROM series WHERE run = ? ORDER BY id",
      [child.value, parent.value])
    let pairs = "FROM series AS old JOIN series AS new ON new.run = ?1 AND new.name = old.name AND old.run = ?2"
    try db.run(
      """
      INSERT INTO point (series, epoch, value)
      SELECT new.id, epoch, value \(pairs) JOIN point ON point.series = old.id WHERE epoch <= ?3
      """, both)
    try db.run(
      """
      INSERT INTO trace (series, epoch, first_step, "values")
      SELECT new.id, epoch, first_step, "values" \(pairs) JOIN trace ON trace.series = old.id WHERE epoch <= ?3
      """, both)
    try db.run(
      """
      INSERT INTO epoch (run, epoch, step, rows, seconds, parameter_digest, chain_digest, attempt, stored)
      SELECT ?1, epoch, step, rows, seconds, parameter_digest, chain_digest, NULL, stored
      FROM epoch WHERE run = ?2 AND epoch <= ?3
      """, both)
    try db.run(
      """
      INSERT INTO metric (run, name, role, epoch, bin, step, value, uncertainty, masked, floor, floor_uncertainty, reason,
        parameters)
      SELECT ?1, name, role, epoch, bin, step, value, uncertainty, masked, floor, floor_uncertainty, reason, parameters
      FROM metric WHERE run = ?2 AND epoch <= ?3
      """, both)
    try db.run(
      """
      INSERT INTO evaluation (run, role, epoch, seed, real_digest, real_source, real_rows, weight_sum, effective_size,
        generated_digest, generated_rows)
      SELECT ?1, role, epoch, seed, real_digest, real_source, real_rows, weight_sum, effective_size, generated_digest,
        generated_rows
      FROM evaluation WHERE run = ?2 AND epoch <= ?3
      """, both)
    try db.run(
      """
      INSERT INTO checkpoint (run, epoch, step, partial, parameter_digest, stored)
      SELECT ?1, epoch, step, 0, parameter_digest, stored
      FROM checkpoint WHERE run = ?2 AND epoch <= ?3 AND NOT partial
      """, both)
    try db.run(
      """
      INSERT INTO checkpoint_tensor (checkpoint, name, role, shape, type, blob)
      SELECT new.id, name, role, shape, type, blob
      FROM checkpoint AS new
      JOIN checkpoint AS old ON old.run = ?2 AND old.epoch = new.epoch AND NOT old.partial
      JOIN checkpoint_tensor ON checkpoint_tensor.checkpoint = old.id
      WHERE new.run = ?1 AND new.epoch <= ?3
      """, both)
    try db.recomputeHistory(of: child)
  }
}

extension NewRun {
  func validate() throws {
    try requireName(name, "the run's name")
    guard Digest(of: config.json) == config.digest else {
      throw StoreError.refused("the config's digest \(config.digest.hex) is not that of its canonical JSON")
    }
    for parameter in parameters { try requireName(parameter.path, "a parameter's path") }
    try requireUnique(parameters.map(\.path), "parameter")
    try requireUnique(datasets.map(\.role), "data set for the role")
    for dataset in datasets { try dataset.validate() }
  }
}

extension RunDataset {
  func validate() throws {
    try requireName(role, "a data set's role")
    try requireBound(.rows, rows, "the number of rows of data set '\(name)'")
    guard datasetDigest(columns.map { ($0.role, $0.digest) }) == digest else {
      throw StoreError.refused("the digest \(digest.hex) of data set '\(name)' is not that of its columns")
    }
  }
}
