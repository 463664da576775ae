// A process of this command that trains one run of a sweep.
internal import Foundation

/// A child process that sees the end of its standard input when this process ends, for whatever reason.
package final class MemberProcess {
  /// The exit status that says: another process has the run (EX_TEMPFAIL).
  package static let takenStatus: Int32 = 75

  private let process = Process()
  private let lifeline = Pipe()
  private let errors = Pipe()
  /// What was read of a line that has not ended yet.
  private var rest: [UInt8] = []
  private(set) var lastLine = ""

  init(_ arguments: [String]) throws {
    // No other child may hold this end open.
    _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    let reading = errors.fileHandleForReading.fileDescriptor
    _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK)
    process.executableURL = Bundle.main.executableURL
    process.arguments = arguments
    process.standardInput = lifeline
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
  }

  deinit {
    try? lifeline.fileHandleForWriting.close()
  }

  var isRunning: Bool { process.isRunning }

  /// The exit status; that of a signal counts as a failure.
  var status: Int32 { process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  func wait() { process.waitUntilExit() }

  /// The lines that the process has written on standard error since the last call.
  func newLines() -> [String] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(errors.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      rest += buffer[..<count]
    }
    var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    rest = Array(lines.removeLast())
    let texts = lines.map { String(decoding: $0, as: UTF8.self) }
    lastLine = texts.last ?? lastLine
    return texts
  }
}
