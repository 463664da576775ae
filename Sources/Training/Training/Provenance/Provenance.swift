// Where, with what and from which source an attempt runs.
internal import Foundation
package import RunStore

/// This command's version, as `fastsim --version` prints it.
package let fastsimVersion = "0.1.0"

extension NewAttempt {
  /// The facts of this process.
  /// - Parameter source: the state of the config's repository; nil where it has none.
  package static func current(engine: Engine, source: SourceState?) -> NewAttempt {
    NewAttempt(
      host: ProcessInfo.processInfo.hostName, cpu: processorName(), isa: engine.isa, threads: engine.threads,
      toolchain: compilerName, sourceRevision: source?.revision, sourceDirty: source?.isDirty,
      sourceDiff: source?.changes, version: fastsimVersion, os: ProcessInfo.processInfo.operatingSystemVersionString,
      workingDirectory: FileManager.default.currentDirectoryPath,
      commandLine: CommandLine.arguments.joined(separator: " "))
  }
}

/// The cores that this process may use, which a batch system may have limited.
func usableCores() -> Int { ProcessInfo.processInfo.activeProcessorCount }

private func processorName() -> String {
  let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
  return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
}

private var compilerName: String {
  #if compiler(>=6.4)
    "Swift 6.4 or later"
  #elseif compiler(>=6.3)
    "Swift 6.3"
  #else
    "Swift 6.2"
  #endif
}
