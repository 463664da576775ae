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
  let quantile = try SideQuantile(columns, columns.first, probability) {
    try columns.uncertainty(Influences(first: $0, second: $0.map { _ in 0 }), "a quantile")
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
  /// (q - 1(x <= x_q))/density, the influence at each distinct value; the density is the one that the error implies.
  let influences: [Double]

  /// - Parameter uncertainty: the error of the distribution at the quantile, from the influences of events on it.
  init(
    _ columns: MergedColumns, _ side: MergedColumns.Side, _ probability: Double,
    uncertainty distributionError: ([Double]) throws -> Double
  ) throws {
    let values = columns.values
    guard probability >= 0, probability <= 1 else {
      throw EvaluationError.badOption("a quantile's probability is \(probability): give a number between 0 and 1")
    }
    // The running maximum first reaches a level where the distribution itself does. The last occupied value stands for
    // a level that rounding keeps just out of reach.
    let distribution = side.distribution
    let last = side.counts.lastIndex { $0 > 0 } ?? 0
    let first = side.counts.firstIndex { $0 > 0 } ?? 0
    func place(_ level: Double) -> Int {
      level <= 0 ? first : distribution.indices.first { side.counts[$0] > 0 && distribution[$0] >= level } ?? last
    }
    let here = place(probability)
    value = values[here]
    let steps = values.indices.map { $0 <= here ? 1.0 : 0 }
    let error = try distributionError(steps)
    guard probability - error > 0, probability + error < 1 else {
      uncertainty = nil
      influences = []
      return
    }
    let width = values[place(probability + error)] - values[place(probability - error)]
    uncertainty = try finite(width / 2, "the error of a quantile")
    // All events at one value have no error, and no influence.
    let inverseDensity = error > 0 ? width / 2 / error : 0
    influences = steps.map { inverseDensity * (probability - $0) }
  }
}
