// The fraction of a weighted sample that passes a cut, as in a PID efficiency curve.
internal import Numerics

/// A weighted fraction; signed weights may take it outside [0, 1], and it is not clipped.
package struct Efficiency: Sendable, Equatable {
  package let value: Double
  /// sqrt(sum w^2 (1(x > c) - eps)^2)/W.
  package let uncertainty: Double
}

/// The efficiency of the cut `value > cut`: sum over passing events of w, over W.
///
/// O(n). Source: C. Langenbruch, arXiv:1911.01303, for the error.
/// - Throws: ``EvaluationError`` when the sample is not measurable (see ``WeightSums``).
package func efficiency(_ sample: WeightedColumn, above cut: Double) throws -> Efficiency {
  let sums = try sample.checked("the sample")
  let (values, weights) = (sample.values, sample.weights)
  let value = compensatedSum(values.count) { values[$0] > cut ? weights[$0] : 0 } / sums.sum
  let variance = sandwichVariance(weights: weights, sum: sums.sum) { (values[$0] > cut ? 1 : 0) - value }
  return Efficiency(value: value, uncertainty: variance.squareRoot())
}

/// The efficiency in bins of another column, such as momentum; nil in a bin that is not measurable.
/// - Parameters:
///   - condition: shape [rows].
///   - edges: increasing; a bin is [low, high), the last one [low, high].
/// - Throws: ``EvaluationError`` when columns disagree in length, a number is not finite, or the edges do not
///   increase.
package func efficiencies(
  _ sample: WeightedColumn, above cut: Double, condition: [Double], edges: [Double]
) throws -> [Efficiency?] {
  let bins = try AUCBins(momentum: edges)
  guard condition.count == sample.values.count, sample.weights.count == sample.values.count else {
    throw EvaluationError.lengthMismatch("the condition column", count: condition.count, expected: sample.values.count)
  }
  try requireFinite(condition, "the condition column")
  try requireFinite(sample.values, "the sample")
  try requireFinite(sample.weights, "the weights")
  var (values, weights) = ([[Double]](repeating: [], count: bins.count), [[Double]](repeating: [], count: bins.count))
  for row in condition.indices {
    guard let bin = binIndex(condition[row], edges: edges) else { continue }
    values[bin].append(sample.values[row])
    weights[bin].append(sample.weights[row])
  }
  return zip(values, weights).map { try? efficiency(WeightedColumn(values: $0, weights: $1), above: cut) }
}
