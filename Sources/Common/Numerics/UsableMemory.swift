// How much memory this process may use, for requests that are refused before they take it.
internal import Glibc

/// Bytes of memory that this process may use: the machine's, those of its control group or those of its own limit
/// (`ulimit -v`), whichever are the fewest.
package func usableMemory() -> Int {
  min(machineMemory(), groupMemory() ?? .max, processLimit())
}

/// Three quarters of the usable memory, which one request may take: the rest is for what is in memory already.
package func memoryOfOneRequest() -> Int { usableMemory() / 4 * 3 }

private func machineMemory() -> Int {
  let pages = sysconf(Int32(_SC_PHYS_PAGES))
  let pageSize = sysconf(Int32(_SC_PAGESIZE))
  guard pages > 0, pageSize > 0 else { return .max }
  let (bytes, overflow) = pages.multipliedReportingOverflow(by: pageSize)
  return overflow ? .max : bytes
}

/// The limit of the control group that this process runs in; nil where there is none.
private func groupMemory() -> Int? {
  guard let file = fopen("/sys/fs/cgroup/memory.max", "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 32)
  let count = fread(&bytes, 1, bytes.count, file)
  return Int(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
}

private func processLimit() -> Int {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return .max }
  return Int(clamping: limit.rlim_cur)
}
