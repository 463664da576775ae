// Wasserstein distances of two weighted one-dimensional samples.
internal import Numerics

/// W1 = integral |F1 - F2| dx, exact, in the unit of the samples.
///
/// O(n) after a radix sort. Signed weights are accepted, but the result is then no metric.
/// - Throws: ``EvaluationError`` when a sample is not measurable (see ``WeightSums``) or the distance overflows.
package func wasserstein1(_ first: WeightedColumn, _ second: WeightedColumn) throws -> Double {
  let x = try SortedSample(first, "the first sample")
  let y = try SortedSample(second, "the second sample")
  var total = CompensatedSum()
  var previous: (z: Double, distance: Double)?
  walkDistributions(x, y) { z, f1, f2 in
    if let (below, distance) = previous { total.add((z - below) * distance) }
    previous = (z, (f1 - f2).magnitude)
  }
  return try finite(total.value, "the Wasserstein distance")
}

/// W2^2 = integral over q of (x_q - y_q)^2, exact, by matching quantiles.
///
/// O(n) after a radix sort.
/// - Throws: ``EvaluationError`` when a weight is negative (a quantile function does not exist then), a sample is not
///   measurable, or the distance overflows.
package func wasserstein2Squared(_ first: WeightedColumn, _ second: WeightedColumn) throws -> Double {
  for (column, name) in [(first, "first"), (second, "second")] where column.weights.contains(where: { $0 < 0 }) {
    throw EvaluationError.badOption("the \(name) sample has negative weights: W2 is not defined, use W1")
  }
  let x = try SortedSample(first, "the first sample")
  let y = try SortedSample(second, "the second sample")
  var total = CompensatedSum()
  var (i, j) = (0, 0)
  var (upToX, upToY) = (CompensatedSum(), CompensatedSum())
  upToX.add(x.weights[0])
  upToY.add(y.weights[0])
  var reached = 0.0
  while true {
    let (qx, qy) = (upToX.value / x.sums.sum, upToY.value / y.sums.sum)
    let next = min(qx, qy)
    let gap = x.values[i] - y.values[j]
    total.add(max(0, next - reached) * gap * gap)
    reached = max(reached, next)
    // Rounding may leave a last crumb of probability in one sample only; it carries no weight.
    if qx <= qy {
      i += 1
      if i == x.values.count { break }
      upToX.add(x.weights[i])
    } else {
      j += 1
      if j == y.values.count { break }
      upToY.add(y.weights[j])
    }
  }
  return try finite(total.value, "the squared Wasserstein distance")
}
