// The receiver operating characteristic of two weighted classes.

/// Weighted fractions of negatives and positives that score at or above each threshold.
package struct ROCCurve: Sendable, Equatable {
  /// Descending; the first is infinity.
  package let thresholds: [Double]
  package let falsePositiveRates: [Double]
  package let truePositiveRates: [Double]

  /// One point per distinct score, from (0, 0) to (1, 1). O(n) after a radix sort.
  /// - Throws: ``EvaluationError`` when a class is not measurable (see ``WeightSums``).
  package init(positive: WeightedColumn, negative: WeightedColumn) throws {
    // Ascending in the negated score, so that the rates are sums from the top and exact for unit weights.
    let x = try SortedSample(positive.negated, "the positive class")
    let y = try SortedSample(negative.negated, "the negative class")
    var points: [(threshold: Double, false: Double, true: Double)] = [(.infinity, 0, 0)]
    walkDistributions(x, y) { z, f1, f2 in points.append((-z, f2, f1)) }
    thresholds = points.map(\.threshold)
    falsePositiveRates = points.map(\.false)
    truePositiveRates = points.map(\.true)
  }

  /// The true positive rate at a false positive rate, linear between points.
  ///
  /// Meaningful for positive weights, whose rates are monotone. O(log n).
  package func truePositiveRate(atFalsePositiveRate rate: Double) -> Double {
    var (low, high) = (0, falsePositiveRates.count)
    // The last point at or below the rate.
    while low < high {
      let middle = (low + high) / 2
      if falsePositiveRates[middle] <= rate { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return truePositiveRates[0] }
    guard low < falsePositiveRates.count else { return truePositiveRates[low - 1] }
    let (x0, x1) = (falsePositiveRates[low - 1], falsePositiveRates[low])
    let (y0, y1) = (truePositiveRates[low - 1], truePositiveRates[low])
    return y0 + (y1 - y0) * (rate - x0) / (x1 - x0)
  }
}

extension WeightedColumn {
  fileprivate var negated: WeightedColumn { WeightedColumn(values: values.map { -$0 }, weights: weights) }
}
