internal import Glibc
// Dates, times and spans of time in a filter.
internal import Text

/// The time that a value means, from its beginning up to its end: a date is a whole day, a minute a whole minute.
struct FilterTime: Hashable, Sendable {
  /// As the store writes times, so that their order is that of the texts.
  let beginning: String
  /// The first instant that is no longer meant.
  let end: String

  /// An instant.
  ///
  /// - Parameter milliseconds: since 1970 in UTC; nil from outside the years 0000 to 9999.
  init?(milliseconds: Int64) {
    self.init(milliseconds, lasting: 1)
  }

  private init?(_ milliseconds: Int64, lasting: Int64) {
    guard milliseconds.magnitude < 1_000_000_000_000_000, let beginning = timeText(milliseconds),
      let end = timeText(milliseconds + lasting)
    else { return nil }
    (self.beginning, self.end) = (beginning, end)
  }

  /// Reads `YYYY-MM-DD`, with a `T` or a space and `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fff` after it, and then `Z` or
  /// `+HH:MM` or `-HH:MM`; UTC without. Nil for anything else, and for days that there are not.
  init?(_ text: String) {
    var rest = Substring(text)
    func digits(_ count: Int) -> Int? {
      let piece = rest.prefix(count)
      guard piece.count == count, piece.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
      rest = rest.dropFirst(count)
      return Int(piece)
    }
    func take(_ signs: Set<Character>) -> Character? {
      guard let first = rest.first, signs.contains(first) else { return nil }
      rest = rest.dropFirst()
      return first
    }
    guard let year = digits(4), take(["-"]) != nil, let month = digits(2), take(["-"]) != nil, let day = digits(2),
      var seconds = secondsSince1970(year: year, month: month, day: day)
    else { return nil }
    var (lasting, fraction): (Int64, Int64) = (86_400_000, 0)
    if take(["T", "t", " "]) != nil {
      guard let hour = digits(2), hour < 24, take([":"]) != nil, let minute = digits(2), minute < 60 else { return nil }
      seconds += Int64(3600 * hour + 60 * minute)
      lasting = 60_000
      if take([":"]) != nil {
        guard let second = digits(2), second < 60 else { return nil }
        seconds += Int64(second)
        lasting = 1000
        if take(["."]) != nil {
          let places = rest.prefix { $0.isASCII && $0.isNumber }
          guard !places.isEmpty, let number = Int64((places + "00").prefix(3)) else { return nil }
          rest = rest.dropFirst(places.count)
          (fraction, lasting) = (number, 1)
        }
      }
      if let sign = take(["+", "-"]) {
        guard let hour = digits(2), hour < 24, take([":"]) != nil, let minute = digits(2), minute < 60 else {
          return nil
        }
        seconds -= (sign == "+" ? 1 : -1) * Int64(3600 * hour + 60 * minute)
      } else {
        _ = take(["Z", "z"])
      }
    }
    guard rest.isEmpty else { return nil }
    self.init(1000 * seconds + fraction, lasting: lasting)
  }

  /// The milliseconds since 1970 of a time as the store writes it.
  static func milliseconds(_ text: String) -> Int64? {
    guard let time = FilterTime(text), let fraction = Int64(time.beginning.dropFirst(20).prefix(3)) else { return nil }
    let parts = time.beginning.split { !$0.isNumber }.compactMap { Int($0) }
    guard parts.count == 7, let day = secondsSince1970(year: parts[0], month: parts[1], day: parts[2]) else {
      return nil
    }
    return 1000 * (day + Int64(3600 * parts[3] + 60 * parts[4] + parts[5])) + fraction
  }
}

/// Midnight of a day; nil for a day that there is not.
private func secondsSince1970(year: Int, month: Int, day: Int) -> Int64? {
  var date = tm()
  (date.tm_year, date.tm_mon, date.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
  let seconds = timegm(&date)
  guard date.tm_year == Int32(year - 1900), date.tm_mon == Int32(month - 1), date.tm_mday == Int32(day) else {
    return nil
  }
  return Int64(seconds)
}
