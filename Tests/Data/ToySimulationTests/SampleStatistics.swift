// Plain statistics of unweighted samples, written out so that the tests depend on no code under test.
import Foundation

/// Mean and variance of a sample.
func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
}

/// Quantiles by linear interpolation between order statistics.
func quantiles(_ values: [Double], at levels: [Double]) -> [Double] {
  let sorted = values.sorted()
  return levels.map { level in
    let position = level * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }
}

/// Pearson's coefficient.
func correlation(_ x: [Double], _ y: [Double]) -> Double {
  let (meanX, varianceX) = moments(x)
  let (meanY, varianceY) = moments(y)
  let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / Double(x.count)
  return covariance / (varianceX * varianceY).squareRoot()
}

/// The probability that a positive exceeds a negative, ties counting one half.
func areaUnderCurve(positives: [Double], negatives: [Double]) -> Double {
  let all = (positives.map { ($0, 1) } + negatives.map { ($0, 0) }).sorted { $0.0 < $1.0 }
  var below = 0
  var pairs = 0.0
  var start = 0
  while start < all.count {
    var end = start
    var tied = (positive: 0, negative: 0)
    while end < all.count, all[end].0 == all[start].0 {
      if all[end].1 == 1 { tied.positive += 1 } else { tied.negative += 1 }
      end += 1
    }
    pairs += Double(tied.positive) * (Double(below) + 0.5 * Double(tied.negative))
    below += tied.negative
    start = end
  }
  return pairs / (Double(positives.count) * Double(negatives.count))
}

/// Kolmogorov's distance to a distribution times √n; above 2.3 with a probability of 5e-5 where the sample follows it.
func scaledKolmogorovDistance(_ values: [Double], cumulative: (Double) -> Double) -> Double {
  let sorted = values.sorted()
  let count = Double(sorted.count)
  var distance = 0.0
  for (rank, value) in sorted.enumerated() {
    let expected = cumulative(value)
    distance = max(distance, abs(expected - Double(rank) / count), abs(expected - Double(rank + 1) / count))
  }
  return distance * count.squareRoot()
}
