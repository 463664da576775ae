// Where, with what and from which source an attempt runs.
internal import Foundation
internal import RunStore

/// This command's version, as `fastsim --version` prints it.
package let fastsimVersion = "0.1.0"

extension NewAttempt {
  /// The facts of this process.
  /// - Parameter folder: the folder whose source revision counts: that of the config.
  static func current(engine: Engine, folder: String) -> NewAttempt {
    let revision = gitOutput(["rev-parse", "HEAD"], in: folder)
    return NewAttempt(
      host: ProcessInfo.processInfo.hostName, cpu: processorName(), isa: engine.isa, threads: engine.threads,
      toolchain: compilerName, sourceRevision: revision,
      sourceDirty: revision.flatMap { _ in gitOutput(["status", "--porcelain"], in: folder) }.map { !$0.isEmpty }
        ?? false,
      version: fastsimVersion, os: ProcessInfo.processInfo.operatingSystemVersionString,
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

/// What git says in a folder; nil where there is no git or no repository.
private func gitOutput(_ arguments: [String], in folder: String) -> String? {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["git", "-C", folder] + arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { return nil }
  return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
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
