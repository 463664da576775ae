// Win rates of a tournament between generators and discriminators.

/// The matches of a tournament: generators (rows) against discriminators (columns).
package struct WinTable: Sendable, Equatable {
  /// The fraction of a generator's events that a discriminator judged real, with its error; nil where no match was played.
  /// Shape [generators][discriminators].
  package let rates: [[Estimate?]]
  /// The mean of a generator's rates over the discriminators that it met, which have judged the same events.
  package let generators: [Estimate?]
  /// One minus the mean rate against a discriminator; different generators' events are independent.
  package let discriminators: [Estimate?]
}

/// Win rates from a discriminator's verdicts, D > 1/2 judged real. O(matches).
///
/// The error of a match is binomial, sqrt(r (1 - r)/n) with r = (k + 1)/(n + 2), which is not zero at 0 and 1. Verdicts of
/// several discriminators on the same events go together: their means have the covariance (p_ab - p_a p_b)/n, p_ab the
/// share of events that both judge real.
/// Source: C. Olsson et al., arXiv:1808.04888.
/// - Parameters:
///   - judgedReal: the number of a generator's events that were judged real, shape [generators][discriminators].
///   - events: how many were judged; 0 for no match.
///   - both: how many of a generator's events two discriminators judged real, shape
///     [generators][discriminators][discriminators]; nil where each discriminator has judged events of its own.
/// - Throws: ``EvaluationError`` where the tables differ in shape or a count is out of range.
package func winTable(judgedReal: [[Int]], events: [[Int]], both: [[[Int]]]? = nil) throws -> WinTable {
  guard let columns = events.first?.count, columns > 0 else { throw EvaluationError.empty("the table of matches") }
  guard judgedReal.count == events.count,
    zip(judgedReal, events).allSatisfy({ $0.count == columns && $1.count == columns })
  else {
    throw EvaluationError.lengthMismatch("the table of wins", count: judgedReal.count, expected: events.count)
  }
  let rates = try zip(judgedReal, events).map { wins, events in
    try zip(wins, events).map { wins, events -> Estimate? in
      guard wins >= 0, events >= wins, events <= 1 << 53 else {
        throw EvaluationError.badOption("\(wins) of \(events) events were judged real: correct the table of matches")
      }
      guard events > 0 else { return nil }
      let (k, n) = (Double(wins), Double(events))
      let smoothed = (k + 1) / (n + 2)
      return Estimate(k / n, uncertainty: (smoothed * (1 - smoothed) / n).squareRoot())
    }
  }
  func mean(_ matches: [Estimate?], covariance: (Int, Int) -> Double = { _, _ in 0 }) -> Estimate? {
    let played = matches.indices.filter { matches[$0] != nil }
    guard !played.isEmpty else { return nil }
    let n = Double(played.count)
    var (sum, variance) = (0.0, 0.0)
    for one in played {
      let (value, error) = (matches[one]?.value ?? 0, matches[one]?.uncertainty ?? 0)
      (sum, variance) = (sum + value, variance + error * error)
      for other in played where other != one { variance += covariance(one, other) }
    }
    return Estimate(sum / n, uncertainty: max(0, variance).squareRoot() / n)
  }
  return WinTable(
    rates: rates,
    generators: rates.indices.map { row in
      mean(rates[row]) { one, other in
        guard let shared = both?[row][one][other], let p = rates[row][one]?.value, let q = rates[row][other]?.value
        else { return 0 }
        let n = Double(events[row][one])
        return (Double(shared) / n - p * q) / n
      }
    },
    discriminators: (0..<columns).map { column in
      mean(rates.map { $0[column] }).map { Estimate(1 - $0.value, uncertainty: $0.uncertainty) }
    })
}
