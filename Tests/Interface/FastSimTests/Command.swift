// Runs the built command as a person at a shell does: a process, its output, its exit code, and signals.
import Foundation
import TestSupport
import Testing

extension ProgramOutput {
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
  func fastsim(_ arguments: [String], environment: [String: String] = [:]) throws -> ProgramOutput {
    try run(Workshop.binary, arguments, environment: environment)
  }

  func fastsim(_ arguments: String...) throws -> ProgramOutput { try fastsim(arguments) }

  /// Runs any program to its end.
  func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> ProgramOutput {
    try start(program, arguments, environment: environment).finish()
  }

  /// Begins `fastsim` and leaves it running.
  ///
  /// - Parameter output: a pipe in place of `ProgramOutput.out`.
  func start(_ arguments: [String], output: Pipe? = nil) throws -> RunningProgram {
    try start(Workshop.binary, arguments, environment: [:], output: output)
  }

  private func start(
    _ program: String, _ arguments: [String], environment: [String: String], output: Pipe? = nil
  ) throws -> RunningProgram {
    var variables = ProcessInfo.processInfo.environment
    variables["FASTSIM_STORE"] = nil
    return try RunningProgram(
      program, arguments, in: folder, environment: variables.merging(environment) { $1 }, output: output)
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
