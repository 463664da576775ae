// Merging stores that are damaged, old, read-only, or in use.
import Digests
import Exchange
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct MergeAbuseTests: TestsOfAMerge {
  let prepared: TwoStores

  init() throws { prepared = try TwoStores() }

  @Test(arguments: [
    ("UPDATE point SET value = 9.0 WHERE epoch = 2 AND series = 1", "epoch 2"),
    ("UPDATE trace SET \"values\" = zeroblob(80) WHERE epoch = 3 AND series = 1", "epoch 3"),
    ("UPDATE blob_chunk SET bytes = zeroblob(length(bytes)) WHERE blob = 1", "bytes"),
    ("UPDATE config SET json = '{}'", "config"),
    ("UPDATE epoch SET parameter_digest = lower(hex(zeroblob(32))) WHERE epoch = 1", "epoch 1"),
    ("DELETE FROM epoch WHERE epoch = 2", "epoch 2 is missing"),
    ("DELETE FROM epoch WHERE epoch = 3", "last one is 2"),
    ("UPDATE dataset_column SET role = 'target' WHERE position = 0", "data set"),
    ("UPDATE blob_chunk SET bytes = x'00' WHERE blob = (SELECT blob FROM artifact)", "artifact 'fit.svg'"),
    ("UPDATE checkpoint SET parameter_digest = lower(hex(zeroblob(32))) WHERE epoch = 2", "epoch 2"),
  ])
  func whatDisagreesWithItsDigestIsNotTaken(_ sql: String, _ place: String) throws {
    _ = try furnished(there)
    try tamper(otherPath, sql)
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.runs.map(\.outcome) == [.damaged])
    #expect(report.runs[0].ours == nil)
    #expect(report.runs[0].disagreements.first?.theirs.contains(place) == true, "\(report.runs[0].disagreements)")
    for table in ["run", "config", "blob", "epoch", "dataset", "series", "checkpoint"] {
      #expect(try here.query("SELECT count(*) FROM \(table)").rows == [[.integer(0)]], "\(table)")
    }
  }

  @Test func aDamagedRunKeepsNoOtherAway() throws {
    _ = try trained(there, epochs: 2, name: "damaged")
    _ = try trained(there, epochs: 2, name: "fine", scale: 2)
    try tamper(otherPath, "UPDATE point SET value = 9.0 WHERE series = 1 AND epoch = 1")
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.damaged, .added])
    #expect(try here.runs().map(\.name) == ["fine"])
    #expect(try Doctor(here).verify(run: RunNumber(1)).isEmpty)
  }

  @Test func aStoreOfAnOlderSchemaIsReadAndLeftAsItIs() throws {
    let parent = try trained(there, epochs: 2)
    _ = try there.fork(parent, at: 1, as: newRun("child"))
    let later = StoreSettings(
      migrations: StoreSettings().migrations + [("colour", "ALTER TABLE run ADD COLUMN colour TEXT DEFAULT 'red';")])
    let receiver = try folder.store("later.sqlite", settings: later)
    try tamper(otherPath, "PRAGMA wal_checkpoint(TRUNCATE)")
    let before = contents(otherPath)
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter {
        !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
      }
    }
    let beside = try files()
    let report = try StoreMerge(into: receiver).merge(otherPath)
    #expect(report.isWhole)
    #expect(report.runs.map(\.outcome) == [.added, .added])
    #expect(contents(otherPath) == before)
    #expect(try files() == beside)
    #expect(try receiver.query("SELECT colour FROM run").rows == [[.text("red")], [.text("red")]])
    #expect(try receiver.run(RunNumber(2)).parent == RunNumber(1))
    #expect(try StoreMerge(into: receiver).merge(otherPath).runs.map(\.outcome) == [.unchanged, .unchanged])
  }

  @Test func aReadOnlyStoreIsMerged() throws {
    let source = folder.file("archive")
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
    try StoreExport(of: there).write(furnished(there), to: source + "/run.sqlite")
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: source + "/run.sqlite")
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: source)
    defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: source) }
    let before = contents(source + "/run.sqlite")
    #expect(try StoreMerge(into: here).merge(source + "/run.sqlite").isWhole)
    #expect(contents(source + "/run.sqlite") == before)
    #expect(try manager.contentsOfDirectory(atPath: source) == ["run.sqlite"])
  }

  @Test func aRunInTrainingIsTakenAsFarAsItIs() throws {
    let run = try there.create(newRun())
    let attempt = try there.beginAttempt(of: run, machine)
    try there.commit(epoch(1, of: run), in: attempt)
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.added])
    #expect(try here.run(RunNumber(1)).status == .interrupted)
    #expect(try here.attempts(of: RunNumber(1)).map(\.outcome) == [.interrupted])
    #expect(try there.run(run).status == .running)
    try there.commit(epoch(2, of: run), in: attempt)
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.extended])
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.unchanged])
    // The end of the attempt is news, though no epoch is.
    try there.end(attempt, outcome: .finished)
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.runs.map(\.outcome) == [.completed])
    #expect(try here.run(RunNumber(1)).status == .finished)
    #expect(try here.attempts(of: RunNumber(1)).map(\.ended) == there.attempts(of: run).map(\.ended))
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.unchanged])
    #expect(try Doctor(here).diagnose().isClean)
  }

  @Test func aRunThatIsInTrainingHereIsNotTouched() throws {
    let run = try trained(there, epochs: 2)
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let more = try there.beginAttempt(of: run, machine)
    try there.commit(epoch(3, of: run), in: more)
    try there.end(more, outcome: .finished)
    try there.setTag("a", to: "b", of: run)
    let attempt = try here.beginAttempt(of: RunNumber(1), machine)
    let before = try tables(folder.file("here.sqlite"))
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(!report.isWhole)
    #expect(report.runs.map(\.outcome) == [.held])
    #expect(try tables(folder.file("here.sqlite")) == before)
    try here.commit(epoch(3, of: RunNumber(1)), in: attempt)
    try here.end(attempt, outcome: .finished)
  }

  /// A state inside an epoch is replaced by a later one, and by the epoch's end.
  @Test func aStateInsideAnEpochIsExtended() throws {
    func partial(_ steps: Int, of run: RunNumber, loss: Double = 5) -> PartialEpochRecord {
      let state = tensors(steps)
      return PartialEpochRecord(
        run: run, epoch: 2, traces: [("generator_loss", 11, (0..<steps).map { loss + Double($0) })],
        parameterDigest: parameterDigest(of: state), checkpoint: NewCheckpoint(step: 10 + steps, tensors: state))
    }
    let run = try there.create(newRun())
    let attempt = try there.beginAttempt(of: run, machine)
    try there.commit(epoch(1, of: run), in: attempt)
    try there.commitPartial(partial(3, of: run), in: attempt)
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let mine = RunNumber(1)
    #expect(try here.run(mine).step == 13)
    #expect(try here.checkpoint(of: mine)?.traces.map(\.values.count) == [3])
    try there.commitPartial(partial(6, of: run), in: attempt)
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.extended])
    #expect(try here.run(mine).step == 16)
    #expect(try here.checkpoints(of: mine).map(\.partial) == [false, true])
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.unchanged])
    // The epoch's end has the same steps first.
    var whole = epoch(2, of: run, loss: 5)
    whole.traces = [("generator_loss", 11, (0..<10).map { 5 + Double($0) })]
    try there.commit(whole, in: attempt)
    try there.end(attempt, outcome: .finished)
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.extended])
    #expect(try here.checkpoints(of: mine).map(\.partial) == [false, false])
    #expect(try Doctor(here).verify(run: mine).isEmpty)
    #expect(try Doctor(here).diagnose().isClean)
    #expect(try here.query("SELECT count(*) FROM blob").rows == there.query("SELECT count(*) FROM blob").rows)
  }

  @Test func aStateInsideAnEpochThatIsAnotherIsReported() throws {
    func partial(_ loss: Double) -> PartialEpochRecord {
      PartialEpochRecord(
        run: RunNumber(1), epoch: 1, traces: [("loss", 1, [loss, 2])], parameterDigest: parameterDigest(of: tensors(1)),
        checkpoint: NewCheckpoint(step: 2, tensors: tensors(1)))
    }
    let run = try there.create(newRun())
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    for (store, loss) in [(here, 1.0), (there, 1.5)] {
      let attempt = try store.beginAttempt(of: run, machine)
      try store.commitPartial(partial(loss), in: attempt)
      try store.end(attempt, outcome: .interrupted)
    }
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.runs.map(\.outcome) == [.diverged])
    #expect(report.runs[0].firstDifferingEpoch == 1)
  }

  @Test func twoMergesAtOnceAddEachRunOnce() async throws {
    for name in 0..<6 { _ = try trained(there, epochs: 2, name: "run-\(name)") }
    let (folder, otherPath) = (folder, otherPath)
    let outcomes = try await withThrowingTaskGroup(of: [MergedRun.Outcome].self) { group in
      for _ in 0..<3 {
        group.addTask {
          let store = try folder.store("here.sqlite")
          return try StoreMerge(into: store).merge(otherPath).runs.map(\.outcome)
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(outcomes.filter { $0 == .added }.count == 6)
    #expect(outcomes.filter { $0 == .unchanged }.count == 12)
    #expect(try here.runs().count == 6)
  }
}
