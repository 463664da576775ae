// What the process has taken from the system.
internal import Foundation

/// The largest resident size so far, in bytes, as Linux counts it; 0 elsewhere.
func peakResidentBytes() -> Int {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
    let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
  else { return 0 }
  return kilobytes * 1024
}
