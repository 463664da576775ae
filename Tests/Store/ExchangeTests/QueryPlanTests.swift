// No command's query scans a table that grows with the histories, whatever else is in the store.
import Comparison
import Digests
import Exchange
import Foundation
import GRDB
import Maintenance
import RunStore
import StoreFixtures
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct QueryPlanTests {
  /// The tables that grow with each epoch, state or measure of a run. The table of runs grows, too, and is what lists
  /// list.
  static let histories: Set<String> = [
    "epoch", "point", "trace", "series", "series_summary", "metric", "checkpoint", "checkpoint_tensor",
    "checkpoint_trace", "blob", "blob_chunk", "parameter", "tag", "artifact", "run_dataset",
  ]
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func noQueryScansAHistory() throws {
    let seen = Statements()
    var settings = StoreSettings()
    settings.trace = { seen.add($0) }
    let store = try folder.store(settings: settings)
    try fillEveryTable(of: store)
    let runs = try store.runs().map(\.number)
    // The doctor and the check of a run read everything, as they say.
    for (name, read) in storeReadings(of: runs) where !["doctor", "verify"].contains(name) {
      // A run need not have what is requested.
      do { try read(store) } catch is StoreError {}
    }
    try store.rename(runs[0], to: "other")
    try store.removeTag("quality", of: runs[0])
    _ = try Retention(store).prune(runs[0], .init(last: 1))
    try Retention(store).trash([runs[2]])
    try Retention(store).restore([runs[2]])
    try Retention(store).delete(runs[0])
    let statements = seen.all.filter { $0.wholeMatch(of: /(?is)\s*(SELECT|WITH|INSERT|UPDATE|DELETE).*/) != nil }
    #expect(statements.count > 80)
    for sql in statements { try requireLookups(sql) }
  }

  /// What docs/store.md says of the views.
  @Test(arguments: [
    "SELECT r.name, m.value FROM metrics m JOIN runs r USING (run) WHERE m.name = 'ks.RichDLLk'",
    "SELECT * FROM history WHERE run = 1", "SELECT * FROM history WHERE series = 'critic_loss'",
    "SELECT * FROM history WHERE run = 1 AND series = 'critic_loss'", "SELECT * FROM summaries WHERE run = 1",
    "SELECT * FROM traces WHERE run = 1 AND series = 'critic_loss'", "SELECT * FROM epochs WHERE run = 1",
    "SELECT * FROM checkpoints WHERE run = 1", "SELECT * FROM metrics WHERE run = 1",
    "SELECT * FROM params WHERE run = 1",
    "SELECT * FROM params WHERE path = 'seed'", "SELECT * FROM tags WHERE key = 'quality'",
    "SELECT * FROM tags WHERE run = 1",
    "SELECT * FROM datasets WHERE run = 1", "SELECT * FROM artifacts WHERE run = 1",
    "SELECT * FROM attempts WHERE run = 1",
    "SELECT * FROM notes WHERE run = 1", "SELECT * FROM audits WHERE run = 1", "SELECT * FROM runs WHERE run = 1",
    "SELECT * FROM runs",
  ])
  func aViewReadsWhatTheQueryAsksFor(_ sql: String) throws {
    _ = try folder.store()
    try requireLookups(sql)
  }

  private func requireLookups(_ sql: String) throws {
    let aliases = Dictionary(
      sql.matches(of: /(?i)(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?(\w+)/).map {
        (String($0.output.2), String($0.output.1))
      }
    ) { first, _ in first }
    let plan = try DatabaseQueue(path: folder.file("fastsim.sqlite")).read { db in
      let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
      // What is not bound is NULL, which is the same to the planner.
      statement.setUncheckedArguments(StatementArguments())
      return try Row.fetchAll(statement).map { $0["detail"] as String }
    }
    for step in plan {
      guard let scan = step.prefixMatch(of: /SCAN (\w+)/) else { continue }
      let name = String(scan.output.1)
      #expect(!Self.histories.contains(name) && !Self.histories.contains(aliases[name] ?? ""), "\(step) in: \(sql)")
    }
  }
}

/// Statements, each once.
private final class Statements: Sendable {
  private let seen = Mutex<Set<String>>([])

  var all: [String] { seen.withLock { $0.sorted() } }

  func add(_ sql: String) { seen.withLock { _ = $0.insert(sql) } }
}
