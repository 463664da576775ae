// The effective size of a weighted sample.

/// Sums over event weights w of either sign: W = sum w, W2 = sum w^2 and the effective sample size W^2/W2.
///
/// Source: L. Kish, Survey Sampling (1965).
package struct WeightSums: Sendable, Equatable {
  /// W, by compensated summation.
  package let sum: Double
  /// W2, by compensated summation.
  package let sumOfSquares: Double

  /// Below this effective size nothing is measurable.
  package static let smallestEffectiveSize = 5.0

  /// Sums without checks. O(n).
  package init(_ weights: [Double]) {
    sum = compensatedSum(weights.count) { weights[$0] }
    sumOfSquares = compensatedSum(weights.count) { weights[$0] * weights[$0] }
  }

  /// The sums of rows that all weigh 1.
  package init(unweightedRows count: Int) {
    sum = Double(count)
    sumOfSquares = Double(count)
  }

  /// W^2/W2: the number of equal weights that would measure as well; 0 when all weights are 0.
  package var effectiveSize: Double { sumOfSquares > 0 ? sum * (sum / sumOfSquares) : 0 }
}
