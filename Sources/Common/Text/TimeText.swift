// Times as stores and reports write them: ISO 8601 in UTC with milliseconds.
internal import Glibc

/// A time as `2019-05-28T12:34:56.789Z`; nil from outside the years 0000 to 9999.
///
/// - Parameter milliseconds: since 1970 in UTC.
package func timeText(_ milliseconds: Int64) -> String? {
  var (whole, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
  if fraction < 0 { (whole, fraction) = (whole - 1, fraction + 1000) }
  var seconds = time_t(whole)
  var parts = tm()
  guard gmtime_r(&seconds, &parts) != nil, (-1900...8099).contains(parts.tm_year) else { return nil }
  func digits(_ value: some BinaryInteger, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
  return "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
    + "T\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2)).\(digits(fraction, 3))Z"
}

/// Now.
package func currentTime() -> String {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return timeText(1000 * Int64(now.tv_sec) + Int64(now.tv_nsec / 1_000_000)) ?? "1970-01-01T00:00:00.000Z"
}
