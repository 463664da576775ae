// A store that MLflow wrote, against what MLflow's own client reads from it (Tests/Fixtures/mlflow/generate.py).
import Digests
import Exchange
import Foundation
import Imports
import Maintenance
import RunStore
import TestSupport
import Testing

/// A separate folder with a store in it.
struct Room {
  let folder: URL
  let store: RunStore

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "fastsim-imports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try RunStore(path: folder.path + "/fastsim.sqlite", access: .write)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func run(_ uuid: String) throws -> RunRecord {
    try #require(store.runs(RunQuery(trash: .with)).first { $0.uuid == uuid })
  }
}

func double(bits: String) -> Double {
  UInt64(bits, radix: 16).map { Double(bitPattern: $0) } ?? .nan
}

/// Equal bits; every NaN counts as one.
func same(_ left: Double, _ right: Double) -> Bool {
  left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
}

private struct ExpectedRun: Decodable {
  let uuid: String
  let name: String
  let experiment: String
  let status: String
  let start: Int64
  let end: Int64?
  let deleted: Bool
  let params: [String: String]
  let tags: [String: String]
  let history: [String: [[Item]]]
  let inputs: [[Input]]

  enum Item: Decodable {
    case integer(Int64)
    case bits(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let integer = try? container.decode(Int64.self) {
        self = .integer(integer)
      } else {
        self = .bits(try container.decode(String.self))
      }
    }
  }

  enum Input: Decodable {
    case text(String)
    case tags([String: String])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .tags(try container.decode([String: String].self))
      }
    }
  }

  var dashed: String {
    let digits = Array(uuid)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }

  /// By series and step, the value that counts: the last by time, the larger one of a moment.
  func values(of series: String) -> [Int64: Double] {
    var latest: [Int64: (Int64, Double)] = [:]
    for item in history[series] ?? [] {
      guard case .integer(let step) = item[0], case .integer(let time) = item[1], case .bits(let bits) = item[2] else {
        continue
      }
      let value = double(bits: bits)
      if let known = latest[step], known.0 > time || (known.0 == time && known.1 > value) { continue }
      latest[step] = (time, value)
    }
    return latest.mapValues(\.1)
  }
}

private let expectedRuns: [ExpectedRun] = {
  let data = FileManager.default.contents(atPath: fixture("mlflow/expected.json").path) ?? Data()
  return (try? JSONDecoder().decode([ExpectedRun].self, from: data)) ?? []
}()

