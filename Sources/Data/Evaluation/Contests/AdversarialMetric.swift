// The generative adversarial metric: two models swap discriminators.

/// What a swap of discriminators says. Source: D. Im et al., arXiv:1602.05110.
package struct AdversarialMetric: Sendable, Equatable {
  package enum Verdict: String, Sendable { case first, second, undecided }

  /// err(D1, test)/err(D2, test): near one where the discriminators are equally good on data.
  package let testRatio: Estimate
  /// err(D1, events of G2)/err(D2, events of G1): below one where the first model fools better.
  package let sampleRatio: Estimate
  /// `undecided` where |testRatio - 1| is not below the tolerance, or the samples decide nothing.
  package let verdict: Verdict
}

/// A discriminator's errors on a sample.
package struct ErrorCount: Sendable, Equatable {
  package let errors: Int
  package let events: Int

  package init(errors: Int, events: Int) {
    self.errors = errors
    self.events = events
  }
}

/// GAM from the four error rates. O(1).
///
/// The errors of the ratios are by the delta method, r sqrt((1 - e1)/(n1 e1) + (1 - e2)/(n2 e2)). Both discriminators see
/// the same test events: for `testRatio` the root also holds -2 (e12 - e1 e2)/(n e1 e2), e12 the share of events on which
/// both err.
/// - Parameters:
///   - firstOnTest, secondOnTest: of D1 and D2 on the same real test events.
///   - bothOnTest: test events on which both err; nil where they are not known, and the errors count as independent.
///   - firstOnSecond: of D1 on events of G2, taken for real.
///   - secondOnFirst: of D2 on events of G1.
///   - tolerance: how far the test ratio may be from one.
/// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where D2 made no error, so that a ratio is infinite.
package func adversarialMetric(
  firstOnTest: ErrorCount, secondOnTest: ErrorCount, bothOnTest: Int? = nil, firstOnSecond: ErrorCount,
  secondOnFirst: ErrorCount, tolerance: Double = 0.1
) throws -> AdversarialMetric {
  let test = try ratio(firstOnTest, secondOnTest, both: bothOnTest, "on the test events")
  let sample = try ratio(firstOnSecond, secondOnFirst, "on the generated events")
  let comparable = (test.value - 1).magnitude < tolerance
  return AdversarialMetric(
    testRatio: test, sampleRatio: sample,
    verdict: !comparable || sample.value == 1 ? .undecided : sample.value < 1 ? .first : .second)
}

private func ratio(_ one: ErrorCount, _ two: ErrorCount, both: Int? = nil, _ place: String) throws -> Estimate {
  for count in [one, two] {
    guard count.events > 0, count.events <= 1 << 53, (0...count.events).contains(count.errors) else {
      throw EvaluationError.badOption(
        "\(count.errors) errors in \(count.events) events \(place): give counts of judged events")
    }
  }
  guard two.errors > 0 else {
    throw EvaluationError.undefined(
      measure: "gam", reason: "the second discriminator makes no error \(place)", alternative: "skill-rating")
  }
  let (e1, e2) = (Double(one.errors) / Double(one.events), Double(two.errors) / Double(two.events))
  guard one.errors > 0 else { return Estimate(0) }
  let shared = both.map { 2 * (Double($0) / Double(one.events) - e1 * e2) / (Double(one.events) * e1 * e2) } ?? 0
  let variance = (1 - e1) / Double(one.errors) + (1 - e2) / Double(two.errors) - shared
  return Estimate(e1 / e2, uncertainty: e1 / e2 * max(0, variance).squareRoot())
}
