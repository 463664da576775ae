// Which computer this is, and which process.
internal import Files

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
