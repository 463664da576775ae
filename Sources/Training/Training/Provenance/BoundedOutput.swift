// What another program prints, within a limit of bytes and of time.
internal import Digests
internal import Foundation

/// The output of a program that was not waited for longer than allowed.
struct BoundedOutput {
  /// The first bytes, at most the limit.
  var bytes: [UInt8] = []
  /// All bytes that came, and their digest.
  var count = 0
  var digest: Digest
  /// False where the time was up first.
  var isWhole: Bool

  /// Runs a program of the search path to its end or to the deadline, whichever comes first.
  ///
  /// - Parameters:
  ///   - arguments: the program's name and its arguments.
  ///   - environment: variables that are set for it besides those of this process.
  ///   - limit: how many bytes are kept; all of them are hashed.
  /// - Returns: nil where the program cannot be run or fails.
  init?(
    of arguments: [String], environment: [String: String], limit: Int, deadline: ContinuousClock.Instant
  ) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    var stream = DigestStream()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var ended = false
    while !ended {
      guard wait(for: output.fileHandleForReading.fileDescriptor, until: deadline) else { break }
      let count = read(output.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      ended = count <= 0
      let piece = buffer.prefix(max(0, count))
      stream.update(piece)
      self.count += piece.count
      bytes += piece.prefix(limit - bytes.count)
    }
    isWhole = ended
    digest = stream.finalise()
    if !ended { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    if ended, process.terminationReason != .exit || process.terminationStatus != 0 { return nil }
  }
}

/// Waits for something to read. - Returns: false where the time is up.
private func wait(for descriptor: Int32, until deadline: ContinuousClock.Instant) -> Bool {
  while true {
    let left = (deadline - .now) / .milliseconds(1)
    guard left > 0 else { return false }
    var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    let ready = poll(&descriptors, 1, Int32(min(left.rounded(.up), 60_000)))
    if ready > 0 { return true }
    if ready < 0, errno != EINTR { return false }
  }
}