@Suite(.timeLimit(.minutes(20))) struct MLflowTests {
  @Test func everyRunComesWithWhatMLflowKnowsOfIt() throws {
    let room = try Room()
    defer { room.remove() }
    let before = FileManager.default.contents(atPath: fixture("mlflow/mlflow.db").path)
    let report = try importRuns(from: fixture("mlflow/mlflow.db").path, into: room.store)
    #expect(report.format == .mlflow && report.isWhole)
    #expect(expectedRuns.count == 10)
    #expect(report.merge.runs.count == expectedRuns.count)
    #expect(FileManager.default.contents(atPath: fixture("mlflow/mlflow.db").path) == before)
    for expected in expectedRuns {
      let run = try room.run(expected.dashed)
      #expect(run.name == expected.name && run.experiment == expected.experiment)
      let status: RunStatus =
        switch expected.status {
        case "FINISHED": .finished
        case "FAILED": .failed
        default: .interrupted
        }
      #expect(run.status == status)
      #expect((run.trashed != nil) == expected.deleted)
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      #expect(try milliseconds(#require(run.started), style) == expected.start)
      #expect(try run.ended.map { try milliseconds($0, style) } == expected.end)
      #expect(run.programDigest == NewRun.noProgram)
      let origin = try #require(run.origin.flatMap(RunOrigin.init(json:)))
      #expect(origin.kind == "mlflow" && origin.run == expected.uuid && origin.file.hasSuffix("mlflow.db"))
      let special = ["mlflow.note.content", "mlflow.parentRunId", "mlflow.runName"]
      let tags = try room.store.tags(of: run.number).map { ($0.key, $0.value) }
      #expect(Dictionary(uniqueKeysWithValues: tags) == expected.tags.filter { !special.contains($0.key) })
      #expect(
        try room.store.notes(of: run.number).map(\.text) == expected.tags["mlflow.note.content"].map { [$0] } ?? [])
      #expect(try room.store.parameters(of: run.number).map(\.path) == expected.params.keys.sorted())
      #expect(try room.store.summaries(of: run.number).map(\.series) == expected.history.keys.sorted())
      let shift = expected.name == "before-the-beginning" ? Int64(3) : 0
      for series in expected.history.keys {
        let values = expected.values(of: series)
        let points = try room.store.history(of: run.number, series: [series])
        #expect(points.map { Int64($0.step) - shift } == values.keys.sorted(), "\(series) of \(expected.name)")
        for point in points {
          let value = try #require(values[Int64(point.step) - shift])
          #expect(same(point.value, value), "\(series) at \(point.step): \(point.value), \(value)")
        }
      }
      #expect(try Doctor(room.store).verify(run: run.number).isEmpty)
    }
  }

  private func milliseconds(_ text: String, _ style: Date.ISO8601FormatStyle) throws -> Int64 {
    Int64((try Date(text, strategy: style).timeIntervalSince1970 * 1000).rounded())
  }

  @Test func anImportLeavesTheStoreInOrder() throws {
    let room = try Room()
    defer { room.remove() }
    _ = try importRuns(from: fixture("mlflow/mlflow.db").path, into: room.store)
    _ = try importRuns(from: fixture("tensorboard/logs").path, into: room.store)
    #expect(try Doctor(room.store).diagnose().isClean)
  }

  @Test func stepsBecomeEpochs() throws {
    let room = try Room()
    defer { room.remove() }
    let report = try importRuns(from: fixture("mlflow/mlflow.db").path, into: room.store)
    let expected = try #require(expectedRuns.first { $0.name == "rate-0" })
    let run = try room.run(expected.dashed)
    let epochs = try room.store.epochs(of: run.number)
    #expect(epochs.map(\.epoch) == Array(1...epochs.count))
    #expect(epochs.map(\.step) == [0, 1, 2, 5, 8, 10, 20, 30, 40, 50, 100, 300])
    #expect(run.epoch == 12 && run.step == 300)
    let odd = try room.store.history(of: run.number, series: ["odd"]).map(\.value)
    #expect(odd[0].isNaN)
    // MLflow stores infinities as the largest double, and so they stay.
    #expect(odd[1] == .greatestFiniteMagnitude && odd[2] == -.greatestFiniteMagnitude)
    #expect(odd[3] == .leastNonzeroMagnitude && odd[4] == 1.0 / 3)
    // loss at step 2 was logged again, and again at step 5 three times.
    #expect(report.remarks[run.uuid]?.contains { $0.hasPrefix("3 values gave way") } == true)
    #expect(try room.store.history(of: run.number, series: ["again"]).map(\.value) == [3, 4])
    #expect(try room.store.history(of: run.number, series: ["loss"]).first { $0.step == 2 }?.value == 7.5)
    let early = try #require(expectedRuns.first { $0.name == "before-the-beginning" })
    #expect(report.remarks[early.dashed] == ["steps are MLflow's plus 3, for its first one is -3"])
    #expect(try room.store.epochs(of: room.run(early.dashed).number).map(\.step) == [0, 2, 3, 7])
  }

  @Test func nestedRunsKnowTheirParents() throws {
    let room = try Room()
    defer { room.remove() }
    _ = try importRuns(from: fixture("mlflow/mlflow.db").path, into: room.store)
    let scan = try room.run(#require(expectedRuns.first { $0.name == "scan" }).dashed)
    let children = try room.store.runs().filter { $0.parent == scan.number }
    #expect(children.map(\.name).sorted() == ["rate-0", "rate-1"])
    #expect(try room.store.runs().filter { $0.parent != nil }.count == 2)
  }

  @Test func filesAndInputsComeAlong() throws {
    let room = try Room()
    defer { room.remove() }
    _ = try importRuns(from: fixture("mlflow/mlflow.db").path, into: room.store)
    let run = try room.run(#require(expectedRuns.first { $0.name == "rate-1" }).dashed).number
    #expect(try room.store.artifacts(of: run).map(\.name) == ["config/settings.txt", "mlflow-inputs.json"])
    #expect(try room.store.artifact(named: "config/settings.txt", of: run).bytes == Array("epochs: 3\n".utf8))
    let inputs = try room.store.artifact(named: "mlflow-inputs.json", of: run).bytes
    let list = try #require(try JSONSerialization.jsonObject(with: Data(inputs)) as? [[String: Any]])
    #expect(list.map { $0["name"] as? String } == ["toy-kaons"])
    #expect((list[0]["tags"] as? [String: String])?["mlflow.data.context"] == "training")
    // Eight digits of MLflow's name no dataset here.
    #expect(try room.store.allDatasets().isEmpty)
  }

  @Test func importingAgainChangesNothing() throws {
    let room = try Room()
    defer { room.remove() }
    let path = fixture("mlflow/mlflow.db").path
    let dry = try importRuns(from: path, into: room.store, dryRun: true)
    #expect(dry.merge.runs.allSatisfy { $0.outcome == .added })
    #expect(try room.store.runs(RunQuery(trash: .with)).isEmpty)
    _ = try importRuns(from: path, into: room.store)
    let before = try room.store.query("SELECT * FROM all_runs").rows
    let report = try importRuns(from: path, into: room.store)
    #expect(report.isWhole && report.merge.runs.allSatisfy { $0.outcome == .unchanged })
    #expect(try room.store.query("SELECT * FROM all_runs").rows == before)
  }

  /// What MLflow logs after an import continues here; what it changes in the past is reported.
  @Test func aRunThatGrewMeanwhileGrowsHere() throws {
    let room = try Room()
    defer { room.remove() }
    let path = room.folder.path + "/copy.db"
    try FileManager.default.copyItem(atPath: fixture("mlflow/mlflow.db").path, toPath: path)
    _ = try importRuns(from: path, into: room.store)
    let running = try #require(expectedRuns.first { $0.name == "running" })
    try sqlite(
      path,
      """
      INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
        VALUES ('loss', 0.5, 1800000000000, '\(running.uuid)', 1, 0);
      UPDATE runs SET status = 'FINISHED', end_time = 1800000000001 WHERE run_uuid = '\(running.uuid)';
      """)
    let report = try importRuns(from: path, into: room.store)
    #expect(report.isWhole)
    #expect(report.merge.runs.filter { $0.outcome != .unchanged }.map(\.outcome) == [.extended])
    let run = try room.run(running.dashed)
    #expect(run.status == .finished && run.epoch == 2 && run.ended == "2027-01-15T08:00:00.001Z")
    try sqlite(path, "UPDATE metrics SET value = 9 WHERE run_uuid = '\(running.uuid)' AND step = 0")
    let other = try importRuns(from: path, into: room.store)
    #expect(!other.isWhole)
    #expect(other.merge.runs.first { $0.uuid == run.uuid }?.firstDifferingEpoch == 1)
  }

  @Test func aStoreOfOursIsNoMLflowStore() throws {
    let room = try Room()
    defer { room.remove() }
    let path = room.folder.path + "/other.sqlite"
    _ = try RunStore(path: path, access: .write)
    #expect(throws: ImportError.notMLflow(path: path, isFastsim: true)) {
      try importRuns(from: path, into: room.store)
    }
    try Data("text".utf8).write(to: URL(filePath: room.folder.path + "/text"))
    #expect(throws: ImportError.self) { try importRuns(from: room.folder.path + "/text", into: room.store) }
    #expect(throws: ImportError.missing(path: "/no/such/file")) {
      try importRuns(from: "/no/such/file", into: room.store)
    }
    #expect(throws: ImportError.self) {
      try importRuns(from: fixture("mlflow/mlflow.db").path, format: .tensorboard, into: room.store)
    }
  }

  /// MLflow's columns may hold anything that SQLite takes; an import answers or throws. In a separate process, which
  /// a trap would end.
  @Test func everyColumnMayHoldAnything() async {
    await #expect(processExitsWith: .success) {
      let room = try Room()
      defer { room.remove() }
      try damagedCopies(of: fixture("mlflow/mlflow.db").path, in: room.folder.path)
      let names = try FileManager.default.contentsOfDirectory(atPath: room.folder.path).sorted()
      let copies = names.filter { $0.hasPrefix("copy-") }
      precondition(copies.count > 100)
      for copy in copies {
        // Written first, so that the last line before a trap says where it was.
        print(copy)
        let store = try RunStore(path: room.folder.path + "/store-\(copy)", access: .write)
        do {
          _ = try importRuns(from: room.folder.path + "/" + copy, into: store)
        } catch let error where error is ImportError || error is StoreError {
          precondition(!"\(error)".contains("\n"))
        }
        let findings = try Doctor(store).diagnose().findings
        precondition(findings.isEmpty, "\(findings)")
      }
    }
  }
}

