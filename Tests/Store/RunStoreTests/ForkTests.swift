// Forks share what came before and go their own way.
import Digests
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct ForkTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  @Test func aForkCopiesTheHistoryAndSharesTheBytes() throws {
    let parent = try trained(store, epochs: 4)
    try store.addMetrics(
      [1, 2, 3].map { MetricRecord(epoch: $0, step: 1, role: "test", name: "ks", value: 0.5) }, to: parent)
    let blobs = try store.query("SELECT count(*), sum(size) FROM blob").rows
    let child = try store.fork(parent, at: 2, as: newRun("fork"))
    #expect(try store.query("SELECT count(*), sum(size) FROM blob").rows == blobs)
    let record = try store.run(child)
    #expect(record.parent == parent)
    #expect(record.parentEpoch == 2)
    #expect(record.epoch == 2)
    #expect(record.step == 20)
    #expect(record.seconds == 1)
    #expect(try store.epochs(of: child).map(\.chainDigest) == Array(store.epochs(of: parent).map(\.chainDigest)[..<2]))
    #expect(
      try store.history(of: child, steps: true) == store.history(of: parent, steps: true).filter { $0.epoch <= 2 })
    #expect(try store.metrics(of: child).map(\.epoch) == [1, 2])
    #expect(try store.checkpoint(of: child)?.tensors == store.checkpoint(of: parent, epoch: 2)?.tensors)
    #expect(try store.summaries(of: child).first { $0.series == "generator_loss" }?.minimum == 0.5)
    #expect(try Doctor(store).verify(run: child).isEmpty)
  }

  @Test func theForksWayIsItsOwn() throws {
    let parent = try trained(store, epochs: 3)
    let before = try store.history(of: parent)
    let child = try store.fork(parent, at: 2, as: newRun("fork"))
    let attempt = try store.beginAttempt(of: child, machine)
    try store.commit(epoch(3, of: child, loss: 5), in: attempt)
    try store.end(attempt, outcome: .finished)
    #expect(try store.history(of: parent) == before)
    try Retention(store).delete(parent)
    #expect(try store.run(child).parent == nil)
    #expect(try Doctor(store).verify(run: child).isEmpty)
    #expect(try store.checkpoint(of: child, epoch: 1)?.tensors.count == 4)
  }

  @Test func aForkNeedsAStoredState() throws {
    let parent = try trained(store, epochs: 4)
    try store.dropCheckpoints(of: parent, keepingEpochs: [1])
    #expect(
      storeError { _ = try store.fork(parent, at: 2, as: newRun("fork")) }
        == .noCheckpoint(run: parent, epoch: 2, available: [1, 4]))
    #expect(
      storeError { _ = try store.fork(parent, at: 5, as: newRun("fork")) }
        == .noSuchEpoch(run: parent, epoch: 5, last: 4))
    let fresh = try store.fork(parent, at: 0, as: newRun("fork"))
    #expect(try store.run(fresh).epoch == 0)
    #expect(try store.history(of: fresh).isEmpty)
    #expect(try store.runs().count == 2)
  }

  @Test func aDeletedRunLeavesNothing() throws {
    let run = try trained(store, epochs: 2)
    try store.setTag("a", to: "b", of: run)
    try store.addNote("n", to: run)
    try store.addAudit(run: run, verdict: "reproduced", report: "{}")
    try store.addArtifact(name: "a.svg", mediaType: "image/svg+xml", bytes: [1], to: run)
    try Retention(store).delete(run)
    let tables = try store.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").rows
    #expect(tables.count > 15)
    for case .text(let table)? in tables.map(\.first) {
      #expect(try store.query("SELECT count(*) FROM \(table)").rows == [[.integer(0)]], "\(table)")
    }
    #expect(try store.create(newRun()) == RunNumber(2))
  }
}
