// The last, smallest and largest value of each series, kept so that a list of runs never reads their history.
package import GRDB

/// Takes points into summaries, one after the other.
package struct SummaryKeeper {
  private let statement: PreparedStatement

  package init(_ db: Database) throws {
    statement = try PreparedStatement(
      """
      INSERT INTO series_summary (series, last, last_epoch, minimum, minimum_epoch, maximum, maximum_epoch, count,
        first_nan_epoch)
      VALUES (?1, ?2, ?3, ?2, iif(?2 IS NULL, NULL, ?3), ?2, iif(?2 IS NULL, NULL, ?3), 1, iif(?2 IS NULL, ?3, NULL))
      ON CONFLICT (series) DO UPDATE SET
        last = excluded.last, last_epoch = excluded.last_epoch,
        minimum = iif(minimum IS NULL OR excluded.minimum < minimum, excluded.minimum, minimum),
        minimum_epoch = iif(minimum IS NULL OR excluded.minimum < minimum, excluded.minimum_epoch, minimum_epoch),
        maximum = iif(maximum IS NULL OR excluded.maximum > maximum, excluded.maximum, maximum),
        maximum_epoch = iif(maximum IS NULL OR excluded.maximum > maximum, excluded.maximum_epoch, maximum_epoch),
        count = count + 1, first_nan_epoch = coalesce(first_nan_epoch, excluded.first_nan_epoch)
      """, in: db)
  }

  /// Takes one more point, later than all before, into a series' summary. Equal extremes keep the first epoch.
  package func add(series: Int64, epoch: Int, value: Double) throws {
    statement.bind(series, at: 1)
    statement.bind(value, at: 2)
    statement.bind(Int64(epoch), at: 3)
    try statement.run()
  }
}

extension Database {
  /// After a change of the past: drops empty series, recomputes the summaries from the points, and
  /// sets the run's state to that of its last epoch.
  package func recomputeHistory(of run: RunNumber) throws {
    try self.run(
      """
      DELETE FROM series WHERE run = ? AND NOT EXISTS (SELECT 1 FROM point WHERE series = series.id)
      AND NOT EXISTS (SELECT 1 FROM trace WHERE series = series.id)
      """, [run.value])
    try self.run("DELETE FROM series_summary WHERE series IN (SELECT id FROM series WHERE run = ?)", [run.value])
    let summaries = try SummaryKeeper(self)
    for series in try integers("SELECT id FROM series WHERE run = ? ORDER BY id", [run.value]) {
      let points = try rows("SELECT epoch, value FROM point WHERE series = ? ORDER BY epoch", [series])
      for point in points { try summaries.add(series: series, epoch: point["epoch"], value: point.number("value")) }
    }
    try self.run(
      """
      UPDATE run SET (epoch, step, seconds, parameter_digest, chain_digest) = (
        SELECT coalesce(max(epoch), 0), coalesce(max(step), 0), total(seconds),
          (SELECT parameter_digest FROM epoch WHERE run = run.id ORDER BY epoch DESC LIMIT 1),
          (SELECT chain_digest FROM epoch WHERE run = run.id ORDER BY epoch DESC LIMIT 1)
        FROM epoch WHERE epoch.run = run.id)
      WHERE id = ?
      """, [run.value])
  }

  /// The run's last state, which may lie inside an epoch.
  package func recomputeState(of run: RunNumber) throws {
    try self.run(
      """
      UPDATE run SET (step, parameter_digest) = (
        SELECT step, parameter_digest FROM checkpoint WHERE run = run.id AND partial AND checkpoint.epoch > run.epoch
        ORDER BY checkpoint.epoch DESC LIMIT 1)
      WHERE id = ? AND EXISTS (
        SELECT 1 FROM checkpoint WHERE run = run.id AND partial AND checkpoint.epoch > run.epoch)
      """, [run.value])
  }
}
