// Quantiles of a weighted sample.
internal import Numerics

/// The smallest x whose cumulative weight reaches q W ("inverted CDF"), for each q.
///
/// With signed weights the cumulative weight is not monotone; its running maximum is used.
/// O(n) after a radix sort.
/// - Parameter probabilities: in [0, 1].
/// - Throws: ``EvaluationError`` when the sample is not measurable (see ``WeightSums``) or a probability is outside
///   [0, 1].
package func weightedQuantiles(_ sample: WeightedColumn, _ probabilities: [Double]) throws -> [Double] {
  let sorted = try SortedSample(sample, "the sample")
  guard probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
    throw EvaluationError.badOption("a quantile's probability is outside [0, 1]: give numbers between 0 and 1")
  }
  var running: [Double] = []
  running.reserveCapacity(sorted.values.count)
  var (below, highest) = (CompensatedSum(), -Double.infinity)
  for weight in sorted.weights {
    below.add(weight)
    highest = max(highest, below.value)
    running.append(highest)
  }
  return probabilities.map { probability in
    let target = probability * sorted.sums.sum
    var (low, high) = (0, running.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if running[middle] >= target { high = middle } else { low = middle + 1 }
    }
    return sorted.values[low]
  }
}
