// How much a weighted sample is worth.
internal import Numerics

/// Sums over event weights w of either sign: W = Σw, W₂ = Σw² and the effective sample size W²/W₂
/// (L. Kish, Survey Sampling, 1965).
package struct WeightSummary: Sendable, Equatable {
  /// The number of weights.
  package let count: Int
  /// W, by compensated summation.
  package let sum: Double
  /// W₂, by compensated summation.
  package let sumOfSquares: Double
  /// The fraction of weights below zero, in [0, 1].
  package let negativeFraction: Double

  package init(_ weights: [Double]) {
    var sum = CompensatedSum()
    var squares = CompensatedSum()
    var negative = 0
    for weight in weights {
      sum.add(weight)
      squares.add(weight * weight)
      negative += weight < 0 ? 1 : 0
    }
    count = weights.count
    self.sum = sum.value
    sumOfSquares = squares.value
    negativeFraction = weights.isEmpty ? 0 : Double(negative) / Double(weights.count)
  }

  /// The summary of rows that all weigh 1.
  package init(unweightedRows count: Int) {
    self.count = count
    sum = Double(count)
    sumOfSquares = Double(count)
    negativeFraction = 0
  }

  /// W²/W₂: the number of equal weights that would measure as well; 0 when all weights are 0.
  package var effectiveSize: Double {
    sumOfSquares > 0 ? sum * (sum / sumOfSquares) : 0
  }

  /// Refuses weights with which nothing is measurable.
  /// - Parameter origin: what the message calls the sample, as "column sWeight of kaons.csv".
  /// - Throws: `SampleError.nonPositiveWeightSum` or `.tooFewEffective` (below 5).
  package func requireUsable(origin: String) throws(SampleError) {
    guard sum > 0 else { throw .nonPositiveWeightSum(origin: origin, sum: sum) }
    guard effectiveSize >= 5 else { throw .tooFewEffective(origin: origin, effectiveSize: effectiveSize, rows: count) }
  }

  /// A word of caution when the effective size is below 50.
  package var warning: String? {
    guard effectiveSize < 50 else { return nil }
    return "\(count) rows are worth only \(roundedText(effectiveSize)) effective ones (W²/W₂); "
      + "below 50 every measure is rough"
  }
}
