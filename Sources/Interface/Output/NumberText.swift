// Numbers, times and sizes in characters.
internal import Foundation
internal import Numerics

/// The fewest digits that read back to the same bits; NaN, Infinity or -Infinity.
package func exactNumber(_ value: Double) -> String {
  value.isFinite ? "\(value)" : value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
}

/// A value with its uncertainty, both to the uncertainty's second digit.
package func measured(_ value: Double, _ uncertainty: Double?) -> String {
  guard let uncertainty else { return shortNumber(value) }
  let exponent = String(format: "%.1e", uncertainty).split(separator: "e").last.flatMap { Int($0) }
  guard let exponent, value.isFinite, uncertainty.isFinite, uncertainty > 0, (-12...1).contains(exponent) else {
    return "\(shortNumber(value)) ± \(shortNumber(uncertainty))"
  }
  let places = String(1 - exponent)
  return String(format: "%.\(places)f ± %.\(places)f", value, uncertainty)
}

/// A time such as 12.3 s, 4:05 or 1:02:03.
package func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 60 else { return String(format: "%.1f s", seconds) }
  return clock(seconds)
}

/// Minutes and seconds, with hours where there are some.
package func clock(_ seconds: Double) -> String {
  guard seconds.isFinite, (0..<3.6e9).contains(seconds) else { return "?" }
  let whole = Int(seconds.rounded())
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return hours > 0
    ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60) : String(format: "%d:%02d", minutes, whole % 60)
}

/// A size in the largest binary unit of which there is at least one.
package func byteCount(_ bytes: Int) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var (value, unit) = (Double(bytes), 0)
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  return unit == 0 ? "\(bytes) B" : String(format: "%.1f %@", value, units[unit])
}
