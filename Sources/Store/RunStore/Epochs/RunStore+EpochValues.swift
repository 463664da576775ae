// All that one epoch of a run says, without the rest of the history.
package import Digests
internal import GRDB

/// The losses and the state's digest of one epoch, by series name.
package struct EpochValues: Sendable {
  /// One value for the epoch.
  package let points: [String: Double]
  /// A value for each step.
  package let traces: [String: (firstStep: Int, values: [Double])]
  package let parameterDigest: Digest

  package init(
    points: [String: Double], traces: [String: (firstStep: Int, values: [Double])], parameterDigest: Digest
  ) {
    (self.points, self.traces, self.parameterDigest) = (points, traces, parameterDigest)
  }
}

extension RunStore {
  /// One epoch's values; nil where it isn't stored. The cost does not depend on the history's length.
  package func values(of run: RunNumber, epoch: Int) throws -> EpochValues? {
    try read { db in
      try db.require(run)
      guard
        let row = try db.row(
          "SELECT parameter_digest FROM epoch WHERE run = ? AND epoch = ?", [run.value, epoch])
      else { return nil }
      let points = try db.rows(
        "SELECT name, value FROM series JOIN point ON point.series = series.id AND point.epoch = ? WHERE run = ?",
        [epoch, run.value])
      let traces = try db.rows(
        """
        SELECT name, first_step, "values" FROM series JOIN trace ON trace.series = series.id AND trace.epoch = ?
        WHERE run = ?
        """, [epoch, run.value])
      return EpochValues(
        points: Dictionary(try points.map { try ($0["name"], $0.number("value")) }) { first, _ in first },
        traces: Dictionary(
          try traces.map { try ($0["name"], ($0["first_step"], unpacked($0.bytes("values")) ?? [])) }
        ) { first, _ in first },
        parameterDigest: try row.digest("parameter_digest"))
    }
  }
}