/// Copies of a database with each column of each table that an import reads set to each of several values.
private func damagedCopies(of path: String, in folder: String) throws {
  let script = """
    import shutil, sqlite3, sys
    source, folder = sys.argv[1:]
    tables = ["runs", "metrics", "tags", "params", "experiments", "inputs", "datasets", "input_tags"]
    with sqlite3.connect(source) as db:
        columns = [(table, row[1]) for table in tables for row in db.execute(f"PRAGMA table_info({table})")]
    for table, column in columns:
        for number, value in enumerate(["NULL", "'a' || char(10)", "-9223372036854775808"]):
            path = f"{folder}/copy-{table}-{column}-{number}.db"
            shutil.copyfile(source, path)
            db = sqlite3.connect(path)
            db.executescript("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
            db.close()
            db = sqlite3.connect(path)
            db.executescript("PRAGMA ignore_check_constraints = ON")
            row = db.execute(f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET 1").fetchone()
            try:
                db.execute(f'UPDATE {table} SET "{column}" = {value} WHERE rowid = ?', row or (1,))
            except sqlite3.IntegrityError:
                pass  # a key: the copy stays as it is
            db.commit()
            db.close()
    """
  try python(script, path, folder)
}

/// Changes a database as its own program does.
private func sqlite(_ path: String, _ sql: String) throws {
  try python("import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", path, sql)
}

