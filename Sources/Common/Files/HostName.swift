// The name of this computer.
internal import Glibc

/// The computer's name; "unknown" where the system does not report it.
package func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Whether a process of this computer is running.
package func isAlive(_ process: Int) -> Bool {
  guard let process = pid_t(exactly: process), process > 0 else { return false }
  return kill(process, 0) == 0 || errno == EPERM
}
