// What people call a run, and which run that is.
internal import GRDB
internal import Suggestions

extension RunStore {
  /// The run that a person means.
  ///
  /// - Parameter reference: a number; a name; the first characters of a uuid, at least four; `latest`, the run created
  ///   last; `best:METRIC`, the run whose present value is smallest, or `best:METRIC:max`, largest; equals are
  ///   decided for the older run. The first of these readings that fits counts; a run in the trash goes by its number
  ///   alone.
  /// - Throws: `noSuchRun`, `noSuchColumn`, `inTrash`, or `ambiguous` with the numbers of all that fit.
  public func resolve(_ reference: String) throws -> RunNumber {
    if reference == "latest" { return try found(reference, runs(RunQuery(orderBy: [("number", false)], limit: 1))) }
    if reference.hasPrefix("best:") { return try best(reference) }
    return try read { db in
      if let number = Int64(reference), try db.integer("SELECT 1 FROM run WHERE id = ?", [number]) != nil {
        return RunNumber(number)
      }
      let named = try db.integers("SELECT id FROM run WHERE name = ? AND trashed IS NULL ORDER BY id", [reference])
      if let run = try single(named, reference) { return run }
      let prefix = reference.lowercased()
      if prefix.count >= 4, prefix.allSatisfy({ $0.isHexDigit || $0 == "-" }) {
        let fits = try db.integers(
          "SELECT id FROM run WHERE uuid LIKE ? || '%' AND trashed IS NULL ORDER BY id", [prefix])
        if let run = try single(fits, reference) { return run }
      }
      if let run = try db.trashedRun(reference) { throw StoreError.inTrash(run: run) }
      let names = try db.texts("SELECT DISTINCT name FROM run WHERE trashed IS NULL ORDER BY id DESC", [])
      throw StoreError.noSuchRun(reference: reference, nearest: nearestName(to: reference, among: names))
    }
  }

  private func best(_ reference: String) throws -> RunNumber {
    var metric = String(reference.dropFirst("best:".count))
    let largest = metric.hasSuffix(":max")
    for ending in [":max", ":min"] where metric.hasSuffix(ending) { metric.removeLast(ending.count) }
    let query = RunQuery(orderBy: [("metrics." + metric, !largest)], limit: 1, metricColumns: [metric])
    return try found(reference, runs(query).filter { $0.metrics[metric].map { !$0.isNaN } ?? false })
  }

  private func found(_ reference: String, _ records: [RunRecord]) throws -> RunNumber {
    guard let record = records.first else { throw StoreError.noSuchRun(reference: reference, nearest: nil) }
    return record.number
  }

  private func single(_ runs: [Int64], _ reference: String) throws -> RunNumber? {
    guard runs.count <= 1 else {
      throw StoreError.ambiguous(reference: reference, runs: runs.map(RunNumber.init))
    }
    return runs.first.map(RunNumber.init)
  }
}
