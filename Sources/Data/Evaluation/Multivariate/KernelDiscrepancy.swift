// Maximum mean discrepancies: squared distances of two samples in the space of a kernel.
internal import CKernels
internal import Numerics

/// A positive definite function of two points.
package enum DiscrepancyKernel: Sendable, Equatable {
  /// exp(-|x - y|^2/(2 s^2)), summed over the widths s given, in the unit of the coordinates.
  case gaussian(widths: [Double])
  /// (x y/d + 1)^degree with d the number of dimensions: degree 3 is that of the kernel inception distance, 4 that of the
  /// kernel physics distance.
  case polynomial(degree: Int)

  /// Five widths, the median distance of the pooled points times 1/4, 1/2, 1, 2 and 4.
  package static func gaussian(around median: Double) -> Self {
    .gaussian(widths: [0.25, 0.5, 1, 2, 4].map { $0 * median })
  }
}

/// MMD^2 by both estimators.
package struct KernelDiscrepancy: Sendable, Equatable {
  /// The mean over all pairs: never negative for positive weights, biased upwards.
  package let vStatistic: Double
  /// The pairs of an event with itself left out: unbiased for unit weights, negative values happen.
  package let uStatistic: Double
  /// Infinitesimal jackknife, the two samples independent; up to sqrt(2) too large where the distributions agree.
  package let uncertainty: Double

  /// The value that is quoted.
  package var estimate: Estimate { Estimate(uStatistic, uncertainty: uncertainty) }
}

/// MMD^2 = sum w w' k/W^2 + sum v v' k/V^2 - 2 sum w v k/(W V); the weights may have any sign.
///
/// O((n + m)^2 (d + widths)) time in fixed blocks. Coordinates are used as they are: standardise them first.
/// Source: A. Gretton et al., J. Mach. Learn. Res. 13 (2012) 723; M. Binkowski et al., arXiv:1801.01401.
/// - Parameters:
///   - kernel: nil for five Gaussians around ``medianDistance(_:_:seed:)``.
///   - seed: of the points for the median.
/// - Throws: ``EvaluationError`` when a sample is not measurable, the dimensions differ, a width or degree is out of range,
///   or a kernel overflows; ``EvaluationError/undefined(measure:reason:alternative:)`` where all points are equal, so that
///   there is no median distance.
package func kernelDiscrepancy(
  _ first: WeightedPoints, _ second: WeightedPoints, kernel: DiscrepancyKernel? = nil, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> KernelDiscrepancy {
  let sums = (try first.checked("the first sample"), try second.checked("the second sample"))
  try requireEqualDimensions(first, second, "the second sample")
  let kernel = try kernel ?? .gaussian(around: medianDistance(first, second, seed: seed))
  let function = try PairKernel(kernel, dimensions: first.columns.count)
  let across = kernelSums(first, second, function, threads: threads)
  let withinX = kernelSums(within: first, function, threads: threads)
  let withinY = kernelSums(within: second, function, threads: threads)
  let (w, v) = (first.weights, second.weights)
  let a = w.indices.map { withinX[$0] / sums.0.sum - across.rows[$0] / sums.1.sum }
  let b = v.indices.map { withinY[$0] / sums.1.sum - across.columns[$0] / sums.0.sum }
  let meanA = compensatedSum(w.count) { w[$0] * a[$0] } / sums.0.sum
  let meanB = compensatedSum(v.count) { v[$0] * b[$0] } / sums.1.sum
  let value = try finite(meanA + meanB, "the maximum mean discrepancy")
  // U's mean within a sample is (S - sum w^2 k_ii)/(W^2 - sum w^2); what it lacks to V's is (sum w^2 k_ii - S/n_eff)/(...).
  func excess(_ points: WeightedPoints, _ within: [Double], _ sums: WeightSums) -> Double {
    let weights = points.weights
    let mean = compensatedSum(weights.count) { weights[$0] * within[$0] } / sums.sum / sums.sum
    let own = compensatedSum(weights.count) { weights[$0] * weights[$0] * function.diagonal(points, $0) }
    return (own / sums.sumOfSquares - mean) / (sums.effectiveSize - 1)
  }
  let variance =
    sandwichVariance(weights: w, sum: sums.0.sum) { 2 * (a[$0] - meanA) }
    + sandwichVariance(weights: v, sum: sums.1.sum) { 2 * (b[$0] - meanB) }
  return KernelDiscrepancy(
    vStatistic: value,
    uStatistic: try finite(
      value - excess(first, withinX, sums.0) - excess(second, withinY, sums.1), "the maximum mean discrepancy"),
    uncertainty: try finite(variance.squareRoot(), "the error of the maximum mean discrepancy"))
}

/// The median distance of all pairs of the pooled points, of at most 2000 random ones; weights do not enter.
/// - Throws: ``EvaluationError`` as ``kernelDiscrepancy(_:_:kernel:seed:threads:)``.
package func medianDistance(_ first: WeightedPoints, _ second: WeightedPoints, seed: UInt64 = 1) throws -> Double {
  _ = try first.checked("the first sample")
  _ = try second.checked("the second sample")
  try requireEqualDimensions(first, second, "the second sample")
  let pooled = WeightedPoints(
    columns: zip(first.columns, second.columns).map { $0 + $1 }, weights: first.weights + second.weights)
  let points = pooled.randomSubset(2000, seed: seed, stream: 0x6d65_6469, 0)
  let count = points.weights.count
  let rows = mapChunks(count) { i in
    (i + 1..<count).map { j in
      var square = 0.0
      for column in points.columns { square += (column[i] - column[j]) * (column[i] - column[j]) }
      return square
    }
  }
  let squares = rows.flatMap { $0 }
  try requireFinite(squares, "a squared distance")
  // Two ranks of many: found by halving the range of bit patterns, which are in the order of the numbers.
  func ranked(_ rank: Int) -> Double {
    var (low, high): (UInt64, UInt64) = (0, Double.infinity.bitPattern)
    while low < high {
      let middle = low + (high - low) / 2
      if squares.count(where: { $0.magnitude.bitPattern <= middle }) > rank { high = middle } else { low = middle + 1 }
    }
    return Double(bitPattern: low)
  }
  let median = (fs_sqrt(ranked((squares.count - 1) / 2)) + fs_sqrt(ranked(squares.count / 2))) / 2
  guard median > 0 else {
    throw EvaluationError.undefined(
      measure: "the maximum mean discrepancy", reason: "half of all pairs of points are equal: no median distance",
      alternative: "a given width")
  }
  return median
}
