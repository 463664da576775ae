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
  let distribution = RunningDistribution(sorted)
  return probabilities.map { distribution.quantile($0) }
}

/// A quantile and its error.
///
/// The error inverts the sandwich error of the distribution, s = sqrt(sum w^2 (1(x <= x_q) - q)^2)/W, into
/// (x_{q+s} - x_{q-s})/2: no density estimate is needed. nil where q - s or q + s leaves (0, 1).
/// O(n) after a radix sort. Source: R. Woodruff, JASA 47 (1952) 635.
/// - Throws: ``EvaluationError`` when the sample is not measurable (see ``WeightSums``) or the probability is outside
///   [0, 1].
package func weightedQuantile(_ sample: WeightedColumn, _ probability: Double) throws -> Estimate {
  let columns = try MergedColumns(ColumnPair(real: sample, generated: sample))
  let quantile = try SideQuantile(columns, columns.first, probability) { place in
    try columns.uncertainty("a quantile", first: { $0 <= place ? 1 : 0 }, second: nil)
  }
  return Estimate(quantile.value, uncertainty: quantile.uncertainty)
}

/// The running maximum of the cumulative weight, in ascending order of the values.
private struct RunningDistribution {
  private let values: [Double]
  private var running: [Double] = []
  private let sum: Double

  init(_ sorted: SortedSample) {
    values = sorted.values
    sum = sorted.sums.sum
    running.reserveCapacity(values.count)
    var (below, highest) = (CompensatedSum(), -Double.infinity)
    for weight in sorted.weights {
      below.add(weight)
      highest = max(highest, below.value)
      running.append(highest)
    }
  }

  func quantile(_ probability: Double) -> Double {
    let target = probability * sum
    var (low, high) = (0, running.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if running[middle] >= target { high = middle } else { low = middle + 1 }
    }
    return values[low]
  }
}

/// A quantile of one of two merged columns.
struct SideQuantile {
  let value: Double
  let uncertainty: Double?
  /// The place of the value, and the inverse density there that the error implies: an event's influence is
  /// (q - 1(x <= x_q)) times it.
  let place: Int
  let inverseDensity: Double

  /// - Parameter uncertainty: the error of the distribution at the quantile, at a place.
  init(
    _ columns: MergedColumns, _ side: MergedColumns.Side, _ probability: Double,
    uncertainty distributionError: (Int) throws -> Double
  ) throws {
    let values = columns.values
    guard probability >= 0, probability <= 1 else {
      throw EvaluationError.badOption("a quantile's probability is \(probability): give a number between 0 and 1")
    }
    // The running maximum first reaches a level where the distribution itself does. The last occupied value stands for
    // a level that rounding keeps just out of reach.
    let (counts, distribution) = (side.counts, side.distribution)
    let last = counts.lastIndex { $0 > 0 } ?? 0
    func place(_ level: Double, from start: Int = 0) -> Int {
      var index = start
      while index < last, counts[index] == 0 || (level > 0 && distribution[index] < level) { index += 1 }
      return index
    }
    let here = place(probability)
    self.place = here
    value = values[here]
    let error = try distributionError(here)
    guard probability - error > 0, probability + error < 1 else {
      uncertainty = nil
      inverseDensity = 0
      return
    }
    let width = values[place(probability + error, from: here)] - values[place(probability - error)]
    uncertainty = try finite(width / 2, "the error of a quantile")
    // All events at one value have no error, and no influence.
    inverseDensity = error > 0 ? width / 2 / error : 0
  }
}
