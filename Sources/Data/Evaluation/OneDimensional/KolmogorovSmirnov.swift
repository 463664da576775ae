// The Kolmogorov-Smirnov distance of two weighted samples.
internal import CKernels
internal import Numerics

/// The largest difference of two empirical distributions.
package struct KolmogorovSmirnov: Sendable, Equatable {
  /// D = max |F1 - F2| over all points, ties counted together.
  package let statistic: Double
  /// Asymptotic probability of a larger D for equal distributions, with effective sizes; indicative for weights other
  /// than one.
  package let pValue: Double
  /// n1 n2/(n1 + n2) of the effective sizes.
  package let effectiveSize: Double
  /// Where the maximum is reached first, in the unit of the samples.
  package let location: Double
  /// Sandwich error of F1 - F2 at `location`; see docs/evaluation.md for its meaning at small D.
  package let uncertainty: Double
}

/// D = max |F1 - F2| with signed empirical distributions, exact at ties.
///
/// O(n) after a radix sort. The weights may have any sign; D may then exceed 1.
/// - Throws: ``EvaluationError`` when a sample is not measurable (see ``WeightSums``).
package func kolmogorovSmirnov(_ first: WeightedColumn, _ second: WeightedColumn) throws -> KolmogorovSmirnov {
  let x = try SortedSample(first, "the first sample")
  let y = try SortedSample(second, "the second sample")
  return kolmogorovSmirnov(x, y) { location, f1, f2 in
    let one = stepVariance(first.values, first.weights, sum: x.sums.sum, at: location, distribution: f1)
    let two = stepVariance(second.values, second.weights, sum: y.sums.sum, at: location, distribution: f2)
    return (one + two).squareRoot()
  }
}

/// Q(z) = 2 sum over k >= 1 of (-1)^(k-1) exp(-2 k^2 z^2), the limit distribution of sqrt(n) D.
///
/// Below z = 1 the equivalent theta series is used, which converges faster there.
/// Source: A. Kolmogorov, Giorn. Ist. Ital. Attuari 4 (1933) 83.
package func kolmogorovSurvival(_ z: Double) -> Double {
  guard z > 0.04 else { return 1 }
  if z < 1 {
    let exponent = Double.pi * Double.pi / (8 * z * z)
    var sum = 0.0
    for k in stride(from: 7.0, through: 1.0, by: -2.0) { sum += fs_exp(-k * k * exponent) }
    return max(0, 1 - (2 * Double.pi).squareRoot() / z * sum)
  }
  var sum = 0.0
  for k in stride(from: 8, through: 1, by: -1) {
    let term = fs_exp(-2 * Double(k * k) * z * z)
    sum += k.isMultiple(of: 2) ? -term : term
  }
  return min(1, 2 * sum)
}

/// The comparison of sorted samples; `uncertainty` gets the location of the maximum and F1, F2 there.
func kolmogorovSmirnov(
  _ x: SortedSample, _ y: SortedSample, uncertainty: (Double, Double, Double) -> Double
) -> KolmogorovSmirnov {
  var (statistic, location, atMaximum) = (-1.0, 0.0, (0.0, 0.0))
  walkDistributions(x, y) { z, f1, f2 in
    let distance = (f1 - f2).magnitude
    if distance > statistic { (statistic, location, atMaximum) = (distance, z, (f1, f2)) }
  }
  let (n1, n2) = (x.sums.effectiveSize, y.sums.effectiveSize)
  let effectiveSize = n1 / (n1 + n2) * n2
  return KolmogorovSmirnov(
    statistic: statistic, pValue: kolmogorovSurvival(effectiveSize.squareRoot() * statistic),
    effectiveSize: effectiveSize, location: location,
    uncertainty: uncertainty(location, atMaximum.0, atMaximum.1))
}

/// D alone, for resampled weights.
func kolmogorovSmirnovStatistic(_ x: SortedSample, _ y: SortedSample) -> Double {
  var statistic = 0.0
  walkDistributions(x, y) { _, f1, f2 in statistic = max(statistic, (f1 - f2).magnitude) }
  return statistic
}

/// The sandwich variance of the empirical distribution at one point; exactly 0 where all events are on one side of it.
private func stepVariance(
  _ values: [Double], _ weights: [Double], sum: Double, at location: Double, distribution: Double
) -> Double {
  let below = values.indices.count { weights[$0] != 0 && values[$0] <= location }
  if below == 0 || below == weights.count(where: { $0 != 0 }) { return 0 }
  return sandwichVariance(weights: weights, sum: sum) { (values[$0] <= location ? 1 : 0) - distribution }
}
