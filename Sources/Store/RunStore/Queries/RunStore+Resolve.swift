// Finds the run of a reference: a number, name, uuid, latest or best.
internal import GRDB
internal import Suggestions

extension RunStore {
  /// The run that a reference names.
  ///
  /// - Parameter reference: a number; a name; the first characters of a uuid, at least four; `latest`, the run created
  ///   last;
  ///   `best:METRIC`, the run whose present value is smallest, or `best:METRIC:max`, largest, where a function of a
  ///   series such as `min(critic_loss)` or a column `metrics.NAME` may stand for the metric; equals are decided for
  ///   the older run. After `latest` and `best:…` there may be ` where ` and a filter. The first of these readings that
  ///   fits counts; a run in the trash goes by its number and by its uuid alone.
  /// - Throws: `noSuchRun`, `noSuchColumn`, `badFilter`, `inTrash`, or `ambiguous` with the numbers of all that fit.
  public func resolve(_ reference: String) throws -> RunNumber {
    if let run = try chosen(reference) { return run }
    return try read { db in
      if let number = Int64(reference), try db.integer("SELECT 1 FROM run WHERE id = ?", [number]) != nil {
        return RunNumber(number)
      }
      let named = try db.runs("SELECT id FROM run WHERE name = ? AND trashed IS NULL ORDER BY id", [reference])
      if let run = try single(named, reference) { return run }
      if let prefix = uuidPrefix(reference) {
        // A range, which the index of the uuids answers; `g` comes after every digit.
        let fits: [(run: RunNumber, trashed: String?)] = try db.rows(
          "SELECT id, trashed FROM run WHERE uuid >= ?1 AND uuid < ?1 || 'g' ORDER BY id", [prefix]
        ).map { try ($0["id"], $0["trashed"]) }
        let present = fits.filter { $0.trashed == nil }
        if let run = try single((present.isEmpty ? fits : present).map(\.run), reference) { return run }
      }
      if let trashed = try db.integer("SELECT id FROM run WHERE name = ? ORDER BY id DESC", [reference]) {
        throw StoreError.inTrash(run: RunNumber(trashed))
      }
      let names = try db.texts("SELECT DISTINCT name FROM run WHERE trashed IS NULL ORDER BY id DESC", [])
      throw StoreError.noSuchRun(reference: reference, nearest: nearestName(to: reference, among: names))
    }
  }

  /// The run that an order chooses: `latest` or `best:…`, perhaps among those that a filter selects.
  private func chosen(_ reference: String) throws -> RunNumber? {
    let (selector, condition) = split(reference)
    guard selector == "latest" || selector.hasPrefix("best:") else { return nil }
    var query = RunQuery(orderBy: [.descending("number")], limit: 1)
    if let condition { query.filter = try filter(condition) }
    if selector == "latest" { return try found(reference, runs(query)) }
    let (metric, largest) = bestChoice(selector.dropFirst("best:".count))
    let isWhole = metric.hasSuffix(")") || metric.hasPrefix("metrics.")
    let column = isWhole ? metric : "metrics." + quotedName(metric)
    query.orderBy = [RunQuery.Order(column, ascending: !largest)]
    query.columns = [column]
    return try found(reference, runs(query).filter { $0.columns[column]?.number.map { !$0.isNaN } ?? false })
  }

  private func split(_ reference: String) -> (selector: String, filter: String?) {
    let words = reference.split(maxSplits: 2, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
    guard words.count >= 2, words[1].lowercased() == "where" else { return (reference, nil) }
    return (String(words[0]), words.count == 3 ? String(words[2]) : "")
  }

  private func found(_ reference: String, _ records: [RunRecord]) throws -> RunNumber {
    guard let record = records.first else { throw StoreError.noSuchRun(reference: reference, nearest: nil) }
    return record.number
  }

  private func single(_ runs: [RunNumber], _ reference: String) throws -> RunNumber? {
    guard runs.count <= 1 else {
      throw StoreError.ambiguous(reference: reference, runs: runs)
    }
    return runs.first
  }
}

/// Reads `NAME`, with `:max` or `:min` behind it.
/// - Returns: the name, and whether the largest value is best.
package func bestChoice(_ text: some StringProtocol) -> (name: String, largest: Bool) {
  var name = String(text)
  let largest = name.hasSuffix(":max")
  for ending in [":max", ":min"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
  return (name, largest)
}

/// The beginning of a uuid that a reference may be: four or more of its characters, in lower case.
package func uuidPrefix(_ reference: String) -> String? {
  let prefix = reference.lowercased()
  return prefix.count >= 4 && prefix.allSatisfy { $0.isHexDigit || $0 == "-" } ? prefix : nil
}
