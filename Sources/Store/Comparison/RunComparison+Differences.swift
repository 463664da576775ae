// The first epoch and step at which two runs' histories differ, found by their chain digests.
internal import Digests
internal import GRDB
package import RunStore

extension RunComparison {
  /// Where two runs' histories differ first in any bit; nil where they agree up to the end of the shorter one.
  ///
  /// An epoch's chain digest stands for all that came before it, so that the epoch is found in as many look-ups as its
  /// number has binary digits, and the values of that epoch alone are read.
  ///
  /// - Parameter exhaustive: compares every value of every epoch as well, for which it reads both histories; a value
  ///   that was changed in the store without its digests is found so.
  /// - Throws: `noSuchRun`.
  package func firstDifference(
    between first: RunNumber, and second: RunNumber, exhaustive: Bool = false
  ) throws -> HistoryDifference? {
    try store.read { db in
      for run in [first, second] { try db.require(run) }
      let length = try min(db.lastEpoch(of: first), db.lastEpoch(of: second))
      let equal = try db.equalEpochs(of: [first, second], upTo: length)
      let byChain = equal < length ? equal + 1 : nil
      let byValue = exhaustive ? try db.firstDifferingEpoch(first, second, upTo: byChain ?? length) : nil
      guard let epoch = [byChain, byValue].compactMap({ $0 }).min() else { return nil }
      return try db.difference(at: epoch, first, second)
    }
  }

  /// How far each series that both runs have is apart from an epoch on; series without a difference are omitted.
  /// Costs a look at each point from that epoch on.
  package func drift(between first: RunNumber, and second: RunNumber, from epoch: Int) throws -> [Drift] {
    try store.read { db in
      let pairs = try db.rows(
        """
        SELECT a.name, a.id AS first, b.id AS second FROM series AS a JOIN series AS b ON b.run = ? AND b.name = a.name
        WHERE a.run = ? ORDER BY a.name
        """, [second.value, first.value])
      return try pairs.compactMap { try db.drift(of: $0["name"], $0["first"], $0["second"], from: epoch) }
    }
  }
}

extension Database {
  func lastEpoch(of run: RunNumber) throws -> Int {
    Int(try integer("SELECT max(epoch) FROM epoch WHERE run = ?", [run.value]) ?? 0)
  }

  /// How many epochs from the first have the same chain digests in all runs.
  func equalEpochs(of runs: [RunNumber], upTo length: Int) throws -> Int {
    var (equal, differing) = (0, length + 1)
    while differing - equal > 1 {
      let middle = equal + (differing - equal) / 2
      if try areEqual(runs, upTo: middle) { equal = middle } else { differing = middle }
    }
    return equal
  }

  private func areEqual(_ runs: [RunNumber], upTo epoch: Int) throws -> Bool {
    let digests = try Set(
      runs.map { run in
        try row(
          "SELECT epoch, chain_digest FROM epoch WHERE run = ? AND epoch <= ? ORDER BY epoch DESC LIMIT 1",
          [run.value, epoch]
        ).map { try "\($0["epoch"] as Int) \($0["chain_digest"] as String)" }
      })
    return digests.count <= 1
  }

  /// The first epoch in which a point, a trace, the step or the parameters differ, regardless of chain digests.
  fileprivate func firstDifferingEpoch(_ first: RunNumber, _ second: RunNumber, upTo length: Int) throws -> Int? {
    let traces = """
      SELECT min(a.epoch) FROM series AS s JOIN trace AS a ON a.series = s.id
      LEFT JOIN series AS t ON t.run = ?2 AND t.name = s.name
      LEFT JOIN trace AS b ON b.series = t.id AND b.epoch = a.epoch
      WHERE s.run = ?1 AND a.epoch <= ?3
      AND (b.epoch IS NULL OR a.first_step <> b.first_step OR a."values" <> b."values")
      """
    let states = """
      SELECT min(a.epoch) FROM epoch AS a LEFT JOIN epoch AS b ON b.run = ?2 AND b.epoch = a.epoch
      WHERE a.run = ?1 AND a.epoch <= ?3
      AND (b.epoch IS NULL OR a.step <> b.step OR a.parameter_digest <> b.parameter_digest)
      """
    let orders = [(first, second), (second, first)]
    let epochs = try [traces, states].flatMap { sql in
      try orders.map { try integer(sql, [$0.value, $1.value, length]).map(Int.init) }
    }
    return try (epochs + orders.map { try firstDifferingPoint($0, $1, upTo: length) }).compactMap { $0 }.min()
  }

