// What metrics were taken of, and floors, reasons and parameters of values, through commits, forks and migrations.
import Digests
import GRDB
import RunStore
import StoreFixtures
import Testing

private func evaluation(_ epoch: Int, role: String = "test", real: String = "real") -> EvaluationRecord {
  EvaluationRecord(
    role: role, epoch: epoch, seed: .max,
    real: JudgedSample(
      digest: Digest(of: real), source: "kaons.npz", rows: 100, weightSum: 60.5, effectiveSize: 41),
    generatedDigest: Digest(of: "generated \(epoch)"), generatedRows: 500)
}

private func metric(_ epoch: Int, role: String = "test") -> MetricRecord {
  MetricRecord(
    epoch: epoch, step: 10 * epoch, role: role, name: "ks.x", value: 0.25, uncertainty: 0.01, floor: 0.02,
    floorUncertainty: 0.03, parameters: "rows 100")
}

@Suite(.timeLimit(.minutes(20))) struct EvaluationRecordTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  @Test func valuesComeBackWithTheirFloorsAndSamples() throws {
    let run = try trained(store, epochs: 2)
    let masked = MetricRecord(
      epoch: 2, step: 20, role: "test", name: "mmd", value: 0, masked: true, reason: "the total weight is negative")
    try store.addMetrics([metric(2), masked], of: evaluation(2), to: run)
    #expect(
      try store.metrics(of: run).filter { $0.role == "test" } == [metric(2), masked].sorted { $0.name < $1.name })
    #expect(try store.evaluations(of: run) == [evaluation(2)])
    let row = try store.query("SELECT seed, real_source, real_rows, weight_sum FROM evaluations").rows
    #expect(row == [[.text("18446744073709551615"), .text("kaons.npz"), .integer(100), .real(60.5)]])
  }

  @Test func valuesOfOtherEventsAreNotMixedIn() throws {
    let run = try trained(store, epochs: 2)
    try store.addMetrics([metric(2)], of: evaluation(2), to: run)
    try store.addMetrics([metric(2)], of: evaluation(2), to: run)
    #expect(throws: StoreError.otherEvaluation(run: run, role: "test", epoch: 2)) {
      try store.addMetrics([], of: evaluation(2, real: "others"), to: run)
    }
    #expect(throws: StoreError.self) { try store.addMetrics([metric(1)], of: evaluation(2), to: run) }
    try store.addMetrics([metric(2, role: "2018")], of: evaluation(2, role: "2018", real: "others"), to: run)
    #expect(try store.evaluations(of: run).map(\.role) == ["2018", "test"])
  }

  @Test func aForkHasThoseOfItsEpochs() throws {
    let run = try trained(store, epochs: 3)
    for epoch in 1...3 { try store.addMetrics([metric(epoch)], of: evaluation(epoch), to: run) }
    let child = try store.fork(run, at: 2, as: newRun("fork"))
    #expect(try store.evaluations(of: child) == [evaluation(1), evaluation(2)])
    #expect(try store.metrics(of: child).filter { $0.role == "test" } == [metric(1), metric(2)])
  }

  @Test func aStoreOfTheFirstSchemaKeepsItsMetrics() throws {
    let run = try trained(store, epochs: 2)
    try store.addMetrics([MetricRecord(epoch: 2, step: 20, role: "test", name: "ks.x", value: 0.5)], to: run)
    let path = folder.file("old.sqlite")
    let first = StoreSettings(migrations: Array(StoreSettings().migrations.prefix(1)))
    _ = try RunStore(path: path, access: .write, settings: first)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF; ATTACH ? AS new", arguments: [store.path])
      let columns = "run, name, role, epoch, bin, step, value, uncertainty, masked"
      try db.execute(sql: "INSERT INTO config SELECT * FROM new.config; INSERT INTO run SELECT * FROM new.run")
      try db.execute(sql: "INSERT INTO metric (\(columns)) SELECT \(columns) FROM new.metric WHERE role = 'test'")
    }
    try queue.close()
    let migrated = try RunStore(path: path, access: .write)
    #expect(try migrated.metrics(of: run).map(\.value) == [0.5])
    try migrated.addMetrics([metric(1)], of: evaluation(1), to: run)
    #expect(try migrated.evaluations(of: run) == [evaluation(1)])
  }
}
