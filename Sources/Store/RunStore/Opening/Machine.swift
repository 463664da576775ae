// Which computer this is, and which process.
internal import Files
internal import Glibc

/// The computer as attempts remember it.
package struct Machine: Hashable, Sendable {
  package var host: String
  /// Changes whenever the kernel starts; containers on one kernel share it. "unknown" where the system does not report
  /// it.
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
  let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return "unknown" }
  defer { close(file) }
  let count = text.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { read(file, $0, bytes.count - 1) } ?? 0 }
  guard count > 0 else { return "unknown" }
  return String(decoding: text.prefix { $0 > 32 }, as: UTF8.self)
}