  /// The first epoch of a point that the other run lacks or has with other bits. For SQL the zeros of both signs are
  /// equal; so the values are compared here.
  private func firstDifferingPoint(_ run: RunNumber, _ other: RunNumber, upTo length: Int) throws -> Int? {
    let cursor = try cursor(
      """
      SELECT a.epoch, a.value, b.value, b.epoch IS NULL FROM series AS s JOIN point AS a ON a.series = s.id
      LEFT JOIN series AS t ON t.run = ? AND t.name = s.name
      LEFT JOIN point AS b ON b.series = t.id AND b.epoch = a.epoch
      WHERE s.run = ? AND a.epoch <= ?
      """, [other.value, run.value, length])
    var earliest: Int?
    while let row = try cursor.next() {
      let (left, right) = try (row[1] as Double? ?? .nan, row[2] as Double? ?? .nan)
      if try row[3] as Bool || !haveEqualBits(left, right) { earliest = try min(earliest ?? .max, row[0]) }
    }
    return earliest
  }

  /// What differs in an epoch that is known to differ.
  fileprivate func difference(at epoch: Int, _ first: RunNumber, _ second: RunNumber) throws -> HistoryDifference {
    let states = try [first, second].map { run in
      try row(
        "SELECT step, parameter_digest, chain_digest FROM epoch WHERE run = ? AND epoch = ?", [run.value, epoch])
    }
    let step = try states.compactMap { try $0?["step"] as Int? }.min() ?? 0
    let left = try values(of: first, at: epoch, lastStep: step)
    let right = try values(of: second, at: epoch, lastStep: step)
    let series = Set(left.keys).union(right.keys).compactMap { firstDifference($0, left[$0] ?? [], right[$0] ?? []) }
    func differ(_ column: String) throws -> Bool {
      try (states[0]?[column] as String?) != (states[1]?[column] as String?)
    }
    return try HistoryDifference(
      epoch: epoch, series: series.sorted { ($0.step, $0.name) < ($1.step, $1.name) },
      parametersDiffer: differ("parameter_digest"), chainsDiffer: differ("chain_digest"))
  }

  /// The values of an epoch's steps by series, then the epoch's own value at its last step.
  private func values(of run: RunNumber, at epoch: Int, lastStep: Int) throws -> [String: [(step: Int, value: Double)]]
  {
    var values: [String: [(step: Int, value: Double)]] = [:]
    let traces = try rows(
      """
      SELECT name, first_step, "values" FROM series JOIN trace ON trace.series = series.id AND trace.epoch = ?
      WHERE run = ?
      """, [epoch, run.value])
    for trace in traces {
      let first: Int = try trace["first_step"]
      let steps = unpacked(try trace.bytes("values")) ?? []
      values[try trace["name"]] = steps.enumerated().map { (first + $0.offset, $0.element) }
    }
    let points = try rows(
      "SELECT name, value FROM series JOIN point ON point.series = series.id AND point.epoch = ? WHERE run = ?",
      [epoch, run.value])
    for point in points { values[try point["name"], default: []].append((lastStep, try point.number("value"))) }
    return values
  }

  fileprivate func drift(of name: String, _ first: Int64, _ second: Int64, from epoch: Int) throws -> Drift? {
    let cursor = try cursor(
      """
      SELECT a.epoch, a.value, b.value FROM point AS a JOIN point AS b ON b.series = ? AND b.epoch = a.epoch
      WHERE a.series = ? AND a.epoch >= ? ORDER BY a.epoch
      """, [second, first, epoch])
    var (count, undefined, differs) = (0, 0, false)
    var largest: Drift.Distance?
    var final: Drift.Distance?
    while let row = try cursor.next() {
      let (left, right) = try (row[1] as Double? ?? .nan, row[2] as Double? ?? .nan)
      count += 1
      differs = differs || !haveEqualBits(left, right)
      // Where both are the same infinity or NaN, they are not apart.
      let (near, far) = haveEqualBits(left, right) ? (0, 0) : (left, right)
      final = Drift.Distance(epoch: try row[0], near, far)
      if let final, final.absolute > largest?.absolute ?? -1 { largest = final }
      if final == nil { undefined += 1 }
    }
    guard differs else { return nil }
    return Drift(series: name, epochs: count, undefined: undefined, largest: largest, final: final)
  }
}

/// Whether two values are the same to the bit; all NaN are equal, because stores keep only one.
private func haveEqualBits(_ left: Double, _ right: Double) -> Bool {
  left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
}

/// The first place at which two columns of steps and values differ.
private func firstDifference(
  _ name: String, _ first: [(step: Int, value: Double)], _ second: [(step: Int, value: Double)]
) -> HistoryDifference.Series? {
  for index in 0..<max(first.count, second.count) {
    let left = index < first.count ? first[index] : nil
    let right = index < second.count ? second[index] : nil
    if let left, let right, left.step == right.step, haveEqualBits(left.value, right.value) { continue }
    let step = min(left?.step ?? .max, right?.step ?? .max)
    return HistoryDifference.Series(
      name: name, step: step, first: left.flatMap { $0.step == step ? $0.value : nil },
      second: right.flatMap { $0.step == step ? $0.value : nil })
  }
  return nil
}
