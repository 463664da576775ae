// Bins as metrics name them: `P 5-9.3`, or `P 5-9.3, ETA 2-2.5` with a second condition.

/// One or more intervals of conditions, in their order.
struct BinLabel: Hashable {
  struct Interval: Hashable {
    let condition: String
    let low: Double
    let high: Double
  }

  let intervals: [Interval]

  /// - Parameter text: a condition and its range, then perhaps others after a comma or a space; nil for any other text.
  init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      word.hasSuffix(",") ? word.dropLast() : word
    }
    var intervals: [Interval] = []
    var name: [Substring] = []
    for word in words {
      if !name.isEmpty, let (low, high) = Self.range(word) {
        intervals.append(Interval(condition: name.joined(separator: " "), low: low, high: high))
        name = []
      } else {
        name.append(word)
      }
    }
    guard name.isEmpty, !intervals.isEmpty else { return nil }
    self.intervals = intervals
  }

  /// `5-9.3`, `-1--0.5`, `1e-05-1`
  private static func range(_ word: Substring) -> (low: Double, high: Double)? {
    for place in word.indices.dropFirst() where word[place] == "-" {
      guard let low = Double(word[..<place]), let high = Double(word[word.index(after: place)...]),
        low.isFinite, high.isFinite, low < high
      else { continue }
      return (low, high)
    }
    return nil
  }
}
