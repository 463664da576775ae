// Win rates of a tournament between generators and discriminators.

/// The matches of a tournament: generators (rows) against discriminators (columns).
package struct WinTable: Sendable, Equatable {
  /// The fraction of a generator's events that a discriminator judged real, with its error; nil where no match was played.
  /// Shape [generators][discriminators].
  package let rates: [[Estimate?]]
  /// The mean of a generator's rates over the discriminators that it met; the error takes the matches as independent.
  package let generators: [Estimate?]
  /// One minus the mean rate against a discriminator.
  package let discriminators: [Estimate?]
}

/// Win rates from a discriminator's verdicts, D > 1/2 judged real. O(matches).
///
/// The error of a match is binomial, sqrt(r (1 - r)/n) with r = (k + 1)/(n + 2), which is not zero at 0 and 1.
/// Source: C. Olsson et al., arXiv:1808.04888.
/// - Parameters:
///   - judgedReal: the number of a generator's events that were judged real, shape [generators][discriminators].
///   - events: how many were judged; 0 for no match.
/// - Throws: ``EvaluationError`` where the tables differ in shape or a count is out of range.
package func winTable(judgedReal: [[Int]], events: [[Int]]) throws -> WinTable {
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
  func mean(_ matches: [Estimate?]) -> Estimate? {
    let played = matches.compactMap { $0 }
    guard !played.isEmpty else { return nil }
    let n = Double(played.count)
    let variance = played.reduce(0) { $0 + ($1.uncertainty ?? 0) * ($1.uncertainty ?? 0) }
    return Estimate(played.reduce(0) { $0 + $1.value } / n, uncertainty: variance.squareRoot() / n)
  }
  return WinTable(
    rates: rates, generators: rates.map(mean),
    discriminators: (0..<columns).map { column in
      mean(rates.map { $0[column] }).map { Estimate(1 - $0.value, uncertainty: $0.uncertainty) }
    })
}
