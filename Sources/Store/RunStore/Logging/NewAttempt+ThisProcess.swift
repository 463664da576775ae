// The properties of this process that need no other program.
internal import Foundation

extension NewAttempt {
  /// This process on this computer, as far as it is known at no cost. A program that knows its compiler, its source
  /// revision or its version says so with a `NewAttempt` of its own.
  package static let thisProcess = NewAttempt(
    host: Machine.current.host, cpu: "unknown", isa: "unknown", threads: ProcessInfo.processInfo.activeProcessorCount,
    toolchain: "unknown", version: "unknown", os: ProcessInfo.processInfo.operatingSystemVersionString,
    workingDirectory: FileManager.default.currentDirectoryPath,
    commandLine: CommandLine.arguments.joined(separator: " "))
}
