// Which computer this is, and which process.
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The computer as attempts remember it.
package struct Machine: Hashable, Sendable {
  package var host: String
  /// Changes whenever the kernel starts; containers on one kernel share it. "unknown" where the system doesn't tell.
  package var boot: String
  package var process: Int

  package init(host: String, boot: String, process: Int) {
    self.host = host
    self.boot = boot
    self.process = process
  }

  /// This computer and this process.
  package static var current: Machine {
    Machine(host: hostName(), boot: bootIdentifier(), process: Int(getpid()))
  }
}

private func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func bootIdentifier() -> String {
  var text = [UInt8](repeating: 0, count: 64)
  #if os(Linux)
    let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "unknown" }
    defer { close(file) }
    let count = text.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { read(file, $0, bytes.count - 1) } ?? 0 }
    guard count > 0 else { return "unknown" }
  #else
    var count = text.count - 1
    let code = text.withUnsafeMutableBytes { sysctlbyname("kern.bootsessionuuid", $0.baseAddress, &count, nil, 0) }
    guard code == 0 else { return "unknown" }
  #endif
  return String(decoding: text.prefix { $0 > 32 }, as: UTF8.self)
}

/// Now, as ISO 8601 in UTC with milliseconds: 2019-05-28T12:34:56.789Z.
package func currentTime() -> String {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return timeText(1000 * Int64(now.tv_sec) + Int64(now.tv_nsec / 1_000_000)) ?? "1970-01-01T00:00:00.000Z"
}

/// A random identifier (version 4) in lower-case hexadecimal. It names a run and reaches no result.
func newIdentifier() -> String {
  var generator = SystemRandomNumberGenerator()
  let high = (generator.next() & 0xffff_ffff_ffff_0fff) | 0x4000
  let low = (generator.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
  let digits = [high, low].map { word in
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }.joined()
  let ends = [0, 8, 12, 16, 20, 32]
  return zip(ends, ends.dropFirst()).map { String(digits.dropFirst($0).prefix($1 - $0)) }.joined(separator: "-")
}