@Suite(.timeLimit(.minutes(20))) struct ParameterTextTests {
  @Test(arguments: [
    ("10", ParameterValue.integer(10)), ("-3", .integer(-3)), ("0", .integer(0)), ("007", .text("007")),
    ("+5", .text("+5")), ("-0", .text("-0")), ("9223372036854775807", .integer(.max)),
    ("9223372036854775808", .text("9223372036854775808")), ("0.001", .real(0.001)), ("1e-3", .real(0.001)),
    ("1E5", .real(100_000)), ("-0.0", .real(-0.0)), ("0.1", .real(0.1)),
    ("0.30000000000000004", .real(0.30000000000000004)), ("0.3000000000000000400", .real(0.30000000000000004)),
    ("0.30000000000000001", .text("0.30000000000000001")),
    ("0.1000000000000000055511151231257827", .text("0.1000000000000000055511151231257827")),
    ("1e400", .text("1e400")), ("5e-324", .real(.leastNonzeroMagnitude)), ("1.50", .real(1.5)), (".5", .text(".5")),
    ("0x10", .text("0x10")),
    ("1_000", .text("1_000")), ("True", .boolean(true)), ("false", .boolean(false)), ("TRUE", .text("TRUE")),
    ("inf", .real(.infinity)), ("-inf", .real(-.infinity)), ("None", .text("None")), ("", .text("")),
    ("1e3 ", .text("1e3 ")),
  ])
  func nothingIsLost(_ text: String, _ expected: ParameterValue) {
    let value = ParameterValue(parameterText: text)
    #expect(value == expected)
    if case .real(let real) = value, case .real(let wanted) = expected { #expect(real.bitPattern == wanted.bitPattern) }
  }

  @Test func aNaNIsReal() {
    guard case .real(let value) = ParameterValue(parameterText: "nan") else {
      Issue.record("nan is a real number that is none")
      return
    }
    #expect(value.isNaN)
  }
}
