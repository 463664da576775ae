// Merging takes what is missing, once, and guesses nothing.
import Digests
import Exchange
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

/// Every row of every table as Python sees it, so that two states of a store can be compared.
func tables(_ path: String) throws -> String {
  try python(
    """
    import sqlite3, sys
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        for row in sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr):
            print(name, row)
    """, path)
}

/// A run with everything that a run can have.
func furnished(_ store: RunStore, epochs: Int = 3, name: String = "rich-kaon") throws -> RunNumber {
  let run = try trained(store, epochs: epochs, name: name)
  try store.setTag("quality", to: "good", of: run)
  try store.addNote("looked at", to: run)
  try store.addAudit(run: run, verdict: "reproduced", report: "{}")
  try store.addArtifact(name: "fit.svg", mediaType: "image/svg+xml", bytes: Array("<svg/>".utf8), to: run)
  try store.addMetrics(
    [
      MetricRecord(epoch: 2, step: 20, role: "test", name: "ks", value: .nan, uncertainty: .infinity),
      MetricRecord(epoch: 2, step: 20, role: "test", name: "ks", bin: "P 1", value: -0.0, masked: true),
    ], to: run)
  return run
}

@Suite(.timeLimit(.minutes(20))) struct MergeTests: TestsOfAMerge {
  let prepared: TwoStores

  init() throws { prepared = try TwoStores() }

  @Test func aMergeTakesRunsWithAllTheyHave() throws {
    _ = try trained(here, epochs: 1, name: "mine")
    let parent = try furnished(there)
    let child = try there.fork(parent, at: 2, as: newRun("child", datasets: [dataset()]))
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.isWhole)
    #expect(report.runs.map(\.outcome) == [.added, .added])
    #expect(report.runs.map(\.theirs) == [parent, child])
    #expect(report.runs.map(\.ours) == [RunNumber(2), RunNumber(3)])
    #expect(report.runs.map(\.epochs) == [3, 2])
    for merged in report.runs {
      let number = try #require(merged.ours)
      #expect(try Doctor(here).verify(run: number).isEmpty)
      let (mine, other) = (try here.run(number), try there.run(merged.theirs))
      #expect(
        (mine.uuid, mine.name, mine.created, mine.chainDigest) == (
          other.uuid, other.name, other.created, other.chainDigest
        ))
      #expect(
        (mine.status, mine.step, mine.seconds, mine.seed) == (other.status, other.step, other.seconds, other.seed))
      #expect(try here.history(of: number, steps: true) == there.history(of: merged.theirs, steps: true))
      #expect(try here.epochs(of: number) == there.epochs(of: merged.theirs))
      #expect(try here.checkpoint(of: number)?.tensors == there.checkpoint(of: merged.theirs)?.tensors)
      #expect(try here.checkpoints(of: number).map(\.epoch) == there.checkpoints(of: merged.theirs).map(\.epoch))
      #expect(try here.configuration(of: number) == there.configuration(of: merged.theirs))
      #expect(try here.datasets(of: number).map(\.digest) == there.datasets(of: merged.theirs).map(\.digest))
    }
    #expect(try here.run(RunNumber(3)).parent == RunNumber(2))
    #expect(try Doctor(here).diagnose().isClean)
    #expect(try here.tags(of: RunNumber(2)).map(\.value) == ["good"])
    #expect(try here.notes(of: RunNumber(2)) == there.notes(of: parent))
    // Their numbers are those of the store that they are in.
    #expect(try here.audits(of: RunNumber(2)).map(\.at) == there.audits(of: parent).map(\.at))
    #expect(try here.audits(of: RunNumber(2)).map(\.report) == there.audits(of: parent).map(\.report))
    #expect(try here.audits(of: RunNumber(2)).map(\.digest) == there.audits(of: parent).map(\.digest))
    #expect(try here.attempts(of: RunNumber(2)).map(\.started) == there.attempts(of: parent).map(\.started))
    #expect(try here.artifact(named: "fit.svg", of: RunNumber(2)).bytes == Array("<svg/>".utf8))
    let metrics = try here.metrics(of: RunNumber(2))
    #expect(metrics.map(\.value.isNaN) == [true, false])
    #expect(metrics[1].value.sign == .minus && metrics[1].masked)
    let origin = try #require(try here.run(RunNumber(2)).origin.flatMap(RunOrigin.init(json:)))
    #expect(origin.kind == "fastsim" && origin.file.hasSuffix("/there.sqlite") && origin.run == "1")
    #expect(try here.run(RunNumber(1)).origin == nil)
  }

  @Test func aSecondMergeChangesNothing() throws {
    let parent = try furnished(there)
    _ = try there.fork(parent, at: 1, as: newRun("child"))
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let (before, other) = (try tables(folder.file("here.sqlite")), try tables(otherPath))
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.isWhole)
    #expect(report.runs.map(\.outcome) == [.unchanged, .unchanged])
    #expect(try tables(folder.file("here.sqlite")) == before)
    #expect(try tables(otherPath) == other)
    // Back again there is nothing to do either.
    #expect(
      try StoreMerge(into: there).merge(folder.file("here.sqlite")).runs.map(\.outcome) == [.unchanged, .unchanged])
    #expect(try tables(otherPath) == other)
  }

  @Test func aDryRunTellsAllAndStoresNothing() throws {
    _ = try trained(here, epochs: 1, name: "mine")
    for _ in 0..<2 { _ = try furnished(there) }
    let before = try tables(folder.file("here.sqlite"))
    let foretold = try StoreMerge(into: here).merge(otherPath, dryRun: true)
    #expect(try tables(folder.file("here.sqlite")) == before)
    let done = try StoreMerge(into: here).merge(otherPath)
    #expect(foretold.runs.map(\.ours) == done.runs.map(\.ours))
    #expect(foretold.runs.map(\.outcome) == done.runs.map(\.outcome))
    #expect(foretold.runs.map(\.epochs) == done.runs.map(\.epochs))
  }

  /// Three stores with a run, its fork and the fork's fork, merged in every order.
  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func childrenFindTheirParentsInAnyOrder(_ order: [Int]) throws {
    let first = try trained(there, epochs: 2, name: "first")
    let second = try there.fork(first, at: 2, as: newRun("second"))
    let third = try there.fork(second, at: 1, as: newRun("third"))
    let paths = try [first, second, third].map { run in
      let path = folder.file("\(run).sqlite")
      try StoreExport(of: there).write(run, to: path)
      return path
    }
    for place in order { #expect(try StoreMerge(into: here).merge(paths[place]).isWhole) }
    #expect(try Doctor(here).diagnose().isClean)
    let lineage = try here.query(
      """
      SELECT run.name, parent.name, run.parent_epoch FROM run JOIN run AS parent ON parent.id = run.parent_run
      ORDER BY run.name
      """
    ).rows
    #expect(
      lineage == [[.text("second"), .text("first"), .integer(2)], [.text("third"), .text("second"), .integer(1)]])
  }

  @Test func aLongerHistoryExtendsTheShorterOne() throws {
    let run = try furnished(there)
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let attempt = try there.beginAttempt(of: run, machine)
    for number in 4...6 { try there.commit(epoch(number, of: run), in: attempt) }
    try there.end(attempt, outcome: .interrupted)
    try there.setTag("later", to: "yes", of: run)
    try there.addMetrics([MetricRecord(epoch: 6, step: 60, role: "test", name: "ks", value: 0.25)], to: run)
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.isWhole)
    #expect(report.runs.map(\.outcome) == [.extended])
    #expect(report.runs.map(\.epochs) == [3])
    #expect(report.runs[0].additions.map(\.kind) == ["attempts", "tags", "metrics"])
    let number = RunNumber(1)
    #expect(try Doctor(here).verify(run: number).isEmpty)
    #expect(try here.epochs(of: number) == there.epochs(of: run))
    #expect(try here.history(of: number, steps: true) == there.history(of: run, steps: true))
    #expect(try here.checkpoint(of: number)?.tensors == there.checkpoint(of: run)?.tensors)
    #expect(try here.run(number).status == .interrupted)
    #expect(try here.run(number).ended == there.run(run).ended)
    #expect(try here.attempts(of: number).map(\.outcome) == [.finished, .interrupted])
    #expect(try Doctor(here).diagnose().isClean)
    // The other way round it is the other store that has less.
    #expect(try StoreMerge(into: there).merge(folder.file("here.sqlite")).runs.map(\.outcome) == [.unchanged])
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.unchanged])
  }

  @Test func aShorterHistoryChangesNothing() throws {
    let run = try trained(there, epochs: 2)
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let attempt = try here.beginAttempt(of: RunNumber(1), machine)
    try here.commit(epoch(3, of: RunNumber(1)), in: attempt)
    try here.end(attempt, outcome: .finished)
    let before = try tables(folder.file("here.sqlite"))
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.unchanged])
    #expect(try tables(folder.file("here.sqlite")) == before)
    #expect(try there.run(run).epoch == 2)
  }

  @Test func historiesThatPartAreReportedAndLeftAlone() throws {
    let run = try trained(there, epochs: 2)
    let fine = try trained(there, epochs: 1, name: "another")
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    for (store, loss) in [(here, 0.5), (there, 0.75)] {
      let attempt = try store.beginAttempt(of: RunNumber(1), machine)
      try store.commit(epoch(3, of: RunNumber(1), loss: 0.125), in: attempt)
      try store.commit(epoch(4, of: RunNumber(1), loss: loss), in: attempt)
      try store.end(attempt, outcome: .finished)
    }
    try there.setTag("only", to: "there", of: run)
    try there.setTag("kept", to: "yes", of: fine)
    let before = try here.query("SELECT * FROM run UNION ALL SELECT * FROM run ORDER BY 1").rows
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(!report.isWhole)
    #expect(report.runs.map(\.outcome) == [.diverged, .completed])
    #expect(report.runs[0].firstDifferingEpoch == 4)
    #expect(report.runs[0].disagreements.first?.kind == "history")
    #expect(try here.tags(of: RunNumber(1)).isEmpty)
    #expect(try here.query("SELECT * FROM run UNION ALL SELECT * FROM run ORDER BY 1").rows == before)
    #expect(try Doctor(here).verify(run: RunNumber(1)).isEmpty)
  }

  @Test func oneUuidWithTwoConfigsIsNotOneRun() throws {
    _ = try trained(there, epochs: 1)
    let run = try here.create(newRun(json: #"{"seed":2}"#))
    let uuid = try there.run(RunNumber(1)).uuid
    try tamper(folder.file("here.sqlite"), "UPDATE run SET uuid = '\(uuid)'")
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.runs.map(\.outcome) == [.diverged])
    #expect(report.runs[0].disagreements.map(\.kind) == ["config"])
    #expect(try here.run(run).epoch == 0)
  }

  @Test func valuesThatDifferAreReportedAndKept() throws {
    let run = try furnished(there)
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let mine = RunNumber(1)
    try there.setTag("quality", to: "bad", of: run)
    try there.rename(run, to: "renamed")
    try there.addArtifact(name: "fit.svg", mediaType: "image/svg+xml", bytes: [1], to: run)
    try there.addMetrics([MetricRecord(epoch: 2, step: 20, role: "test", name: "ks", value: 4)], to: run)
    let before = try tables(folder.file("here.sqlite"))
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(!report.isWhole)
    #expect(report.runs[0].outcome == .unchanged)
    #expect(Set(report.runs[0].disagreements.map(\.kind)) == ["tag", "name", "artifact", "metric"])
    let tag = report.runs[0].disagreements.first { $0.kind == "tag" }
    #expect(tag?.description == "tag quality: good here, bad there")
    #expect(try tables(folder.file("here.sqlite")) == before)
    #expect(try here.run(mine).name == "rich-kaon")
  }

  @Test func membersOfASweepThatWasWorkedOffInTwoStoresComeTogether() throws {
    let members = [0, 1].map { (name: "member-\($0)", json: #"{"seed":\#($0)}"#) }
    let sweep = try there.sweep(NewSweep(name: "seeds", yaml: "sweep: …", members: members))
    for place in [0, 1] {
      var run = newRun("member-\(place)", json: members[place].json)
      run.place = SweepPlace(sweep: sweep.uuid, member: place)
      _ = try there.create(run)
      if place == 0 {
        // Another store takes the first member, and then has the second one made by itself.
        #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
        var rival = newRun("member-1", json: members[1].json)
        rival.place = SweepPlace(sweep: sweep.uuid, member: 1)
        _ = try here.create(rival)
      }
    }
    #expect(try here.sweep("seeds").members.map(\.json) == members.map(\.json))
    let report = try StoreMerge(into: here).merge(otherPath)
    #expect(report.runs.map(\.outcome) == [.unchanged, .diverged])
    #expect(report.runs[1].disagreements.map(\.kind) == ["sweep member"])
    #expect(try here.runs().map(\.member) == [0, 1])
    #expect(try here.query("SELECT count(*) FROM sweep").rows == [[.integer(1)]])
  }

  @Test func theSameBytesOfTwoRunsAreStoredOnce() throws {
    let run = try trained(there, epochs: 2)
    _ = try there.fork(run, at: 2, as: newRun("fork"))
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    let count = "SELECT count(*), sum(size) FROM blob"
    #expect(try here.query(count).rows == there.query(count).rows)
  }

  @Test func checkpointsThatWereDroppedHereStayAway() throws {
    _ = try trained(there, epochs: 4)
    #expect(try StoreMerge(into: here).merge(otherPath).isWhole)
    try here.dropCheckpoints(of: RunNumber(1), keepingEpochs: [])
    #expect(try StoreMerge(into: here).merge(otherPath).runs.map(\.outcome) == [.unchanged])
    #expect(try here.checkpoints(of: RunNumber(1)).map(\.epoch) == [4])
  }

  @Test func aStoreIsNotMergedIntoItself() throws {
    _ = try trained(here, epochs: 1)
    let path = folder.file("here.sqlite")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.sqlite"), withDestinationPath: path)
    try FileManager.default.linkItem(atPath: path, toPath: folder.file("hard.sqlite"))
    for name in [
      "here.sqlite", "link.sqlite", "hard.sqlite",
      "../" + URL(filePath: folder.path).lastPathComponent + "/here.sqlite",
    ] {
      guard case .refused(let reason)? = storeError({ _ = try StoreMerge(into: here).merge(folder.file(name)) }) else {
        Issue.record("\(name) is the store itself")
        continue
      }
      #expect(reason.contains("is the store itself"))
    }
    #expect(try here.runs().count == 1)
  }

  @Test func whatIsNoStoreIsRefused() throws {
    try Data("no database at all".utf8).write(to: URL(filePath: folder.file("text")))
    #expect(
      storeError { _ = try StoreMerge(into: here).merge(folder.file("text")) }
        == .notADatabase(path: folder.file("text")))
    let missing = folder.file("none.sqlite")
    #expect(storeError { _ = try StoreMerge(into: here).merge(missing) } == .missing(path: missing))
    #expect(!FileManager.default.fileExists(atPath: missing))
    let reader = try RunStore(path: folder.file("here.sqlite"), access: .read)
    guard case .unwritable? = storeError({ _ = try StoreMerge(into: reader).merge(otherPath) }) else {
      Issue.record("a store opened for reading takes nothing")
      return
    }
  }
}
