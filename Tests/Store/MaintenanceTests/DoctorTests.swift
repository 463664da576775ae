// The doctor is content with every intact store, names what is wrong with another one, and repairs what is derived.
import Digests
import Files
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct DoctorTests {
  let folder: Folder
  let store: RunStore

  /// A parent of four epochs, a fork with a state inside its third epoch, a failed run, one that never began.
  init() throws {
    folder = try Folder()
    store = try folder.store()
    let parent = try trained(store, epochs: 4)
    try store.addArtifact(name: "report.html", mediaType: "text/html", bytes: Array("<p>".utf8), to: parent)
    try store.addAudit(run: parent, verdict: "reproducible", report: "run 1")
    try store.setTag("paper", to: "1905.11825", of: parent)
    let fork = try store.fork(parent, at: 2, as: newRun("fork"))
    let attempt = try store.beginAttempt(of: fork, machine)
    try store.commitPartial(partialEpoch(3, of: fork), in: attempt)
    try store.end(attempt, outcome: .interrupted)
    let failed = try store.create(newRun("failed"))
    try store.end(try store.beginAttempt(of: failed, machine), outcome: .failed, message: "no luck")
    _ = try store.create(newRun("fresh"))
    try Retention(store).trash([failed])
  }

  @Test func anIntactStoreIsClean() throws {
    let diagnosis = try Doctor(store).diagnose()
    #expect(diagnosis.findings.isEmpty, "\(diagnosis.findings)")
    #expect(diagnosis.notes.isEmpty)
    #expect(diagnosis.runs == 4)
    let before = contents(store.path)
    let again = try Doctor(RunStore(path: store.path, access: .read)).diagnose()
    #expect(again.isClean)
    #expect(contents(store.path) == before)
  }

  @Test func everyInvariantIsInTheHandbook() throws {
    let handbook = try String(
      contentsOf: packageFolder.appending(path: "docs/store.md"), encoding: .utf8)
    for invariant in Invariant.allCases {
      #expect(handbook.contains("| `\(invariant.rawValue)` | \(invariant.rule) |"), "\(invariant)")
    }
  }

  /// Changes behind the store's back: which invariant they break, and whether it can be repaired.
  static let changes: [(sql: String, invariant: Invariant, isRepairable: Bool)] = [
    ("DROP INDEX run_name", .schema, true),
    ("DROP VIEW history", .schema, true),
    ("DROP VIEW runs; CREATE VIEW runs AS SELECT 1 AS run", .schema, true),
    ("DROP INDEX tag_value", .schema, true),
    ("CREATE TRIGGER grow AFTER INSERT ON tag BEGIN DELETE FROM note; END", .schema, false),
    ("ALTER TABLE note ADD COLUMN colour TEXT", .schema, false),
    ("DROP TABLE note", .schema, false),
    ("PRAGMA foreign_keys = OFF; DELETE FROM blob WHERE id = 2", .references, false),
    ("PRAGMA foreign_keys = OFF; DELETE FROM config", .references, false),
    ("UPDATE run SET name = 'a' || char(27) || '[31mb' WHERE id = 1", .names, false),
    ("UPDATE tag SET key = 'a' || char(10)", .names, false),
    ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'run'", .numbers, true),
    ("UPDATE config SET json = '{\"seed\":2}'", .config, false),
    ("INSERT INTO config (digest, yaml, json) SELECT digest, 'other', json FROM config", .config, true),
    ("UPDATE dataset_column SET role = 'other' WHERE name = 'P'", .datasets, false),
    (
      "INSERT INTO dataset (digest, name, source, rows) VALUES ('\(String(repeating: "a", count: 64))', 'x', 'y', 0)",
      .datasets, true
    ),
    ("UPDATE point SET value = value + 1e-16 WHERE epoch = 2 AND value < 0", .chain, false),
    ("DELETE FROM epoch WHERE run = 1 AND epoch = 2", .chain, false),
    ("DELETE FROM epoch WHERE run = 1 AND epoch = 4", .chain, false),
    ("UPDATE epoch SET step = 5 WHERE run = 1 AND epoch = 2", .chain, false),
    ("UPDATE run SET epoch = 3 WHERE id = 1", .state, true),
    ("UPDATE run SET step = 3 WHERE id = 1", .state, true),
    ("UPDATE run SET step = 20 WHERE id = 2", .state, true),
    ("UPDATE run SET parameter_digest = NULL WHERE id = 2", .state, true),
    ("UPDATE run SET chain_digest = NULL WHERE id = 1", .state, true),
    ("UPDATE run SET seconds = 77 WHERE id = 1", .state, true),
    ("UPDATE series_summary SET minimum = -100.0", .summaries, true),
    ("UPDATE series_summary SET maximum_epoch = 2", .summaries, true),
    ("UPDATE series_summary SET first_nan_epoch = 1", .summaries, true),
    ("DELETE FROM series_summary", .summaries, true),
    (#"UPDATE trace SET "values" = zeroblob(7) WHERE epoch = 4"#, .traces, false),
    (#"UPDATE trace SET "values" = zeroblob(88) WHERE epoch = 4"#, .traces, false),
    ("UPDATE trace SET first_step = 9223372036854775807 WHERE epoch = 1", .values, false),
    ("UPDATE checkpoint_trace SET first_step = 20", .traces, false),
    (#"UPDATE checkpoint_trace SET "values" = zeroblob(9)"#, .traces, false),
    ("UPDATE checkpoint SET step = 11 WHERE run = 1 AND epoch = 1", .checkpoints, false),
    (
      "UPDATE checkpoint SET parameter_digest = '\(String(repeating: "0", count: 64))' WHERE epoch = 2", .checkpoints,
      false
    ),
    ("UPDATE checkpoint SET epoch = 7 WHERE partial", .checkpoints, false),
    ("UPDATE checkpoint_tensor SET shape = '3x3' WHERE name = 'generator.0.weight'", .tensors, false),
    ("UPDATE checkpoint_tensor SET shape = '9223372036854775807x9' WHERE name = 'rmsprop.0'", .tensors, false),
    (
      "UPDATE blob_chunk SET bytes = CAST(x'ff' || substr(bytes, 2) AS BLOB) WHERE blob = 1", .tensors, false
    ),
    ("DELETE FROM blob_chunk WHERE blob = 2", .blobs, false),
    ("UPDATE blob SET size = size + 1 WHERE id = 2", .blobs, false),
    ("UPDATE blob_chunk SET number = 1 WHERE blob = 2", .blobs, false),
    ("UPDATE blob_chunk SET bytes = x'00' WHERE blob = (SELECT blob FROM artifact)", .blobs, false),
    ("INSERT INTO blob (digest, size) VALUES ('\(String(repeating: "0", count: 64))', 0)", .orphans, true),
    ("UPDATE attempt SET number = 3 WHERE run = 1", .attempts, false),
    ("UPDATE epoch SET attempt = 9 WHERE run = 1 AND epoch = 2", .attempts, false),
    ("UPDATE run SET status = 'crashed' WHERE id = 1", .statuses, true),
    ("UPDATE run SET status = 'running' WHERE id = 4", .statuses, true),
    ("UPDATE run SET parent_uuid = NULL WHERE id = 2", .parents, true),
    ("UPDATE run SET parent_run = NULL WHERE id = 2", .parents, true),
    ("UPDATE run SET parent_uuid = 'another' WHERE id = 2", .parents, false),
    ("UPDATE run SET parent_run = 2, parent_uuid = (SELECT uuid FROM run WHERE id = 2) WHERE id = 1", .parents, false),
    ("UPDATE run SET member = 3 WHERE id = 1", .sweeps, true),
    ("UPDATE audit SET document = '{}', digest = '\(String(repeating: "0", count: 64))'", .audits, false),
    ("UPDATE audit SET document = '{}'", .audits, false),
  ]

  @Test(arguments: changes.indices) func aBrokenInvariantIsNamedAndRepairedWhereItIsDerived(index: Int) throws {
    let (sql, invariant, isRepairable) = Self.changes[index]
    try tamper(store.path, sql)
    let reader = try RunStore(path: store.path, access: .read)
    let found = try Doctor(reader).diagnose()
    let finding = try #require(
      found.findings.first { $0.invariant == invariant && $0.isRepairable == isRepairable }, "\(found.findings)")
    #expect(!found.isClean)
    for one in found.findings {
      #expect(!one.description.contains("\n") && !one.description.contains("\u{1B}"))
      #expect(programName(in: one.description) == nil && programName(in: one.invariant.rule) == nil, "\(one)")
    }
    // A handle that was open before knows the schema of before.
    let writer = try RunStore(path: store.path, access: .write)
    let after = try Doctor(writer).diagnose(repairing: true)
    if isRepairable {
      #expect(!after.findings.contains(finding), "\(after.findings)")
      #expect(try Doctor(reader).diagnose().findings == after.findings)
    } else {
      #expect(after.findings.contains(finding))
    }
    // Nothing that is repaired once comes back, and what isn't derived is unchanged.
    #expect(try Doctor(writer).diagnose(repairing: true).repaired.isEmpty)
    if isRepairable, found.findings.allSatisfy(\.isRepairable) { #expect(after.isClean, "\(after.findings)") }
  }

  @Test func notesNameNoOptionAndNoCommand() {
    let notes: [StoreNote] = [
      .foreignObject(type: "table", name: "x"), .copyBeforeMigration(file: "a.sqlite-v1-backup"),
      .freeSpace(mebibytes: 7),
      .startedElsewhere(RunNumber(1)),
    ]
    for note in notes { #expect(programName(in: note.description) == nil, "\(note)") }
  }

  @Test func theSignOfAZeroCounts() throws {
    let run = try store.create(newRun("zero"))
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(1, of: run, loss: 0), in: attempt)
    try store.end(attempt, outcome: .finished)
    try tamper(
      store.path,
      "UPDATE series_summary SET last = -0.0 WHERE last = 0 AND series IN (SELECT id FROM series WHERE run = \(run))")
    #expect(
      try Doctor(store).diagnose().findings.contains { $0.invariant == .summaries && $0.run == run && $0.isRepairable })
    #expect(try Doctor(store).diagnose(repairing: true).isClean)
  }

  /// Derived values are not made from a history that is itself in doubt: that would hide what was lost.
  @Test func nothingIsDerivedFromADamagedHistory() throws {
    try tamper(store.path, "DELETE FROM epoch WHERE run = 1 AND epoch = 4; UPDATE series_summary SET count = 9")
    let diagnosis = try Doctor(store).diagnose(repairing: true)
    #expect(diagnosis.findings.contains { $0.invariant == .state && $0.run == RunNumber(1) })
    #expect(try store.run(RunNumber(1)).epoch == 4)
    #expect(diagnosis.findings.allSatisfy { $0.run == RunNumber(1) })
    #expect(diagnosis.repaired.contains { $0.invariant == .summaries && $0.run == RunNumber(2) })
  }

  @Test func aRunInTrainingIsNoFinding() throws {
    let attempt = try store.beginAttempt(of: RunNumber(4), machine)
    try store.commit(epoch(1, of: RunNumber(4)), in: attempt)
    let reader = try RunStore(path: store.path, access: .read)
    #expect(try Doctor(reader).diagnose().isClean)
    #expect(try Doctor(store).diagnose(repairing: true).repaired.isEmpty)
    try store.end(attempt, outcome: .finished)
    #expect(try Doctor(reader).diagnose().isClean)
  }

  @Test func aRunWhoseProcessHasEndedIsCrashed() throws {
    do { _ = try store.beginAttempt(of: RunNumber(4), machine) }
    let diagnosis = try Doctor(store).diagnose()
    let finding = try #require(diagnosis.findings.first)
    #expect(finding.invariant == .statuses && finding.run == RunNumber(4) && finding.isRepairable)
    #expect(finding.isLeftover && diagnosis.isClean)
    #expect(try Doctor(store).diagnose(repairing: true).findings.isEmpty)
    #expect(try store.query("SELECT status FROM runs WHERE run = 4").rows == [[.text("crashed")]])
    #expect(try store.attempts(of: RunNumber(4)).map(\.outcome) == [.crashed])
  }

  @Test func anIncompleteCopyIsRemovedWhenItsProcessHasEnded() throws {
    let ended = try numberOfEndedProcess()
    let inUse = try StagingFolder(beside: store.path + "-backup").path
    let own = ".part-\(ProcessInfo.processInfo.processIdentifier)-"
    let abandoned = inUse.replacingOccurrences(of: own, with: ".part-\(ended)-")
    try #require(abandoned != inUse)
    try FileManager.default.createDirectory(atPath: abandoned, withIntermediateDirectories: false)
    for path in [abandoned + "/store.sqlite", store.path + "-v1-backup"] {
      try Data("half".utf8).write(to: URL(fileURLWithPath: path))
    }
    let diagnosis = try Doctor(store).diagnose()
    #expect(diagnosis.findings.map(\.invariant) == [.copies])
    let backup = URL(fileURLWithPath: store.path + "-v1-backup").lastPathComponent
    #expect(diagnosis.isClean && diagnosis.notes == [.copyBeforeMigration(file: backup)])
    #expect(try Doctor(store).diagnose(repairing: true).findings.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: abandoned))
    #expect(FileManager.default.fileExists(atPath: inUse))
    #expect(FileManager.default.fileExists(atPath: store.path + "-v1-backup"))
  }

  /// A page overwritten with noise: whatever it held, the doctor says so instead of falling over it.
  @Test(arguments: 1...24) func aDamagedPageIsNamed(page: Int) throws {
    try checkpointed(store)
    let path = folder.file("damaged.sqlite")
    var bytes = contents(store.path)
    let start = 4096 * page
    guard start + 4096 <= bytes.count else { return }
    for index in start..<start + 4096 { bytes[index] = UInt8(truncatingIfNeeded: index &* 167 &+ page) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do {
      let diagnosis = try Doctor(RunStore(path: path, access: .read)).diagnose(repairing: false)
      // A page of a blob's bytes has no structure of its own; then it is the digest that tells.
      #expect(!diagnosis.isClean, "page \(page)")
    } catch let error as StoreError {
      guard case .damaged = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}
