// Epochs and checkpoints from the other store, each compared with its digests before it is stored.
internal import Digests
internal import GRDB
internal import RunStore

extension RunMerge {
  /// Takes the other store's epochs after one, and the points and traces in them.
  ///
  /// - Throws: `MergeStop.damaged` naming the first epoch that doesn't agree with its chain digest.
  mutating func addEpochs(to number: RunNumber, after last: Int, previous: Digest?) throws {
    let epochCopy = try RowCopy("epoch", in: db)
    let traceCopy = try RowCopy("trace", in: db)
    let owner = ["run": number.value.databaseValue]
    var series = try SeriesNumbers(of: number, in: db)
    let summaries = try SummaryKeeper(db)
    let places = try PreparedStatement("INSERT INTO point (series, epoch, value) VALUES (?, ?, ?)", in: db)
    var (chain, reached) = (previous, last)
    for row in try theirRows("SELECT * FROM epoch WHERE run = ? AND epoch > ? ORDER BY epoch", [theirs.value, last]) {
      let epoch: Int = try row["epoch"]
      guard epoch == reached + 1 else { throw MergeStop.damaged("epoch \(reached + 1) is missing") }
      let points = try theirRows(
        """
        SELECT name, value FROM series JOIN point ON point.series = series.id AND point.epoch = ?2
        WHERE run = ?1 ORDER BY series.id
        """, [theirs.value, epoch])
      let traces = try theirRows(
        """
        SELECT name, trace.* FROM series JOIN trace ON trace.series = series.id AND trace.epoch = ?2
        WHERE run = ?1 ORDER BY series.id
        """, [theirs.value, epoch])
      chain = try requireChain(of: row, points: points, traces: traces, previous: chain)
      try epochCopy.insert(row, into: db, replacing: owner)
      for point in points {
        let place = try series.number(of: point["name"], in: db)
        let value = try point.number("value")
        places.bind(place, at: 1)
        places.bind(Int64(epoch), at: 2)
        places.bind(value, at: 3)
        try places.run()
        try summaries.add(series: place, epoch: epoch, value: value)
      }
      for trace in traces {
        let place = try series.number(of: trace["name"], in: db)
        try traceCopy.insert(trace, into: db, replacing: ["series": place.databaseValue])
      }
      reached = epoch
      epochs += 1
    }
    guard try reached == run["epoch"], try run.optionalDigest("chain_digest") == chain else {
      throw try MergeStop.damaged("the run's own row says epoch \(run["epoch"] as Int), its last one is \(reached)")
    }
  }

  /// The epoch's chain digest, when it is that of what the epoch has.
  private func requireChain(of row: StoredRow, points: [StoredRow], traces: [StoredRow], previous: Digest?) throws
    -> Digest
  {
    let (epoch, said) = try theirs { _ in try (row["epoch"] as Int, row.digest("chain_digest")) }
    let parameters = try theirs { _ in try row.digest("parameter_digest") }
    let steps: [(series: String, firstStep: Int, values: [Double])] = try traces.map { trace in
      let name: String = try trace["name"]
      guard let values = unpacked(try trace.bytes("values")) else {
        throw MergeStop.damaged("the trace of '\(name)' at epoch \(epoch) is cut off")
      }
      return (name, try trace["first_step"], values)
    }
    let actual = try chainDigest(
      previous: previous, epoch: epoch, step: row["step"], points: points.map { try ($0["name"], $0.number("value")) },
      traces: steps, parameterDigest: parameters)
    guard actual == said else {
      throw MergeStop.damaged("epoch \(epoch) doesn't agree with its chain digest \(said.hex)")
    }
    return said
  }

  /// Takes the states stored after an epoch, a partial one included. States of epochs that this store has already
  /// are omitted: it may have dropped them on purpose.
  func addCheckpoints(to number: RunNumber, after last: Int) throws {
    let stateCopy = try RowCopy("checkpoint", leavingOut: ["id"], in: db)
    let traceCopy = try RowCopy("checkpoint_trace", in: db)
    let states = "SELECT * FROM checkpoint WHERE run = ? AND epoch > ? ORDER BY epoch, partial DESC"
    for row in try theirRows(states, [theirs.value, last]) {
      let identifier: Int64 = try row["id"]
      try stateCopy.insert(row, into: db, replacing: ["run": number.value.databaseValue])
      let owner = db.lastInsertedRowID.databaseValue
      try addTensors(of: row, to: owner)
      for trace in try theirRows("SELECT * FROM checkpoint_trace WHERE checkpoint = ? ORDER BY series", [identifier]) {
        try traceCopy.insert(trace, into: db, replacing: ["checkpoint": owner])
      }
    }
  }

  private func addTensors(of state: StoredRow, to owner: DatabaseValue) throws {
    let identifier: Int64 = try state["id"]
    let (epoch, said) = try theirs { _ in try (state["epoch"] as Int, state.digest("parameter_digest")) }
    let tensors = try theirs { try $0.tensors(of: identifier) }
    if try !(state["partial"] as Bool) {
      let row = try theirRows(
        "SELECT parameter_digest FROM epoch WHERE run = ? AND epoch = ?", [theirs.value, epoch]
      ).first
      guard try row?["parameter_digest"] == said.hex else {
        throw MergeStop.damaged("the checkpoint at epoch \(epoch) is not of the epoch's parameters")
      }
    }
    var blobs: [String: Int64] = [:]
    for (tensor, digest) in tensors {
      guard Digest(of: tensor.bytes) == digest else {
        throw MergeStop.damaged("the bytes of '\(tensor.name)' at epoch \(epoch) don't agree with their digest")
      }
      blobs[tensor.name] = try db.storeBlob(tensor.bytes, digest: digest)
    }
    guard parameterDigest(of: tensors.map(\.record)) == said else {
      throw MergeStop.damaged("the parameters of the checkpoint at epoch \(epoch) don't amount to \(said.hex)")
    }
    let copy = try RowCopy("checkpoint_tensor", in: db)
    let rows = "SELECT * FROM checkpoint_tensor WHERE checkpoint = ? ORDER BY name"
    for row in try theirRows(rows, [identifier]) {
      let blob = try blobs[row["name"]]?.databaseValue ?? .null
      try copy.insert(row, into: db, replacing: ["checkpoint": owner, "blob": blob])
    }
  }
}
