// Lists of runs, what runs are called, and what is added to them.
import Digests
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct RunsTests {
  let folder: Folder
  let store: RunStore
  let runs: [RunNumber]

  /// Losses end at 1, 0.5, 2 and NaN; the distance is known for the first two runs.
  init() throws {
    folder = try Folder()
    store = try folder.store()
    runs =
      try [2.0, 1, 4].enumerated().map { [store] index, scale in
        try trained(store, epochs: 2, name: "run-\(index)", scale: scale)
      } + [trained(store, epochs: 1, name: "collapsed", scale: .nan)]
    for (run, value) in zip(runs, [0.3, 0.7]) {
      try store.addMetrics(
        [
          MetricRecord(epoch: 1, step: 10, role: "validation", name: "distance", value: 100),
          MetricRecord(epoch: 2, step: 20, role: "train", name: "distance", value: 200),
          MetricRecord(epoch: 2, step: 20, role: "validation", name: "distance", value: value),
          MetricRecord(epoch: 2, step: 20, role: "test", name: "distance", value: 1 - value),
          MetricRecord(epoch: 3, step: 30, role: "validation", name: "distance", value: 300, masked: true),
          MetricRecord(epoch: 3, step: 30, role: "validation", name: "distance", bin: "P=1", value: 400),
        ], to: run)
    }
  }

  func order(_ column: String, _ ascending: Bool = true, limit: Int? = nil) throws -> [Int64] {
    try store.runs(RunQuery(orderBy: [RunQuery.Order(column, ascending: ascending)], limit: limit)).map(\.number.value)
  }

  @Test func runsComeInTheOrderAsked() throws {
    #expect(try order("number") == [1, 2, 3, 4])
    #expect(try order("number", false, limit: 2) == [4, 3])
    #expect(try order("name") == [4, 1, 2, 3])
    #expect(try order("metrics.generator_loss") == [2, 1, 3, 4])
    #expect(try order("metrics.generator_loss", false) == [3, 1, 2, 4])
    #expect(try order("metrics.distance", false) == [2, 1, 3, 4])
    #expect(try order("metrics.test/distance", false) == [1, 2, 3, 4])
    #expect(storeError { _ = try order("nmae") } == .noSuchColumn(name: "nmae", nearest: "name"))
    #expect(
      storeError { _ = try order("metrics.distanse") }
        == .noSuchColumn(name: "metrics.distanse", nearest: "metrics.distance"))
    #expect(storeError { _ = try order("name; DROP TABLE run") } != nil)
  }

  @Test func recordsCarryTheAskedColumns() throws {
    let query = RunQuery(
      filter: RunFilter(sql: "r.name LIKE ? AND r.epoch = ?", arguments: [.text("run-%"), .integer(2)]),
      metricColumns: ["distance", "generator_loss", "absent"], paramColumns: ["absent"])
    let records = try store.runs(query)
    #expect(records.map(\.number) == Array(runs[..<3]))
    #expect(records.map { $0.metrics["distance"] } == [0.3, 0.7, nil])
    #expect(records.map { $0.metrics["generator_loss"] } == [1, 0.5, 2])
    #expect(records.allSatisfy { $0.metrics["absent"] == nil && $0.params.isEmpty })
  }

  @Test func aRunIsFoundByWhatPeopleCallIt() throws {
    let uuid = try store.run(runs[1]).uuid
    #expect(try store.resolve("2") == runs[1])
    #expect(try store.resolve("run-1") == runs[1])
    #expect(try store.resolve(uuid) == runs[1])
    #expect(try store.resolve(String(uuid.prefix(13)).uppercased()) == runs[1])
    #expect(try store.resolve("latest") == runs[3])
    #expect(try store.resolve("best:distance") == runs[0])
    #expect(try store.resolve("best:metrics.distance") == runs[0])
    #expect(try store.resolve("best:distance:max") == runs[1])
    #expect(try store.resolve("best:generator_loss") == runs[1])
    #expect(try store.resolve("best:min(critic_loss)") == runs[2])
    #expect(try store.resolve("latest where name like 'run-%'") == runs[2])
    #expect(try store.resolve("best:distance where number > 1") == runs[1])
    #expect(try store.resolve("best:generator_loss:max WHERE number in (1, 2)") == runs[0])
    #expect(
      storeError { _ = try store.resolve("latest where number = 9") }
        == .noSuchRun(reference: "latest where number = 9", nearest: nil))
    #expect(storeError { _ = try store.resolve("latest where nmae = 1") } != nil)
    #expect(storeError { _ = try store.resolve("run-9") } == .noSuchRun(reference: "run-9", nearest: "run-2"))
    #expect(storeError { _ = try store.resolve("99") } == .noSuchRun(reference: "99", nearest: nil))
    #expect(storeError { _ = try store.resolve("best:distanse") } != nil)
    try store.rename(runs[2], to: "run-1")
    #expect(
      storeError { _ = try store.resolve("run-1") } == .ambiguous(reference: "run-1", runs: [runs[1], runs[2]]))
    let empty = try folder.store("empty.sqlite")
    #expect(storeError { _ = try empty.resolve("latest") } == .noSuchRun(reference: "latest", nearest: nil))
    #expect(storeError { _ = try empty.resolve("best:x") } == .noSuchRun(reference: "best:x", nearest: nil))
  }

  @Test func aRunInTheTrashGoesByItsNumberAndUUIDAlone() throws {
    let uuid = try store.run(runs[1]).uuid
    try tamper(store.path, "UPDATE run SET trashed = '2026-11-25T00:00:00.000Z' WHERE id IN (2, 4)")
    #expect(try store.resolve("2") == runs[1])
    #expect(try store.resolve(uuid) == runs[1])
    #expect(try store.resolve("latest") == runs[2])
    #expect(try store.resolve("best:generator_loss") == runs[0])
    #expect(storeError { _ = try store.resolve("run-1") } == .inTrash(run: runs[1]))
    #expect(try store.runs(RunQuery(trash: .only)).map(\.number) == [runs[1], runs[3]])
    #expect(try store.runs(RunQuery(filter: store.filter("trashed is not null"), trash: .with)).count == 2)
  }

  @Test func aWrongSeriesGetsTheNearestRightOne() throws {
    #expect(
      storeError { _ = try store.history(of: runs[0], series: ["critc_loss"]) }
        == .noSuchSeries(run: runs[0], name: "critc_loss", nearest: "critic_loss"))
    #expect(
      try store.history(of: runs[0], series: ["rate", "critic_loss"]).map(\.series) == [
        "rate", "rate", "critic_loss", "critic_loss",
      ])
  }

  @Test func metricsAreReplacedNotDoubled() throws {
    let before = try store.metrics(of: runs[0]).count
    try store.addMetrics(
      [MetricRecord(epoch: 2, step: 20, role: "test", name: "distance", value: 9, uncertainty: 1)], to: runs[0])
    let metrics = try store.metrics(of: runs[0])
    #expect(metrics.count == before)
    #expect(metrics.first { $0.role == "test" }?.value == 9)
    #expect(metrics.first { $0.role == "test" }?.uncertainty == 1)
  }

  @Test func notesTagsArtifactsAndAuditsComeBack() throws {
    let run = runs[0]
    try store.setTag("paper", to: "1905.11825", of: run)
    try store.setTag("best", to: "no", of: run)
    try store.setTag("best", to: "yes", of: run)
    try store.setTag("old", to: "x", of: run)
    try store.removeTag("old", of: run)
    try store.addNote("first", to: run)
    try store.addNote("second\nline", to: run)
    try store.addAudit(run: run, verdict: "reproduced", report: #"{"epochs":3}"#)
    try store.addArtifact(name: "a.svg", mediaType: "image/svg+xml", bytes: [1, 2, 3], to: run)
    try store.addArtifact(name: "a.svg", mediaType: "image/svg+xml", bytes: [4], to: run)
    try store.addArtifact(name: "empty", mediaType: "text/plain", bytes: [], to: run)
    #expect(try store.tags(of: run).map { "\($0.key)=\($0.value)" } == ["best=yes", "paper=1905.11825"])
    #expect(try store.notes(of: run).map(\.text) == ["first", "second\nline"])
    #expect(try store.audits(of: run).map(\.verdict) == ["reproduced"])
    #expect(try store.artifacts(of: run).map(\.bytes) == [1, 0])
    #expect(try store.artifact(named: "a.svg", of: run).bytes == [4])
    #expect(try store.artifact(named: "empty", of: run).bytes == [])
    #expect(
      storeError { _ = try store.artifact(named: "b.svg", of: run) }
        == .noSuchArtifact(run: run, name: "b.svg", nearest: "a.svg"))
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }
}
