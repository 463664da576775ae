// Event files that TensorBoard and tensorboardX wrote, against what TensorBoard reads (Tests/Fixtures/tensorboard).
import Exchange
import Foundation
import Imports
import Maintenance
import RunStore
import TestSupport
import Testing

private struct ExpectedEvent: Decodable {
  let step: Int
  let time: Double
  let value: Double

  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    step = try container.decode(Int.self)
    time = try container.decode(Double.self)
    value = double(bits: try container.decode(String.self))
  }
}

private let expectedLogs: [String: [String: [ExpectedEvent]]] = {
  let data = FileManager.default.contents(atPath: fixture("tensorboard/expected.json").path) ?? Data()
  return (try? JSONDecoder().decode([String: [String: [ExpectedEvent]]].self, from: data)) ?? [:]
}()

@Suite(.timeLimit(.minutes(20))) struct TensorBoardTests {
  private let logs = fixture("tensorboard/logs").path

  @Test func everyFolderIsARunWithItsNumbers() throws {
    let room = try Room()
    defer { room.remove() }
    let report = try importRuns(from: logs, into: room.store)
    #expect(report.format == .tensorboard && report.isWhole)
    #expect(expectedLogs.count == 5)
    let runs = try room.store.runs()
    #expect(runs.map(\.name).sorted() == expectedLogs.keys.sorted())
    for run in runs {
      let expected = try #require(expectedLogs[run.name])
      #expect(run.experiment == "logs" && run.status == .interrupted)
      #expect(try room.store.summaries(of: run.number).map(\.series) == expected.keys.sorted())
      for (series, events) in expected {
        // TensorBoard keeps a step that was written twice twice; here the last one counts.
        let values = Dictionary(events.map { ($0.step, $0.value) }) { _, last in last }
        let points = try room.store.history(of: run.number, series: [series])
        #expect(points.map(\.step) == values.keys.sorted())
        for point in points {
          let value = try #require(values[point.step])
          #expect(same(point.value, value), "\(series) of \(run.name) at \(point.step)")
        }
      }
      #expect(try Doctor(room.store).verify(run: run.number).isEmpty)
      let origin = try #require(run.origin.flatMap(RunOrigin.init(json:)))
      #expect(origin.kind == "tensorboard" && origin.run == run.name)
    }
  }

  @Test func unsupportedEntriesAreReported() throws {
    let room = try Room()
    defer { room.remove() }
    let report = try importRuns(from: logs, into: room.store)
    func remarks(_ name: String) throws -> [String] {
      try report.remarks[#require(room.store.runs().first { $0.name == name }).uuid] ?? []
    }
    #expect(try remarks("old").contains { $0.hasPrefix("1 value gave way") })
    #expect(try remarks("old").contains { $0.contains("2 values of other kinds") })
    #expect(try remarks("resumed") == ["3 values from the step of a restart on skipped, as TensorBoard does"])
    #expect(try remarks("truncated").count == 1)
    #expect(try remarks("truncated")[0].hasSuffix("are an unfinished record"))
    #expect(try remarks("sweep/a/train").isEmpty)
  }

  @Test func importingAgainChangesNothingWhereverTheFilesAre() throws {
    let room = try Room()
    defer { room.remove() }
    _ = try importRuns(from: logs, into: room.store)
    let before = try room.store.query("SELECT * FROM all_runs").rows
    #expect(try importRuns(from: logs, into: room.store).merge.runs.allSatisfy { $0.outcome == .unchanged })
    // One file of the folder is the same run, though its name here is another: that is said.
    let file = logs + "/old/events.out.tfevents.1700000000.host"
    let alone = try importRuns(from: file, into: room.store)
    #expect(alone.merge.runs.map(\.outcome) == [.unchanged])
    #expect(try room.store.query("SELECT * FROM all_runs").rows == before)
  }

  @Test func aFileThatGrewMeanwhileGrowsHere() throws {
    let room = try Room()
    defer { room.remove() }
    let folder = room.folder.path + "/logs/a"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let whole = try #require(
      FileManager.default.contents(atPath: logs + "/sweep/a/train/events.out.tfevents.1700000000.host"))
    let path = folder + "/events.out.tfevents.1700000000.host"
    try whole.prefix(whole.count - 10).write(to: URL(filePath: path))
    let first = try importRuns(from: room.folder.path + "/logs", into: room.store)
    #expect(first.merge.runs.map(\.epochs) == [2])
    try whole.write(to: URL(filePath: path))
    let second = try importRuns(from: room.folder.path + "/logs", into: room.store)
    #expect(second.merge.runs.map(\.outcome) == [.extended])
    #expect(second.merge.runs.map(\.epochs) == [1])
    #expect(try room.store.runs().map(\.epoch) == [3])
  }

  /// Every single byte that changes is noticed by a checksum.
  @Test func aChangedByteKeepsTheRunOut() throws {
    let whole = try #require(
      FileManager.default.contents(atPath: logs + "/sweep/a/train/events.out.tfevents.1700000000.host"))
    for place in stride(from: 24, to: whole.count, by: 41) {
      let room = try Room()
      defer { room.remove() }
      let folder = room.folder.path + "/logs"
      for (name, changed) in [("fine", false), ("changed", true)] {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        var bytes = Array(whole)
        if changed { bytes[place] ^= 0x10 }
        // Another name, so that the two aren't one run.
        try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)/events.out.tfevents.\(name)"))
      }
      let report = try importRuns(from: folder, into: room.store)
      #expect(!report.isWhole)
      #expect(report.unreadable.map(\.name) == ["changed"], "byte \(place)")
      #expect(try room.store.runs().map(\.name) == ["fine"])
    }
  }

  @Test func aCopyOfARunIsDistinguishedFromAnotherRun() throws {
    let room = try Room()
    defer { room.remove() }
    let folder = room.folder.path + "/logs"
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: logs + "/old/events.out.tfevents.1700000000.host",
        toPath: "\(folder)/\(name)/events.out.tfevents.1700000000.host")
    }
    let report = try importRuns(from: folder, into: room.store)
    #expect(report.unreadable.map(\.name) == ["b"])
    #expect(try room.store.runs().map(\.name) == ["a"])
  }

  @Test func aFolderWithoutEventFilesIsNamed() throws {
    let room = try Room()
    defer { room.remove() }
    #expect(throws: ImportError.self) { try importRuns(from: room.folder.path, into: room.store) }
  }
}
