// How much a weighted sample is worth.
internal import Numerics

/// What event weights w of either sign add up to, and what is to be said of it.
package struct WeightSummary: Sendable, Equatable {
  /// The number of weights.
  package let count: Int
  private let sums: WeightSums
  /// The fraction of weights below zero, in [0, 1].
  package let negativeFraction: Double

  package init(_ weights: [Double]) {
    count = weights.count
    sums = WeightSums(weights)
    negativeFraction = weights.isEmpty ? 0 : Double(weights.count { $0 < 0 }) / Double(weights.count)
  }

  /// The summary of rows that all weigh 1.
  package init(unweightedRows count: Int) {
    self.count = count
    sums = WeightSums(unweightedRows: count)
    negativeFraction = 0
  }

  /// W = Σw.
  package var sum: Double { sums.sum }
  /// W₂ = Σw².
  package var sumOfSquares: Double { sums.sumOfSquares }
  /// W²/W₂: the number of equal weights that would measure as well; 0 when all weights are 0.
  package var effectiveSize: Double { sums.effectiveSize }

  /// Refuses weights with which nothing is measurable.
  /// - Parameter origin: what the message calls the sample, as "column sWeight of kaons.csv".
  /// - Throws: `SampleError.nonPositiveWeightSum` or `.tooFewEffective` (below 5).
  package func requireUsable(origin: String) throws(SampleError) {
    guard sum > 0 else { throw .nonPositiveWeightSum(origin: origin, sum: sum) }
    guard effectiveSize >= WeightSums.smallestEffectiveSize else {
      throw .tooFewEffective(origin: origin, effectiveSize: effectiveSize, rows: count)
    }
  }

  /// A word of caution when the effective size is below 50.
  package var warning: String? {
    guard effectiveSize < 50 else { return nil }
    return "\(count) rows are worth only \(shortNumber(effectiveSize)) effective ones (W²/W₂); "
      + "below 50 every measure is rough"
  }
}
