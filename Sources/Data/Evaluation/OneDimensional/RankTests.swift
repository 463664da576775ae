// Rank tests of two unweighted samples: Cramér-von Mises and Anderson-Darling.
internal import Numerics

/// A rank test.
package struct RankTest: Sendable, Equatable {
  /// T of Cramér-von Mises, A^2 of Anderson-Darling; both grow with the number of events.
  package let statistic: Double
  /// (A^2 - 1)/sigma, with its mean and standard deviation under equal distributions; nil for Cramér-von Mises.
  package let normalised: Double?
  /// Probability of a larger statistic for equal distributions, by the limit distribution.
  package let pValue: Double
  /// Infinitesimal jackknife at the given numbers of events; too large where the distributions agree.
  package let uncertainty: Double
}

/// The two-sample Cramér-von Mises test with midranks at ties, unweighted.
///
/// O(n) after a radix sort. Source: T. Anderson, Ann. Math. Stat. 33 (1962) 1148, eq. 10.
/// - Throws: ``EvaluationError`` when weights differ, a sample has fewer than five rows or a number is not finite.
package func cramerVonMises(_ first: WeightedColumn, _ second: WeightedColumn, threads: Int? = nil) throws -> RankTest {
  try MergedColumns(ColumnPair(real: first, generated: second), threads: threads).cramerVonMises()
}

/// The two-sample Anderson-Darling test, midrank version, unweighted.
///
/// O(n) after a radix sort. Source: F. Scholz, M. Stephens, JASA 82 (1987) 918, eqs. 4 and 7.
/// - Throws: ``EvaluationError`` when weights differ, a sample has fewer than five rows or a number is not finite, or all
///   values are equal.
package func andersonDarling(_ first: WeightedColumn, _ second: WeightedColumn, threads: Int? = nil) throws -> RankTest
{
  try MergedColumns(ColumnPair(real: first, generated: second), threads: threads).andersonDarling()
}

extension MergedColumns {
  /// With p, q the shares of the columns at a value and F, G their distributions without half of these,
  /// T = nm/N [sum p G^2 + sum q F^2] + n^3/(12 m N) sum p^3 + m^3/(12 n N) sum q^3 - ..., whose derivatives by p and q are
  /// the influences.
  func cramerVonMises() throws -> RankTest {
    try requireUnweighted("cramer-von-mises")
    let (n, m) = (first.rows, second.rows)
    let total = n + m
    var (sumX, sumY) = (CompensatedSum(), CompensatedSum())
    var (belowX, belowY) = (0.0, 0.0)
    for k in values.indices {
      let (c, d) = (Double(first.counts[k]), Double(second.counts[k]))
      // sum over the tied places of (midrank - place)^2.
      let (meanX, meanY) = (belowY + d / 2, belowX + c / 2)
      sumX.add(c * meanX * meanX + (c * c - 1) * c / 12)
      sumY.add(d * meanY * meanY + (d * d - 1) * d / 12)
      belowX += c
      belowY += d
    }
    let u = n * sumX.value + m * sumY.value
    let statistic = u / (n * m) / total - (4 * n * m - 1) / (6 * total)
    var (one, two) = (zeros, zeros)
    var (aboveX, aboveY) = (CompensatedSum(), CompensatedSum())
    for k in values.indices.reversed() {
      let (p, q) = (Double(first.counts[k]) / n, Double(second.counts[k]) / m)
      let (f, g) = (first.middle(k), second.middle(k))
      one[k] = n * m / total * (g * g + 2 * aboveY.value + q * f) + n * n / m * n / total * p * p / 4
      two[k] = n * m / total * (f * f + 2 * aboveX.value + p * g) + m * m / n * m / total * q * q / 4
      aboveY.add(q * f)
      aboveX.add(p * g)
    }
    let influences = (one, two)
    return RankTest(
      statistic: statistic, normalised: nil, pValue: cramerVonMisesSurvival(statistic),
      uncertainty: try uncertainty(
        "the Cramér-von Mises statistic", first: { influences.0[$0] }, second: { influences.1[$0] }))
  }

  /// With h the share of both columns at a value, H their distribution without half of it, D = F - G and
  /// V = H (1 - H) - h/4: A^2 = (N-1)/N nm/N sum h D^2/V.
  func andersonDarling() throws -> RankTest {
    try requireUnweighted("anderson-darling")
    guard values.count > 1 else {
      throw EvaluationError.undefined(
        measure: "anderson-darling", reason: "all values are equal", alternative: "kolmogorov-smirnov")
    }
    let (n, m) = (first.rows, second.rows)
    let total = n + m
    let scale = (total - 1) / total * (n * m / total)
    var sum = CompensatedSum()
    // By the rate at which an event at t moves F (or G), and H, at all values above it.
    var (above, aboveBoth) = (CompensatedSum(), CompensatedSum())
    var (one, two) = (zeros, zeros)
    for k in values.indices.reversed() {
      let h = Double(first.counts[k] + second.counts[k]) / total
      let (f, g) = (first.middle(k), second.middle(k))
      let both = (n * f + m * g) / total
      let difference = f - g
      let variance = both * (1 - both) - h / 4
      let ratio = difference / variance
      sum.add(h * difference * ratio)
      let (rate, rateBoth) = (2 * h * ratio, -h * ratio * ratio * (1 - 2 * both))
      let own = difference * ratio + h * ratio * ratio / 4
      let (along, alongBoth) = (above.value + rate / 2, aboveBoth.value + rateBoth / 2)
      one[k] = scale * (along + n / total * (alongBoth + own))
      two[k] = scale * (-along + m / total * (alongBoth + own))
      above.add(rate)
      aboveBoth.add(rateBoth)
    }
    let statistic = scale * sum.value
    let influences = (one, two)
    return RankTest(
      statistic: statistic, normalised: (statistic - 1) / andersonDarlingVariance(n, m).squareRoot(),
      pValue: andersonDarlingSurvival(statistic),
      uncertainty: try uncertainty(
        "the Anderson-Darling statistic", first: { influences.0[$0] }, second: { influences.1[$0] }))
  }

  private var zeros: [Double] { [Double](repeating: 0, count: values.count) }

  private func requireUnweighted(_ measure: String) throws {
    guard first.isUnweighted, second.isUnweighted else {
      throw EvaluationError.undefined(
        measure: measure, reason: "it ranks events that all count the same, and the weights differ",
        alternative: "energy-distance")
    }
  }
}

/// The variance of A^2 for two samples under equal distributions.
private func andersonDarlingVariance(_ n1: Double, _ n2: Double) -> Double {
  let total = n1 + n2
  let reciprocals = 1 / n1 + 1 / n2
  var (harmonic, g) = (0.0, 0.0)
  for step in 1...Int(total) - 2 {
    harmonic += 1 / (total - Double(step))
    g += harmonic / Double(step + 1)
  }
  let h = harmonic + 1
  let a = (4 * g - 6) + (10 - 6 * g) * reciprocals
  let b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * reciprocals - 8 * h + 4 * g - 6
  let c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * reciprocals + 4 * h
  let d = 4 * (2 * h + 6) - 8 * h
  return (((a * total + b) * total + c) * total + d) / ((total - 1) * (total - 2) * (total - 3))
}
