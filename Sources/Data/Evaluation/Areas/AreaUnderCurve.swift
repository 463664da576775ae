// The area under the ROC curve of two weighted classes, its variance and the influence of every event.
internal import Numerics

/// The probability that a positive event scores above a negative one, ties counted half.
package struct AreaUnderCurve: Sendable, Equatable {
  /// In [0, 1] for positive weights; signed weights may take it outside, and it is not clipped.
  package let area: Double
  /// Sum of both variances.
  package var variance: Double { positiveVariance + negativeVariance }
  package var uncertainty: Double { variance.squareRoot() }
  /// sum w^2 (P-A)^2/W^2, the part from the positive class.
  package let positiveVariance: Double
  /// sum v^2 (Q-A)^2/V^2, the part from the negative class.
  package let negativeVariance: Double
  /// P_i: weighted fraction of negatives that positive i scores above, shape [positives].
  package let positiveInfluences: [Double]
  /// Q_j: weighted fraction of positives that score above negative j, shape [negatives].
  package let negativeInfluences: [Double]
}

/// A = sum_ij w_i v_j [1(x_i > y_j) + 1/2 1(x_i = y_j)]/(W V), with the variance from the influences of both classes.
///
/// O(n) after a radix sort; ties are exact. For unit weights the variance is DeLong's (with n in place of n - 1).
/// Source: E. DeLong et al., Biometrics 44 (1988) 837.
/// - Parameters:
///   - positive: scores and weights (any sign) of the class that should score high.
///   - negative: likewise of the other class.
/// - Throws: ``EvaluationError`` when a class is not measurable (see ``WeightSums``).
package func areaUnderCurve(positive: WeightedColumn, negative: WeightedColumn) throws -> AreaUnderCurve {
  let x = try SortedSample(positive, "the positive class")
  let y = try SortedSample(negative, "the negative class")
  return AreaUnderCurve(x, y)
}

extension AreaUnderCurve {
  /// - Precondition: both weight sums are positive.
  init(_ x: SortedSample, _ y: SortedSample, positiveReplicas: Int = 1, negativeReplicas: Int = 1) {
    var above = [Double](repeating: 0, count: x.rows.count)
    var below = [Double](repeating: 0, count: y.rows.count)
    var area = CompensatedSum()
    walkTies(x, y) { placesX, placesY, sumX, sumY in
      let p = (sumY.before + 0.5 * (sumY.after - sumY.before)) / y.sums.sum
      let q = 1 - (sumX.before + 0.5 * (sumX.after - sumX.before)) / x.sums.sum
      for place in placesX {
        above[x.rows[place]] = p
        area.add(x.weights[place] * p)
      }
      for place in placesY { below[y.rows[place]] = q }
    }
    let value = area.value / x.sums.sum
    self.area = value
    positiveInfluences = above
    negativeInfluences = below
    positiveVariance = Self.variance(x, above, value, replicas: positiveReplicas)
    negativeVariance = Self.variance(y, below, value, replicas: negativeReplicas)
  }

  /// The replicas of an event are one contribution: their influences are averaged before squaring.
  private static func variance(
    _ sample: SortedSample, _ influences: [Double], _ area: Double, replicas: Int
  ) -> Double {
    let means = eventMeans(influences, replicas: replicas)
    let weights = sample.inRowOrder()
    return sandwichVariance(weights: Array(weights.prefix(means.count)), sum: sample.sums.sum / Double(replicas)) {
      means[$0] - area
    }
  }
}

/// The area alone, for resampled weights.
func area(_ x: SortedSample, _ y: SortedSample) -> Double {
  var area = CompensatedSum()
  walkTies(x, y) { placesX, _, _, sumY in
    let p = sumY.before + 0.5 * (sumY.after - sumY.before)
    for place in placesX { area.add(x.weights[place] * p) }
  }
  return area.value / x.sums.sum / y.sums.sum
}

/// Calls `body(places in x, places in y, weight of x before and after, weight of y before and after)` for each distinct
/// value of the two samples, ascending.
@inline(__always)
private func walkTies(
  _ x: SortedSample, _ y: SortedSample,
  _ body: (Range<Int>, Range<Int>, (before: Double, after: Double), (before: Double, after: Double)) -> Void
) {
  var (belowX, belowY) = (CompensatedSum(), CompensatedSum())
  walkDistinctValues(x, y) { _, placesX, placesY in
    let before = (belowX.value, belowY.value)
    for place in placesX { belowX.add(x.weights[place]) }
    for place in placesY { belowY.add(y.weights[place]) }
    body(placesX, placesY, (before.0, belowX.value), (before.1, belowY.value))
  }
}
