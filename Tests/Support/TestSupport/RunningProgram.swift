// Programs that a test starts. Each has a deadline, so that no test waits endlessly for one.
package import Foundation
package import Testing

/// Seconds after its start at which a program is killed and its test fails. Less than the time limit of the suites.
private let programDeadline = 900

/// What a program left behind.
package struct ProgramOutput: Sendable {
  /// The exit code; 128 and the signal where one ended the program.
  package let status: Int32
  /// The signal that ended it; 0 where it ended by itself.
  package let signal: Int32
  package let out: String
  package let err: String
}

/// A program that has been started.
///
///     let program = try RunningProgram("/usr/bin/env", ["python3", "-c", script])
///     #expect(program.firstLine == "ready")
///     program.send(SIGKILL)
///     _ = program.finish()
package final class RunningProgram {
  private let process = Process()
  private let start = ContinuousClock.now
  private let seconds: Int
  private let files: URL

  /// Starts a program with both outputs in files, so that neither can block it, and no input.
  ///
  /// - Parameters:
  ///   - environment: all variables; nil gives those of the tests.
  ///   - input, output: pipes of a test that writes or reads them itself.
  ///   - deadline: in seconds.
  package init(
    _ program: String, _ arguments: [String], in folder: URL? = nil, environment: [String: String]? = nil,
    input: Pipe? = nil, output: Pipe? = nil, deadline: Int? = nil
  ) throws {
    seconds = deadline ?? programDeadline
    files = FileManager.default.temporaryDirectory.appending(path: "fastsim-program-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: files, withIntermediateDirectories: false)
    for name in ["out", "err"] { try Data().write(to: files.appending(path: name)) }
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = environment
    if let folder { process.currentDirectoryURL = folder }
    process.standardInput = input ?? FileHandle.nullDevice as Any
    process.standardOutput = try output ?? FileHandle(forWritingTo: files.appending(path: "out")) as Any
    process.standardError = try FileHandle(forWritingTo: files.appending(path: "err"))
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: files)
  }

  package var identifier: Int32 { process.processIdentifier }

  /// Standard output so far.
  package var out: String { text("out") }

  package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Whether it has not ended. A program that has passed its deadline is killed, and the test fails with its outputs.
  package var isRunning: Bool {
    guard process.isRunning else { return false }
    guard ContinuousClock.now - start > .seconds(seconds) else { return true }
    send(SIGKILL)
    let command = ([process.executableURL?.path ?? ""] + (process.arguments ?? [])).joined(separator: " ")
    Issue.record("\(command) has not ended after \(seconds) s; it printed: \(text("out"))\(text("err"))")
    process.waitUntilExit()
    return false
  }

  /// Waits for the end.
  package func finish() -> ProgramOutput {
    while isRunning { usleep(2000) }
    let signalled = process.terminationReason == .uncaughtSignal
    return ProgramOutput(
      status: signalled ? 128 + process.terminationStatus : process.terminationStatus,
      signal: signalled ? process.terminationStatus : 0, out: text("out"), err: text("err"))
  }

  /// Waits until standard error satisfies a condition, or the program ends. - Returns: whether it came true.
  package func wait(until condition: (String) -> Bool) -> Bool {
    while isRunning {
      if condition(text("err")) { return true }
      usleep(2000)
    }
    return false
  }

  /// The first line of standard output, for which it waits; nil where the program ends without one.
  package var firstLine: String? {
    while true {
      let isLast = !isRunning
      let lines = text("out").split(separator: "\n", omittingEmptySubsequences: false)
      if lines.count > 1 { return String(lines[0]) }
      if isLast { return nil }
      usleep(2000)
    }
  }

  private func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: files.appending(path: name).path) ?? Data(), as: UTF8.self)
  }
}

/// A program that a test needs and that failed.
package struct ProgramFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What Python prints.
///
/// - Parameter arguments: of the interpreter, as `["-c", script]` or `[path]` and what follows.
/// - Throws: `ProgramFailure` with its outputs where it fails.
@discardableResult
package func python(_ arguments: [String], in folder: URL? = nil) throws -> String {
  let output = try RunningProgram("/usr/bin/env", ["python3"] + arguments, in: folder).finish()
  guard output.status == 0 else { throw ProgramFailure("python3 fails: \(output.out)\(output.err)") }
  return output.out
}

/// What a Python script prints.
@discardableResult
package func python(_ script: String, _ arguments: String...) throws -> String {
  try python(["-c", script] + arguments)
}

/// The number of a process that has ended.
package func numberOfEndedProcess() throws -> Int32 {
  let program = try RunningProgram("/bin/true", [])
  _ = program.finish()
  return program.identifier
}

extension DispatchGroup {
  /// Waits for the work of other threads; the test fails where it takes longer than a program may.
  package func finish(sourceLocation: SourceLocation = #_sourceLocation) {
    if wait(timeout: .now() + .seconds(programDeadline)) == .timedOut {
      Issue.record("threads have not ended after \(programDeadline) s", sourceLocation: sourceLocation)
    }
  }
}
