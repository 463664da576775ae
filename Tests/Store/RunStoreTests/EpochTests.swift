// Epochs: what is stored is read back, complete or not at all.
import Digests
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct EpochTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  static let values: [Double] = [
    .nan, .infinity, -.infinity, -0.0, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0.1, 1 / 3,
    .greatestFiniteMagnitude, 9_007_199_254_740_992,
  ]

  @Test(arguments: values) func everyValueComesBackBitForBit(value: Double) throws {
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    var record = epoch(1, of: run)
    record.points = [("loss", value)]
    record.traces = [("loss", 1, [value, 1, value])]
    record.metrics = [
      MetricRecord(epoch: 1, step: 10, role: "validation", name: "distance", value: value, uncertainty: 0.5)
    ]
    try store.commit(record, in: attempt)
    let bits = value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern
    #expect(try store.history(of: run).map(\.value.bitPattern) == [bits])
    #expect(try store.history(of: run, steps: true).map(\.value.bitPattern) == [bits, 1.0.bitPattern, bits])
    #expect(try store.metrics(of: run).map(\.value.bitPattern) == [bits])
    #expect(try store.summaries(of: run).map(\.last.bitPattern) == [bits])
    let query = RunQuery(metricColumns: ["distance"])
    #expect(try store.runs(query).map { $0.metrics["distance"]?.bitPattern } == [bits])
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func aRunComesBackAsItWasStored() throws {
    let parameters: [(path: String, value: ParameterValue)] = [
      ("checkpoint.keep", .null), ("data.weights", .boolean(true)), ("model.latent", .integer(64)),
      ("model.objective", .text("cramer")), ("training.rate", .real(.infinity)),
    ]
    let run = try store.create(newRun(seed: .max, parameters: parameters, datasets: [dataset()]))
    let record = try store.run(run)
    #expect(record.number == RunNumber(1))
    #expect(record.name == "rich-kaon")
    #expect(record.experiment == "rich")
    #expect(record.seed == .max)
    #expect(record.status == .interrupted)
    #expect(record.parameterCount == 42)
    #expect(record.uuid.count == 36)
    #expect(record.programDigest == Digest(of: "program"))
    #expect(try store.parameters(of: run).map(\.path) == parameters.map(\.path))
    #expect(try store.parameters(of: run).map(\.value) == parameters.map(\.value))
    #expect(try store.configuration(of: run).yaml == "seed: 1 # as written\n")
    let datasets = try store.datasets(of: run)
    #expect(datasets.map(\.role) == ["train"])
    #expect(datasets.map(\.weightSum) == [2.5])
    #expect(datasets.first?.columns.map(\.name) == ["P", "RichDLLk", "sWeight"])
    #expect(datasets.first?.splitDigest == Digest(of: "split"))
    #expect(try store.allDatasets().map(\.runs) == [[run]])
    #expect(storeError { _ = try store.run(RunNumber(99)) } == .noSuchRun(reference: "99", nearest: nil))
  }

  @Test func aCheckpointComesBackWithItsBytes() throws {
    let run = try trained(store, epochs: 3)
    let last = try #require(try store.checkpoint(of: run))
    #expect(last.epoch == 3)
    #expect(last.tensors == tensors(3).sorted { $0.name < $1.name })
    #expect(try store.checkpoint(of: run, epoch: 2)?.tensors == tensors(2).sorted { $0.name < $1.name })
    #expect(try store.checkpoint(of: run, epoch: 9) == nil)
    #expect(try store.run(run).parameterDigest == parameterDigest(of: tensors(3)))
    // Eight floats thrice, two of them alike, and a transform that all three checkpoints share.
    #expect(try store.query("SELECT count(*) FROM blob").rows == [[.integer(3 * 2 + 1)]])
  }

  @Test func bytesBeyondAChunkComeBack() throws {
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(1, of: run, floats: 700_000), in: attempt)
    #expect(
      try store.checkpoint(of: run)?.tensors.first { $0.name == "critic.0.bias" } == tensors(1, floats: 700_000)[1])
    try store.end(attempt, outcome: .finished)
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func retrainingReplacesWhatCameAfter() throws {
    let run = try trained(store, epochs: 5)
    let once = try store.epochs(of: run).map(\.chainDigest)
    try store.addMetrics(
      [2, 4].map { MetricRecord(epoch: $0, step: 1, role: "test", name: "ks", value: 0.5) }, to: run)
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(3, of: run, loss: 7), in: attempt)
    #expect(try store.run(run).epoch == 3)
    #expect(try store.run(run).step == 30)
    #expect(try store.run(run).seconds == 1.5)
    #expect(try store.history(of: run, series: ["generator_loss"]).map(\.value) == [1, 0.5, 7])
    #expect(try store.history(of: run, series: ["generator_loss"], steps: true).count == 30)
    #expect(try store.metrics(of: run).map(\.epoch) == [2])
    #expect(try store.checkpoints(of: run).map(\.epoch) == [1, 2, 3])
    #expect(try store.summaries(of: run).first { $0.series == "generator_loss" }?.maximum == 7)
    #expect(try Doctor(store).verify(run: run).isEmpty)
    // The same epochs again give the same chain, and leave no orphan behind.
    for number in 3...5 { try store.commit(epoch(number, of: run), in: attempt) }
    #expect(try store.epochs(of: run).map(\.chainDigest) == once)
    #expect(try store.query("SELECT count(*) FROM blob").rows == [[.integer(5 * 2 + 1)]])
    #expect(try store.query("SELECT count(*) FROM blob_chunk").rows == [[.integer(5 * 2 + 1)]])
    try store.end(attempt, outcome: .finished)
    #expect(try store.attempts(of: run).map(\.outcome) == [.finished, .finished])
  }

  @Test func anEpochWithoutItsForerunnerIsRefused() throws {
    let run = try trained(store, epochs: 2)
    let attempt = try store.beginAttempt(of: run, machine)
    #expect(
      storeError { try store.commit(epoch(4, of: run), in: attempt) } == .noSuchEpoch(run: run, epoch: 3, last: 2))
    try store.end(attempt, outcome: .interrupted)
    #expect(storeError { try store.commit(epoch(3, of: run), in: attempt) } == .attemptEnded(run: run, attempt: 2))
  }

  @Test func recordsThatContradictThemselvesAreRefused() throws {
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    let mistakes: [(inout EpochRecord) -> Void] = [
      { $0.epoch = 0 }, { $0.step = -1 }, { $0.seconds = .nan }, { $0.points = [("a", 1), ("a", 2)] },
      { $0.points = [("line\nbreak", 1)] }, { $0.traces = [("", 1, [])] }, { $0.parameterDigest = Digest(of: "other") },
      { $0.checkpoint?.tensors[0].bytes.removeLast() }, { $0.checkpoint?.tensors[0].shape = [.max, 2] },
      { $0.checkpoint?.step = 3 }, { $0.run = RunNumber(77) },
    ]
    for mistake in mistakes {
      var record = epoch(1, of: run)
      mistake(&record)
      guard case .refused? = storeError({ try store.commit(record, in: attempt) }) else {
        Issue.record("\(record) must be refused")
        continue
      }
    }
    #expect(try store.epochs(of: run).isEmpty)
    var config = newRun()
    config.config.digest = Digest(of: "other")
    guard case .refused? = storeError({ _ = try store.create(config) }) else {
      Issue.record("a config must agree with its digest")
      return
    }
  }

  @Test func aCommitThatFailsMidwayLeavesNothing() throws {
    let run = try trained(store, epochs: 2)
    let before = try store.query("SELECT * FROM series_summary").rows
    try tamper(
      store.path,
      """
      CREATE TRIGGER refuse BEFORE INSERT ON checkpoint_tensor WHEN NEW.name = 'transform.P'
      BEGIN SELECT RAISE(ABORT, 'midway'); END
      """)
    let attempt = try store.beginAttempt(of: run, machine)
    guard case .database? = storeError({ try store.commit(epoch(1, of: run, loss: 9), in: attempt) }) else {
      Issue.record("the trigger must stop the commit")
      return
    }
    #expect(try store.history(of: run, series: ["generator_loss"]).map(\.value) == [1, 0.5])
    #expect(try store.query("SELECT * FROM series_summary").rows == before)
    #expect(try store.checkpoints(of: run).map(\.epoch) == [1, 2])
    try tamper(store.path, "DROP TRIGGER refuse")
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func aFullDiskLeavesTheStoreAsItWas() throws {
    let small = try folder.store("small.sqlite", settings: StoreSettings(pageLimit: 150))
    let run = try trained(small, epochs: 2)
    let attempt = try small.beginAttempt(of: run, machine)
    let large = epoch(3, of: run, floats: 262_144)
    #expect(storeError { try small.commit(large, in: attempt) } == .diskFull(path: small.file))
    #expect(try small.epochs(of: run).count == 2)
    #expect(try Doctor(small).verify(run: run).isEmpty)
    // With free space the same record is stored.
    try small.end(attempt, outcome: .failed, message: "no space")
    let roomy = try folder.store("small.sqlite")
    let next = try roomy.beginAttempt(of: run, machine)
    try roomy.commit(large, in: next)
    #expect(try Doctor(roomy).verify(run: run).isEmpty)
    #expect(try roomy.attempts(of: run).map(\.message) == [nil, "no space", nil])
  }

  @Test func aStateInsideAnEpochIsSeenByResumeOnly() throws {
    let run = try store.create(newRun())
    let attempt = try store.beginAttempt(of: run, machine)
    try store.commit(epoch(1, of: run), in: attempt)
    for step in [13, 16] {
      let state = tensors(step)
      try store.commitPartial(
        PartialEpochRecord(
          run: run, epoch: 2, traces: [("generator_loss", 11, [.nan, Double(step)])],
          parameterDigest: parameterDigest(of: state), checkpoint: NewCheckpoint(step: step, tensors: state)),
        in: attempt)
    }
    let last = try #require(try store.checkpoint(of: run))
    #expect(last.partial)
    #expect(last.step == 16)
    #expect(last.traces.map(\.firstStep) == [11])
    #expect(last.traces.first?.values.last == 16)
    #expect(try store.history(of: run, steps: true).allSatisfy { $0.step <= 10 })
    #expect(try store.run(run).epoch == 1)
    #expect(try store.run(run).step == 16)
    #expect(try Doctor(store).verify(run: run).isEmpty)
    try store.commit(epoch(2, of: run), in: attempt)
    #expect(try store.checkpoints(of: run).map(\.partial) == [false, false])
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func droppedCheckpointsTakeTheirBytesAlong() throws {
    let run = try trained(store, epochs: 6)
    try store.dropCheckpoints(of: run, keepingEpochs: [2])
    #expect(try store.checkpoints(of: run).map(\.epoch) == [2, 6])
    #expect(try store.query("SELECT count(*) FROM blob").rows == [[.integer(2 * 2 + 1)]])
    #expect(try Doctor(store).verify(run: run).isEmpty)
  }

  @Test func theDigestsAreThoseOfTheHandbook() throws {
    let run = try trained(store, epochs: 2)
    let output = try python(
      """
      import hashlib, sqlite3, struct, sys
      db = sqlite3.connect(sys.argv[1])
      def f8(value): return struct.pack('<d', value) if value is not None else bytes.fromhex('000000000000f87f')
      previous = '-'
      for epoch, step, parameters in db.execute('SELECT epoch, step, parameter_digest FROM epoch ORDER BY epoch').fetchall():
          h = hashlib.sha256(f'fastsim epoch 1\\n{previous}\\n{epoch}\\n{step}\\n'.encode())
          for name, value in db.execute('SELECT name, value FROM point JOIN series ON series.id = series WHERE epoch = ? ORDER BY name', (epoch,)):
              h.update(f'point\\t{name}\\n'.encode() + f8(value))
          for name, first, values in db.execute('SELECT name, first_step, "values" FROM trace JOIN series ON series.id = series WHERE epoch = ? ORDER BY name', (epoch,)):
              h.update(f'trace\\t{name}\\t{first}\\t{len(values) // 8}\\n'.encode() + values)
          h.update(f'parameters\\t{parameters}\\n'.encode())
          previous = h.hexdigest()
      print(previous)
      h = hashlib.sha256(b'fastsim parameters 1\\n')
      for name, shape, kind, data in db.execute('''SELECT name, shape, type, bytes FROM checkpoint
          JOIN checkpoint_tensor ON checkpoint = checkpoint.id JOIN blob_chunk ON blob_chunk.blob = checkpoint_tensor.blob
          WHERE epoch = 2 AND role = 'parameter' ORDER BY name'''):
          h.update(f'{name}\\t{shape}\\t{kind}\\n'.encode() + data)
      print(h.hexdigest())
      """, store.path)
    let record = try store.run(run)
    #expect(output == "\(record.chainDigest?.hex ?? "")\n\(record.parameterDigest?.hex ?? "")\n")
  }
}
