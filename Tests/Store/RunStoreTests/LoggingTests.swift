// A run that another program logs: what a call reported as stored is stored, complete epochs, in order, bit for bit.
import Digests
import Foundation
import Maintenance
import RunStore
import StoreFixtures
import Testing

@Suite(.timeLimit(.minutes(20))) struct LoggingTests {
  let folder: Folder
  let store: RunStore

  init() throws {
    folder = try Folder()
    store = try folder.store()
  }

  /// What somebody else sees in the file at this moment.
  private func elsewhere() throws -> RunStore { try RunStore(path: store.path, access: .read) }

  @Test func aRunIsThereWhenItBegins() throws {
    let run = try store.begin(
      "fit", experiment: "rich", seed: .max,
      parameters: [
        "rate": 0.001, "layers": 3, "activation": "relu", "bias": true, "limit": .real(.nan), "none": .null,
      ],
      tags: ["sample": "2018"])
    let record = try elsewhere().run(run.number)
    #expect(record.name == "fit")
    #expect(record.status == .running)
    #expect(record.experiment == "rich")
    #expect(record.seed == .max)
    #expect(record.programDigest == NewRun.noProgram)
    #expect(NewRun.noProgram == Digest(of: "fastsim program 1\n"))
    #expect(record.parameterDigest == nil)
    #expect(try store.tags(of: run.number).map { "\($0.key)=\($0.value)" } == ["sample=2018"])
    let parameters = try store.parameters(of: run.number)
    #expect(parameters.map(\.path) == ["activation", "bias", "layers", "limit", "none", "rate"])
    #expect(parameters.map(\.value).dropLast(3) == [.text("relu"), .boolean(true), .integer(3)])
    #expect(parameters.map(\.value).suffix(2) == [.null, .real(0.001)])
    let attempt = try #require(try store.attempts(of: run.number).first)
    #expect(attempt.process == Machine.current.process)
    #expect(attempt.attempt.host == Machine.current.host)
    try run.finish()
    #expect(try elsewhere().run(run.number).status == .finished)
    #expect(try Doctor(store).verify(run: run.number).isEmpty)
  }

  @Test func theSameParametersAreOneConfiguration() throws {
    let first = try store.begin("a", parameters: ["x": 0.1, "a/b": "ü"])
    let second = try store.begin("b", parameters: ["a/b": "ü", "x": 0.1])
    let third = try store.begin("c", parameters: ["a/b": "ü", "x": 0.2])
    let digests = try [first, second, third].map { try store.run($0.number).configDigest }
    #expect(digests[0] == digests[1])
    #expect(digests[0] != digests[2])
    #expect(try store.configuration(of: first.number).json == #"{"a/b":"ü","x":0.1}"#)
    #expect(try store.query("SELECT count(*) FROM config").rows == [[.integer(2)]])
  }

  @Test func stepsWaitForTheEndOfTheirEpoch() throws {
    let run = try store.begin("fit")
    for step in 1...3 { try run.log(["loss": 1 / Double(step), "rate": 0.5]) }
    #expect(try elsewhere().epochs(of: run.number).isEmpty)
    #expect(try run.endEpoch(["validation": 7, "rate": 0.25]) == 1)
    let other = try elsewhere()
    // The mean over the steps, as a trained run has it, and what the program gave for the epoch.
    #expect(
      try other.history(of: run.number, series: ["loss", "rate", "validation"]).map(\.value)
        == [(1 + 0.5 + 1.0 / 3) / 3, 0.25, 7])
    let steps = try other.history(of: run.number, series: ["loss"], steps: true)
    #expect(steps.map(\.step) == [1, 2, 3])
    #expect(steps.map(\.value) == [1, 0.5, 1.0 / 3])
    #expect(try other.history(of: run.number, series: ["rate"], steps: true).map(\.value) == [0.5, 0.5, 0.5])
    try run.log(["loss": 9])
    try run.finish()
    #expect(try other.epochs(of: run.number).map(\.step) == [3, 4])
    #expect(try other.history(of: run.number, series: ["loss"], steps: true).map(\.value) == [1, 0.5, 1.0 / 3, 9])
    #expect(try other.run(run.number).parameterDigest == parameterDigest(of: []))
    #expect(try Doctor(store).verify(run: run.number).isEmpty)
  }

  @Test func anEpochOfNothingIsNone() throws {
    let run = try store.begin("fit")
    #expect(try run.endEpoch() == 0)
    try run.log(["loss": 1])
    #expect(try run.endEpoch() == 1)
    #expect(try run.endEpoch() == 1)
    try run.finish()
    #expect(try store.epochs(of: run.number).count == 1)
  }

  @Test(arguments: EpochTests.values) func everyValueComesBackBitForBit(value: Double) throws {
    let run = try store.begin("fit")
    for other in [value, 1, value] { try run.log(["loss": other]) }
    try run.checkpoint([TensorRecord("w", [value, 1])])
    try run.metric("distance", value)
    try run.finish()
    let bits = value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern
    let steps = try store.history(of: run.number, steps: true).map(\.value.bitPattern)
    #expect(steps == [bits, 1.0.bitPattern, bits])
    #expect(try store.metrics(of: run.number).map(\.value.bitPattern) == [bits])
    let tensor = try #require(try store.checkpoint(of: run.number)?.tensors.first)
    #expect(tensor.values(as: Double.self)?.map(\.bitPattern) == [value.bitPattern, 1.0.bitPattern])
    #expect(try Doctor(store).verify(run: run.number).isEmpty)
  }

  @Test func aCheckpointIsStoredWithItsEpoch() throws {
    let run = try store.begin("fit")
    try run.log(["loss": 1])
    let tensors = [
      TensorRecord("weight", [1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]),
      TensorRecord("count", [7] as [Int64], shape: []),
      TensorRecord("momentum", [0.5], role: .optimiser),
    ]
    #expect(try run.checkpoint(tensors, points: ["validation": 2]) == 1)
    let stored = try #require(try elsewhere().checkpoint(of: run.number))
    #expect(stored.epoch == 1)
    #expect(stored.tensors.sorted { $0.name < $1.name } == tensors.sorted { $0.name < $1.name })
    #expect(stored.parameterDigest == parameterDigest(of: tensors))
    #expect(stored.tensors.first { $0.name == "weight" }?.values(as: Float.self) == [1, 2, 3, 4, 5, 6])
    #expect(stored.tensors.first { $0.name == "weight" }?.values(as: Double.self) == nil)
    // A state without steps is an epoch of its own.
    #expect(try run.checkpoint(tensors) == 2)
    #expect(storeError { try run.checkpoint([TensorRecord("w", [1.0], shape: [3])]) } != nil)
    try run.finish(.failed, message: "no more")
    #expect(try store.checkpoints(of: run.number).map(\.epoch) == [1, 2])
    #expect(try store.attempts(of: run.number).map(\.message) == ["no more"])
    #expect(try store.run(run.number).status == .failed)
    #expect(try Doctor(store).verify(run: run.number).isEmpty)
  }

  @Test func metricsBelongToTheLastStoredEpoch() throws {
    let run = try store.begin("fit")
    try run.metric("auc", 0.5)
    try run.log(["loss": 1], step: 10)
    try run.metric("auc", 0.6)
    try run.endEpoch()
    try run.log(["loss": 1], step: 20)
    try run.metric("auc", 0.9, uncertainty: 0.1, role: "validation", bin: "P[0]")
    try run.finish()
    let metrics = try elsewhere().metrics(of: run.number)
    #expect(metrics.map(\.epoch) == [0, 1])
    #expect(metrics.map(\.step) == [0, 10])
    #expect(metrics.map(\.value) == [0.6, 0.9])
    #expect(metrics.map(\.role) == ["test", "validation"])
    #expect(metrics.last?.bin == "P[0]")
  }

  @Test func everyStepIsStoredWhereThatIsAsked() throws {
    let run = try store.begin("fit", storing: .steps(1))
    for step in [0, 10, 35] {
      try run.log(["loss": Double(step)], step: step)
      #expect(try elsewhere().run(run.number).step == step)
    }
    try run.finish()
    #expect(try store.history(of: run.number, steps: true).map(\.step) == [0, 10, 35])
    #expect(try store.query("SELECT count(*) FROM trace").rows == [[.integer(0)]])
    let tens = try store.begin("fit", storing: .steps(10))
    for _ in 1...25 { try tens.log(["loss": 1]) }
    #expect(try elsewhere().epochs(of: tens.number).map(\.step) == [10, 20])
    let always = try store.begin("fit", storing: .seconds(0))
    for _ in 1...3 { try always.log(["loss": 1]) }
    #expect(try elsewhere().epochs(of: always.number).map(\.step) == [1, 2, 3])
    let seldom = try store.begin("fit", storing: .seconds(3600))
    for _ in 1...3 { try seldom.log(["loss": 1]) }
    #expect(try elsewhere().epochs(of: seldom.number).isEmpty)
    for refused in [Storing.steps(0), .seconds(-1), .seconds(.nan)] {
      guard case .refused? = storeError({ _ = try store.begin("fit", storing: refused) }) else {
        Issue.record("\(refused) must be refused")
        continue
      }
    }
  }

  @Test func aSeriesMayBeginLateAndEndEarly() throws {
    let run = try store.begin("fit")
    try run.log(["a": 1, "b": 10])
    try run.log(["a": 2, "b": 20])
    try run.log(["c": 300, "b": 30])
    try run.log(contentsOf: ["c": 400, "d": 4])
    try run.finish()
    func steps(_ series: String) throws -> [String] {
      try store.history(of: run.number, series: [series], steps: true).map { "\($0.step):\(Int($0.value))" }
    }
    #expect(try steps("a") == ["1:1", "2:2"])
    #expect(try steps("b") == ["1:10", "2:20", "3:30"])
    #expect(try steps("c") == ["3:300", "4:400"])
    #expect(try steps("d") == ["4:4"])
    #expect(try Doctor(store).verify(run: run.number).isEmpty)
  }

  @Test func invalidValuesAreRejectedAndTheRestIsUnchanged() throws {
    let run = try store.begin("fit")
    try run.log(["a": 1, "b": 1], step: 5)
    try run.log(["a": 2], step: 6)
    let mistakes: [() throws -> Void] = [
      { try run.log(["a": 1], step: 6) }, { try run.log(["a": 1], step: -1) }, { try run.log(["a": 1], step: 8) },
      { try run.log(["a": 1], step: .max) }, { try run.log(["a": 1, "a": 2]) }, { try run.log(["": 1]) },
      { try run.log(["line\nbreak": 1]) }, { try run.log(["a": 3, "b": 3]) }, { try run.endEpoch(["x": 1, "x": 2]) },
      { try run.metric("", 1) }, { try run.finish(.running) },
    ]
    for (index, mistake) in mistakes.enumerated() {
      guard case .refused? = storeError(mistake) else {
        Issue.record("mistake \(index) must be refused")
        continue
      }
    }
    try run.log(["a": 3])
    try run.finish()
    #expect(try store.history(of: run.number, series: ["a"], steps: true).map(\.step) == [5, 6, 7])
    #expect(try store.history(of: run.number, series: ["b"], steps: true).map(\.step) == [5])
    #expect(storeError { try run.log(["a": 4]) } == .attemptEnded(run: run.number, attempt: 1))
    #expect(storeError { try run.endEpoch(["a": 4]) } == .attemptEnded(run: run.number, attempt: 1))
    #expect(storeError { try run.metric("auc", 1) } == .attemptEnded(run: run.number, attempt: 1))
  }

  @Test func aBadRunIsNotBegun() throws {
    let mistakes: [() throws -> Void] = [
      { _ = try store.begin("") }, { _ = try store.begin("fit", parameters: ["": 1]) },
      { _ = try store.begin("fit", tags: ["": "x"]) }, { _ = try store.begin("a\u{1b}[2J") },
    ]
    for mistake in mistakes { #expect(storeError(mistake) != nil) }
    #expect(try store.runs().isEmpty)
    let reader = try elsewhere()
    guard case .unwritable? = storeError({ _ = try reader.begin("fit") }) else {
      Issue.record("a store opened for reading begins no run")
      return
    }
  }

  @Test func aDroppedRunKeepsItsEpochsAndIsResumed() throws {
    var number = RunNumber(0)
    do {
      let run = try store.begin("fit")
      number = run.number
      try run.log(["loss": 1])
      try run.endEpoch()
      try run.log(["loss": 2])
    }
    #expect(try elsewhere().run(number).status == .crashed)
    #expect(try store.history(of: number, steps: true).map(\.value) == [1])
    let again = try store.resume(number)
    guard case .runIsHeld? = storeError({ _ = try store.resume(number) }) else {
      Issue.record("a run has one writer")
      return
    }
    try again.log(["loss": 2])
    try again.finish()
    let uuid = try store.run(number).uuid
    for reference in ["\(number)", "fit", uuid, String(uuid.prefix(8))] {
      let resumed = try store.resume(reference)
      #expect(resumed.number == number)
      try resumed.finish()
    }
    #expect(try store.history(of: number, steps: true).map(\.step) == [1, 2])
    #expect(try store.attempts(of: number).map(\.outcome) == [.crashed] + Array(repeating: .finished, count: 5))
    #expect(try Doctor(store).verify(run: number).isEmpty)
    let ours = try trained(store, epochs: 1)
    guard case .refused? = storeError({ _ = try store.resume(ours) }) else {
      Issue.record("a trained run is not logged")
      return
    }
  }

  @Test func aFullDiskKeepsTheStepsForAnotherTry() throws {
    let small = try folder.store("small.sqlite", settings: StoreSettings(pageLimit: 150))
    let run = try small.begin("fit")
    for step in 1...3 { try run.log(["loss": Double(step)]) }
    let large = [TensorRecord("w", [Double](repeating: 1, count: 100_000))]
    #expect(storeError { try run.checkpoint(large) } == .diskFull(path: small.path))
    #expect(try small.epochs(of: run.number).isEmpty)
    try run.endEpoch()
    #expect(try small.history(of: run.number, steps: true).map(\.value) == [1, 2, 3])
    try run.finish()
    #expect(try Doctor(small).verify(run: run.number).isEmpty)
  }

  /// A call that stores, and that a full disk can stop.
  enum StoringCall: CaseIterable {
    case logOfEveryStep, logByTheClock, endEpoch, checkpoint, metric, finish

    var storing: Storing {
      switch self {
      case .logOfEveryStep: .steps(1)
      case .logByTheClock: .seconds(0)
      default: .epochs
      }
    }

    /// Steps that are logged before the call, and those of the call itself.
    var steps: (before: [Int], own: [Int]) {
      switch self {
      case .logOfEveryStep, .logByTheClock: ([], [7])
      case .metric: ([], [])
      default: ([7, 8], [])
      }
    }
  }

  /// So many series that they don't fit into the free space of the pages that are there.
  static let wideStep = Dictionary(uniqueKeysWithValues: (0..<2000).map { ("series \($0)", Double($0)) })

  @Test(arguments: StoringCall.allCases) func aCallThatAFullDiskStopsMayBeMadeAgain(call: StoringCall) throws {
    let wide = try folder.store("full.sqlite")
    let small = try folder.store("full.sqlite", settings: StoreSettings(pageLimit: 150))
    let filler = try wide.create(newRun("filler"))
    let run = try small.begin("fit", storing: call.storing)
    for step in call.steps.before { try run.log(contentsOf: Self.wideStep, step: step) }
    func make() throws {
      switch call {
      case .logOfEveryStep, .logByTheClock: try run.log(contentsOf: Self.wideStep, step: 7)
      case .endEpoch: try run.endEpoch()
      case .checkpoint: try run.checkpoint([TensorRecord("w", [1.0])])
      case .metric: try run.metric(String(repeating: "m", count: 100_000), 1)
      case .finish: try run.finish()
      }
    }
    // The limit counts for one handle: the other one takes the pages, and gives them back later.
    try wide.addArtifact(
      name: "filler", mediaType: "text/plain", bytes: .init(repeating: 1, count: 2 << 20), to: filler)
    for _ in 1...2 { #expect(storeError(make) == .diskFull(path: small.path)) }
    #expect(try wide.epochs(of: run.number).isEmpty)
    #expect(try wide.metrics(of: run.number).isEmpty)
    #expect(try wide.run(run.number).status == .running)
    try wide.addArtifact(name: "filler", mediaType: "text/plain", bytes: [], to: filler)
    try make()
    if call != .finish { try run.finish() }
    let history = try wide.history(of: run.number, series: call == .metric ? nil : ["series 3"], steps: true)
    #expect(history.map(\.step) == call.steps.before + call.steps.own)
    #expect(history.allSatisfy { $0.value == 3 })
    #expect(try wide.metrics(of: run.number).count == (call == .metric ? 1 : 0))
    #expect(try wide.run(run.number).status == .finished)
    #expect(try Doctor(wide).verify(run: run.number).isEmpty)
  }

  @Test func threadsShareARun() throws {
    let run = try store.begin("fit")
    DispatchQueue.concurrentPerform(iterations: 1000) { index in
      do {
        try run.log(["value": Double(index)])
        if index.isMultiple(of: 100) { try run.endEpoch() }
      } catch {
        Issue.record(error)
      }
    }
    try run.finish()
    let history = try store.history(of: run.number, steps: true)
    #expect(history.map(\.step) == Array(1...1000))
    #expect(history.map(\.value).sorted() == (0..<1000).map(Double.init))
    #expect(try Doctor(store).verify(run: run.number).isEmpty)
  }

  @Test func theChainIsThatOfTheHandbook() throws {
    let run = try store.begin("fit")
    for epoch in 1...3 {
      for _ in 1...4 { try run.log(["b": Double(epoch), "a": .nan]) }
      try run.endEpoch(["c": .infinity])
    }
    try run.finish()
    var chain: Digest?
    for epoch in 1...3 {
      let first = 4 * epoch - 3
      chain = chainDigest(
        previous: chain, epoch: epoch, step: 4 * epoch, points: [("a", .nan), ("b", Double(epoch)), ("c", .infinity)],
        traces: [
          ("a", first, [.nan, -Double.nan, .signalingNaN, .nan]),
          ("b", first, .init(repeating: Double(epoch), count: 4)),
        ], parameterDigest: Digest(of: "fastsim parameters 1\n"))
    }
    #expect(try store.run(run.number).chainDigest == chain)
  }
}
