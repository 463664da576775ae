// Values that the tables reject from any program.
import GRDB
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct SchemaTests {
  static let refused = [
    "UPDATE run SET seed = -1", "UPDATE run SET seed = 'abc'", "UPDATE run SET seed = '7'", "UPDATE run SET seed = 1.5",
    "UPDATE run SET seed = '09223372036854775808'", "UPDATE run SET seed = '18446744073709551616'",
    "UPDATE run SET uuid = 'x'", "UPDATE run SET uuid = upper(uuid) || ''", "UPDATE run SET parent_uuid = 'x'",
    "UPDATE run SET created = '2019-05-28'", "UPDATE run SET created = 'now'",
    "UPDATE run SET created = '2019-02-30T12:00:00.000Z'", "UPDATE run SET trashed = ''", "UPDATE run SET epoch = -1",
    "UPDATE run SET epoch = 1000000001", "UPDATE run SET step = 9007199254740992", "UPDATE run SET seconds = -1",
    "UPDATE run SET seconds = 9e999", "UPDATE run SET origin = 'x'", "UPDATE run SET member = 0",
    "UPDATE run SET sweep = 7, member = 0", "UPDATE run SET id = 0", "UPDATE run SET id = -1",
    "UPDATE run SET chain_digest = upper(chain_digest)", "UPDATE run SET program_digest = 'x'",
    "UPDATE config SET digest = zeroblob(64)", "UPDATE config SET json = '{'",
    "UPDATE config SET digest = replace(digest, substr(digest, 1, 1), 'g')",
    "UPDATE run_dataset SET recipe = 'kaons.csv'", "UPDATE dataset SET rows = -1",
    "UPDATE dataset SET weight_sum = 'x'",
    "UPDATE series_summary SET last = 'x'", "UPDATE series_summary SET minimum = 1",
    "UPDATE series_summary SET count = 0", "UPDATE series_summary SET minimum_epoch = NULL",
    "UPDATE point SET value = 'x'", "UPDATE point SET value = 1", "UPDATE epoch SET rows = -1",
    "UPDATE epoch SET stored = 'x'", #"UPDATE trace SET "values" = zeroblob(7)"#, "UPDATE trace SET first_step = 0",
    "UPDATE attempt SET threads = -1", "UPDATE attempt SET process = 9007199254740992",
    "UPDATE checkpoint_tensor SET shape = '-1'", "UPDATE blob SET size = -1", "UPDATE blob_chunk SET bytes = x''",
    "INSERT INTO parameter VALUES (1, 'p', 'boolean', 2)", "INSERT INTO parameter VALUES (1, 'p', 'integer', 'x')",
    "INSERT INTO metric (run, name, role, epoch, bin, step, value, masked) VALUES (1, 'm', 'test', 1, '', 1, 'x', 0)",
    "INSERT INTO metric (run, name, role, epoch, bin, step, masked, floor) VALUES (1, 'm', 'test', 1, '', 1, 0, 'x')",
    "INSERT INTO evaluation VALUES (1, 'test', 1, -1, hex(zeroblob(32)), 'f', 1, 1.0, 1.0, hex(zeroblob(32)), 1)",
    "INSERT INTO evaluation VALUES (1, 'test', 1, 1, 'x', 'f', 1, 1.0, 1.0, hex(zeroblob(32)), 1)",
    "INSERT INTO evaluation VALUES (1, '', 1, 1, hex(zeroblob(32)), 'f', 1, 1.0, 1.0, hex(zeroblob(32)), 1)",
    "INSERT INTO audit (run, at, verdict, report, document) VALUES (1, '2019-05-28T12:00:00.000Z', 'v', 'r', '{}')",
    "INSERT INTO note (run, at, text) VALUES (1, 'yesterday', 'x')",
  ]

  @Test func theTablesRefuseWhatNobodyCouldRead() throws {
    let folder = try Folder()
    let store = try folder.store()
    _ = try trained(store, epochs: 1)
    let queue = try DatabaseQueue(path: store.path)
    for sql in Self.refused {
      try queue.writeWithoutTransaction { db in
        try db.inTransaction {
          do {
            try db.execute(sql: sql)
            Issue.record("not refused: \(sql)")
          } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {}
          return .rollback
        }
      }
    }
  }

  @Test(arguments: ["0", "9223372036854775807", "'9223372036854775808'", "'18446744073709551615'"])
  func everySeedIsTaken(_ seed: String) throws {
    let folder = try Folder()
    let store = try folder.store()
    let run = try trained(store, epochs: 1)
    try DatabaseQueue(path: store.path).write { try $0.execute(sql: "UPDATE run SET seed = \(seed)") }
    #expect(try store.run(run).seed == UInt64(seed.filter { $0 != "'" }))
  }
}
