// Read-only queries, and the views as other languages read them.
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct QueryTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  static let writing = [
    "INSERT INTO tag VALUES (1, 'a', 'b')", "DELETE FROM run", "UPDATE run SET name = 'x'", "DROP TABLE run",
    "CREATE TABLE x (a)", "CREATE TEMP TABLE x (a)", "PRAGMA user_version = 9", "PRAGMA user_version(9)",
    "ATTACH 'other.sqlite' AS other", "DETACH main", "VACUUM", "VACUUM INTO 'copy.sqlite'", "REINDEX", "ANALYZE",
    "ATTACH ':memory:' AS m", "SELECT writefile('x', 'y')", "SELECT edit('x')", "CREATE TEMP VIEW x AS SELECT 1",
    "CREATE TEMP TRIGGER t AFTER INSERT ON run BEGIN SELECT 1; END", "CREATE VIRTUAL TABLE x USING fts5 (a)",
    "PRAGMA application_id = 1", "BEGIN IMMEDIATE", "COMMIT", "SAVEPOINT a",
    "WITH a AS (SELECT 1) INSERT INTO tag VALUES (1, 'a', 'b')",
    "WITH a AS (SELECT 1) DELETE FROM run", "/* SELECT */ DELETE FROM run", "-- SELECT\nDELETE FROM run",
    "SELECT 1; DELETE FROM run", "REPLACE INTO tag VALUES (1, 'a', 'b')", "SELECT load_extension('x')",
    "PRAGMA main.user_version = 9", ";;", "", "SELEC 1",
    "SELECT nonsense FROM runs", "SELECT ?", "SELECT :name", "EXPLAIN", "PRAGMA", "; ( ", "é",
  ]

  /// Settings of a connection that ends with the query.
  static let harmless = [
    "PRAGMA journal_mode = DELETE", "PRAGMA journal_mode(delete)", "PRAGMA writable_schema = ON",
    "PRAGMA query_only = 0", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA incremental_vacuum",
  ]

  @Test(arguments: harmless) func settingsOfAConnectionAffectNoOther(sql: String) throws {
    _ = try trained(store, epochs: 1)
    for handle in [store, try RunStore(path: folder.file("fastsim.sqlite"), access: .read)] {
      _ = storeError { _ = try handle.query(sql) }
    }
    #expect(try journalMode(store.path) == "wal")
    guard case .badQuery? = storeError({ _ = try store.query("DELETE FROM run") }) else {
      Issue.record("a query wrote after \(sql)")
      return
    }
  }

  @Test(arguments: writing) func whatWouldWriteIsRefusedInOneLine(sql: String) throws {
    let run = try trained(store, epochs: 1)
    let path = folder.file("fastsim.sqlite")
    let version = try store.query("PRAGMA user_version").rows
    for handle in [store, try RunStore(path: path, access: .read)] {
      guard case .badQuery(let line)? = storeError({ _ = try handle.query(sql) }) else {
        Issue.record("\(sql) must be refused")
        continue
      }
      #expect(!line.contains("\n"))
    }
    #expect(try store.run(run).name == "rich-kaon")
    #expect(try store.query("PRAGMA user_version").rows == version)
    #expect(try store.tags(of: run).isEmpty)
  }

  @Test func whatReadsIsAnswered() throws {
    let run = try trained(store, epochs: 2)
    let answer = try store.query(
      "-- losses\nWITH h AS (SELECT * FROM history) SELECT epoch, value, epoch AS epoch FROM h WHERE series = 'critic_loss'"
    )
    #expect(answer.columns == ["epoch", "value", "epoch"])
    #expect(answer.rows == [[.integer(1), .real(-1), .integer(1)], [.integer(2), .real(-0.5), .integer(2)]])
    #expect(
      try store.query("VALUES (NULL, 'a', x'00ff', 1e999)").rows == [
        [.null, .text("a"), .blob([0, 255]), .real(.infinity)]
      ])
    #expect(try store.query("PRAGMA table_info(run)").rows.count > 10)
    #expect(try store.query("EXPLAIN QUERY PLAN SELECT * FROM runs").rows.isEmpty == false)
    #expect(try store.query("SELECT run FROM runs;").rows == [[.integer(run.value)]])
  }

  /// The columns on which other people's scripts rest.
  @Test func theViewsHaveTheirDocumentedColumns() throws {
    let run = try trained(store, epochs: 2)
    try store.addMetrics(
      [
        MetricRecord(epoch: 2, step: 20, role: "test", name: "ks", value: 0.25, uncertainty: 0.01),
        MetricRecord(epoch: 2, step: 20, role: "test", name: "ks", bin: "P=3", value: .nan, masked: true),
      ], to: run)
    let output = try python(
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      for view in ['runs', 'params', 'metrics', 'history', 'datasets', 'checkpoints']:
          print(view, *[column[0] for column in db.execute(f'SELECT * FROM {view}').description])
      print(db.execute("SELECT name, status, epoch, seed FROM runs").fetchall())
      print(db.execute("SELECT epoch, step, value FROM history WHERE run = 1 AND series = 'generator_loss' ORDER BY epoch").fetchall())
      print(db.execute("SELECT name, bin, value, uncertainty, masked FROM metrics ORDER BY bin").fetchall())
      print(db.execute("SELECT role, rows, effective_size FROM datasets").fetchall())
      print(db.execute("SELECT epoch, step, partial, tensors, bytes FROM checkpoints").fetchall())
      """, store.path)
    #expect(
      output == """
        runs run uuid name status experiment seed created started ended epoch step seconds parameter_count \
        config_digest program_digest parameter_digest chain_digest parent parent_epoch sweep member origin
        params run path type value
        metrics run epoch step role name bin value uncertainty floor floor_uncertainty masked reason parameters
        history run series epoch step value
        datasets run role digest name source recipe rows weight_sum weight_sum_squares effective_size split_digest
        checkpoints run epoch step partial parameter_digest tensors bytes stored
        [('rich-kaon', 'finished', 2, 20190528)]
        [(1, 10, 1.0), (2, 20, 0.5)]
        [('ks', None, 0.25, 0.01, 0), ('ks', 'P=3', None, None, 1)]
        [('train', 3, 2.7777777777777777)]
        [(1, 10, 0, 4, 112), (2, 20, 0, 4, 112)]

        """)
  }
}
