// NDB: in how many clusters of the training sample the generated sample has a different share.
internal import CKernels
internal import Numerics

/// The number of statistically different bins, and what it is made of.
package struct DifferentBins: Sendable, Equatable {
  /// Bins whose two-sided p-value is below the significance.
  package let count: Int
  package let bins: Int
  /// NDB/K: about the significance for equal distributions.
  package var fraction: Double { Double(count) / Double(bins) }
  /// In nats, between the shares; biased upwards by about (K - 1)(1/n1 + 1/n2)/8.
  package let jensenShannon: Estimate
  /// Weighted shares of the bins, shape [bins].
  package let trainingShares: [Double]
  package let generatedShares: [Double]
  /// (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)), p pooled; 0 for a bin that is empty or holds everything.
  package let scores: [Double]
}

/// Compares the shares of two samples in the cells of given centres.
///
/// n1 and n2 are the effective sizes. Weights must not be negative. O((n + m) k d). The error of the divergence is that of
/// the delta method over fixed bins; the count has none.
/// Source: E. Richardson, Y. Weiss, arXiv:1805.12462; the authors' `NDB` class.
/// - Parameters:
///   - centres: shape [bins][dimensions]; a point belongs to the nearest, the first one at ties.
///   - significance: below which a p-value counts as different.
/// - Throws: ``EvaluationError`` when a sample is not measurable, a weight is negative, or centres have other dimensions.
package func differentBins(
  _ training: WeightedPoints, _ generated: WeightedPoints, centres: [[Double]], significance: Double = 0.05,
  threads: Int? = nil
) throws -> DifferentBins {
  try differentBins(
    training, generated, significance: significance, threads: threads
  ) { dimensions in
    guard !centres.isEmpty, centres.allSatisfy({ $0.count == dimensions }) else {
      throw EvaluationError.badOption("the centres have another number of coordinates than the samples: correct them")
    }
    try requireFinite(centres.flatMap { $0 }, "a centre")
    return PointRows(values: centres.flatMap { $0 }, count: centres.count, dimensions: dimensions)
  }
}

/// The same with k-means clusters of the training sample, which needs at least 50 rows a bin.
///
/// Coordinates are used as they are: standardise them first (``Standardisation``). O(restarts iterations n k d).
/// - Throws: also ``EvaluationError/undefined(measure:reason:alternative:)`` for too few training rows.
package func differentBins(
  _ training: WeightedPoints, _ generated: WeightedPoints, bins: Int = 100, significance: Double = 0.05,
  options: KMeansOptions = KMeansOptions(), seed: UInt64 = 1, threads: Int? = nil
) throws -> DifferentBins {
  try differentBins(training, generated, significance: significance, threads: threads) { _ in
    guard bins >= 1, training.weights.count >= 50 * bins else {
      throw EvaluationError.undefined(
        measure: "the number of different bins",
        reason: "\(training.weights.count) training rows are fewer than 50 for each of \(bins) bins",
        alternative: "\(max(1, training.weights.count / 50)) bins or fewer")
    }
    return try kMeans(PointRows(training), clusters: bins, options: options, seed: seed, threads: threads).centres
  }
}

private func differentBins(
  _ training: WeightedPoints, _ generated: WeightedPoints, significance: Double, threads: Int?,
  centres: (_ dimensions: Int) throws -> PointRows
) throws -> DifferentBins {
  let measure = "the number of different bins"
  let sums = (try training.checked("the training sample"), try generated.checked("the generated sample"))
  try requireEqualDimensions(training, generated, "the generated sample")
  try training.requirePositiveWeights(measure, "the training sample")
  try generated.requirePositiveWeights(measure, "the generated sample")
  let centres = try centres(training.columns.count)
  let first = try assigned(PointRows(training), to: centres, threads: threads).owners
  let second = try assigned(PointRows(generated), to: centres, threads: threads).owners
  let p = frequencies(first[...], training.weights, bins: centres.count)
  let q = frequencies(second[...], generated.weights, bins: centres.count)
  let (n, m) = (sums.0.effectiveSize, sums.1.effectiveSize)
  let scores = p.indices.map { bin in
    let pooled = (p[bin] * n + q[bin] * m) / (n + m)
    let variance = pooled * (1 - pooled) * (1 / n + 1 / m)
    return variance > 0 ? (p[bin] - q[bin]) / variance.squareRoot() : 0
  }
  let count = scores.reduce(0) { $0 + (fs_erfc($1.magnitude / 2.0.squareRoot()) < significance ? 1 : 0) }
  return DifferentBins(
    count: count, bins: centres.count, jensenShannon: jensenShannonEstimate(p, q, sizes: (n, m)), trainingShares: p,
    generatedShares: q, scores: scores)
}

/// 1/2 sum p ln(p/m) + 1/2 sum q ln(q/m), m = (p + q)/2, in nats, with the error of the delta method for shares of
/// samples with the given effective sizes.
private func jensenShannonEstimate(_ p: [Double], _ q: [Double], sizes: (Double, Double)) -> Estimate {
  /// 1/2 ln(p/m): half of what p contributes, and the derivative of the divergence by p.
  func slope(_ a: Double, _ b: Double) -> Double { a > 0 ? 0.5 * fs_log(a / (0.5 * (a + b))) : 0 }
  func variance(_ a: [Double], _ b: [Double], _ size: Double) -> Double {
    let mean = compensatedSum(a.count) { a[$0] * slope(a[$0], b[$0]) }
    let square = compensatedSum(a.count) { a[$0] * (slope(a[$0], b[$0]) - mean) * (slope(a[$0], b[$0]) - mean) }
    return square / size
  }
  let value = compensatedSum(p.count) { p[$0] * slope(p[$0], q[$0]) + q[$0] * slope(q[$0], p[$0]) }
  return Estimate(
    max(0, value), uncertainty: (variance(p, q, sizes.0) + variance(q, p, sizes.1)).squareRoot())
}
