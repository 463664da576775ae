// Runs the built command as a person at a shell does: a process, its output, its exit code, and signals.
import Foundation
import TestSupport
import Testing

/// What a finished process left behind.
struct Output {
  let status: Int32
  /// The signal that ended it; 0 where it ended by itself.
  let signal: Int32
  let out: String
  let err: String

  var json: Any? { try? JSONSerialization.jsonObject(with: Data(out.utf8), options: [.fragmentsAllowed]) }
  var object: [String: Any] { json as? [String: Any] ?? [:] }
  var list: [[String: Any]] { json as? [[String: Any]] ?? [] }
  /// Lines of standard error.
  var complaints: [Substring] { err.split(separator: "\n") }
}

/// A separate folder for a test, with the command run in it.
struct Workshop {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "fastsim-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Runs `fastsim` to its end.
  func fastsim(_ arguments: [String], environment: [String: String] = [:]) throws -> Output {
    try run(Workshop.binary, arguments, environment: environment)
  }

  func fastsim(_ arguments: String...) throws -> Output { try fastsim(arguments) }

  /// Runs any program to its end, with both outputs in files so that neither can block it.
  func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Output {
    let started = try start(program, arguments, environment: environment)
    return started.finish()
  }

  /// Begins `fastsim` and leaves it running.
  func start(_ arguments: [String]) throws -> Running { try start(Workshop.binary, arguments, environment: [:]) }

  private func start(_ program: String, _ arguments: [String], environment: [String: String]) throws -> Running {
    let (out, err) = (path("out-\(UUID().uuidString)"), path("err-\(UUID().uuidString)"))
    for file in [out, err] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    variables["FASTSIM_STORE"] = nil
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardError = FileHandle(forWritingAtPath: err)
    try process.run()
    return Running(process: process, out: out, err: err)
  }

  /// The command that was built with these tests.
  static let binary = beside("fastsim")

  /// A program that was built with these tests.
  static func beside(_ name: String) -> String {
    let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let beside = tests.appending(path: name).path
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    return packageFolder.appending(path: ".build/release/\(name)").path
  }
}

/// A process that has not ended yet.
struct Running {
  let process: Process
  let out: String
  let err: String

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  var isRunning: Bool { process.isRunning }

  /// Waits for the end.
  ///
  /// A process that is still running after the deadline is killed, and the test fails.
  func finish(deadline seconds: Int = 1200) -> Output {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
    killIfRunning("has not ended after \(seconds) s")
    process.waitUntilExit()
    func text(_ path: String) -> String {
      defer { try? FileManager.default.removeItem(atPath: path) }
      return String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return Output(
      status: signalled ? 128 + process.terminationStatus : process.terminationStatus,
      signal: signalled ? process.terminationStatus : 0, out: text(out), err: text(err))
  }

  /// Waits until the output so far satisfies a condition, or the process ends. - Returns: whether it came true.
  func wait(until condition: (String) -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(300)
    while process.isRunning, ContinuousClock.now < deadline {
      if condition(String(decoding: FileManager.default.contents(atPath: err) ?? Data(), as: UTF8.self)) { return true }
      usleep(2000)
    }
    killIfRunning("has not written what was expected after 300 s")
    return false
  }

  private func killIfRunning(_ problem: String) {
    guard process.isRunning else { return }
    Issue.record("\(process.arguments ?? []) \(problem)")
    send(SIGKILL)
  }
}

extension Workshop {
  /// A small run on simulated kaons: everything that a large one has, in a second.
  func writeConfig(
    _ name: String = "config.yaml", epochs: Int = 12, steps: Int = 20, rows: Int = 3000, seed: Int = 7,
    extra: String = ""
  ) throws {
    try write(
      name,
      """
      name: small
      seed: \(seed)
      data:
        simulate: {detector: rich, species: kaon, rows: \(rows), seed: 3}
        conditions: [P, ETA, nTracks]
        targets: [RichDLLe, RichDLLk, RichDLLmu, RichDLLp, RichDLLbt]
        weights: {splot: {mass: mass, signal: double-gaussian, background: exponential}}
      model:
        objective: cramer
        latent: 8
        generator: {layers: 2, units: 16, activation: leaky-relu}
        critic: {layers: 2, units: 16, activation: leaky-relu, outputs: 8}
        penalty: {kind: one-sided, weight: {schedule: arctangent, limit: 20, scale: 20}}
      training:
        epochs: \(epochs)
        steps: \(steps)
        critic_steps: 2
        batch: 256
        optimiser: {kind: rmsprop, rate: {schedule: exponential, start: 0.001, factor: 0.98, every: 20}}
      evaluation: {measures: [moments, ks], every: 6}
      \(extra)
      """)
  }

  /// Rows for a config that reads a file.
  func writeEvents(_ name: String = "events.csv", rows: Int = 1200, edit: (Int, inout [String]) -> Void = { _, _ in })
    throws
  {
    var lines = ["P,ETA,nTracks,RichDLLk,RichDLLp,sWeight"]
    for row in 0..<rows {
      func fraction(_ prime: Int) -> Double { Double((row * prime) % 1009) / 1009 }
      var cells = [
        "\(3 + 90 * fraction(31))", "\(2 + 3 * fraction(57))", "\(20 + (row * 73) % 400)",
        "\(40 * fraction(101) - 10)", "\(30 * fraction(211) - 15)", row % 5 == 0 ? "-0.21" : "1.13",
      ]
      edit(row, &cells)
      lines.append(cells.joined(separator: ","))
    }
    try write(name, lines.joined(separator: "\n") + "\n")
  }

  func writeFileConfig(_ name: String = "file.yaml", data: String = "events.csv", epochs: Int = 2, extra: String = "")
    throws
  {
    try write(
      name,
      """
      name: from-file
      seed: 5
      data:
        file: \(data)
        conditions: [P, ETA, nTracks]
        targets: [RichDLLk, RichDLLp]
        weights: {column: sWeight}
      model:
        objective: cramer
        latent: 4
        generator: {layers: 1, units: 8, activation: relu}
        critic: {layers: 1, units: 8, activation: relu, outputs: 4}
        penalty: {kind: one-sided, weight: 10}
      training:
        epochs: \(epochs)
        steps: 5
        critic_steps: 1
        batch: 128
        optimiser: {kind: rmsprop, rate: 0.001}
      evaluation: {measures: [moments, ks], every: 10}
      \(extra)
      """)
  }
}
