// Precision and recall of distributions: the curve over all slopes, and its summaries.
internal import CKernels
internal import Numerics

/// The attainable pairs of precision and recall between two distributions, by slope.
package struct PrecisionRecallCurve: Sendable, Equatable {
  /// alpha(l) = sum_i min(l P_i, Q_i), clipped to [0, 1]; shape [angles], ascending slopes.
  package let precision: [Double]
  /// beta(l) = alpha(l) / l.
  package let recall: [Double]

  /// The largest F_b = (1 + b^2) alpha beta / (b^2 alpha + beta) over the curve: b = 8 weighs recall, 1/8 precision.
  package func largestF(_ b: Double) -> Double {
    var largest = 0.0
    for (alpha, beta) in zip(precision, recall) {
      let below = b * b * alpha + beta
      if below > 0 { largest = max(largest, (1 + b * b) * alpha * beta / below) }
    }
    return largest
  }

  /// The integral of precision over recall by the trapezium rule.
  package var area: Double {
    compensatedSum(precision.count - 1) {
      0.5 * (precision[$0] + precision[$0 + 1]) * (recall[$0] - recall[$0 + 1]).magnitude
    }
  }
}

/// The slopes l = tan(angle) of `angles` angles from 1e-10 to pi/2 - 1e-10, equally spaced.
private func slopes(_ angles: Int) -> [Double] {
  let (first, last) = (1e-10, Double.pi / 2 - 1e-10)
  return (0..<angles).map { fs_tan($0 == angles - 1 ? last : first + (last - first) / Double(angles - 1) * Double($0)) }
}

/// The curve of two discrete distributions over the same bins.
///
/// O(angles bins). Source: M. Sajjadi et al., arXiv:1806.00035, equations 3 and 4 and algorithm 1.
/// - Parameters:
///   - reference: P, not negative, summing to 1.
///   - evaluated: Q, likewise.
/// - Throws: ``EvaluationError`` where the bins differ in number, a content is negative or a sum is not 1 within 1e-6.
package func precisionRecallCurve(reference: [Double], evaluated: [Double], angles: Int = 1001) throws
  -> PrecisionRecallCurve
{
  guard reference.count == evaluated.count else {
    throw EvaluationError.lengthMismatch("the evaluated histogram", count: evaluated.count, expected: reference.count)
  }
  guard angles >= 2 else { throw EvaluationError.badOption("a curve needs at least 2 angles: raise them") }
  for (contents, name) in [(reference, "the reference histogram"), (evaluated, "the evaluated histogram")] {
    try requireFinite(contents, name)
    let sum = compensatedSum(contents.count) { contents[$0] }
    guard contents.allSatisfy({ $0 >= 0 }), (sum - 1).magnitude <= 1e-6 else {
      throw EvaluationError.undefined(
        measure: "the precision-recall curve", reason: "\(name) has a negative content or does not sum to 1",
        alternative: positiveWeightsAlternative)
    }
  }
  return curve(reference, evaluated, slopes(angles))
}

private func curve(_ reference: [Double], _ evaluated: [Double], _ slopes: [Double]) -> PrecisionRecallCurve {
  var (precision, recall): ([Double], [Double]) = ([], [])
  for slope in slopes {
    var sum = 0.0
    for bin in reference.indices { sum += min(slope * reference[bin], evaluated[bin]) }
    precision.append(min(1, sum))
    recall.append(min(1, sum / slope))
  }
  return PrecisionRecallCurve(precision: precision, recall: recall)
}

/// Precision and recall of distributions from clustered points.
package struct ClusteredPrecisionRecall: Sendable, Equatable {
  /// The mean of the curves of all clusterings.
  package let curve: PrecisionRecallCurve
  /// F_8 of the mean curve, near 1 where all of the reference is reached.
  package let recallLike: Estimate
  /// F_1/8 of the mean curve, near 1 where all that is generated is real.
  package let precisionLike: Estimate
  /// The rows that each sample was cut to.
  package let size: Int
}

/// Clusters the union of both samples, cut to equal size by a random choice of rows, by k-means and takes the curve of
/// their histograms over the clusters; averages the curves of several clusterings.
///
/// Weights must not be negative: they enter the histograms, while the clusters are those of the rows. The errors are those
/// of histograms over fixed clusters, by the Poisson bootstrap. Coordinates are used as they are: standardise them first
/// (``Standardisation``). O(clusterings restarts iterations n k d).
/// Source: M. Sajjadi et al., arXiv:1806.00035; the authors' `compute_prd_from_embedding` with k-means in place of its
/// mini-batch variant.
/// - Throws: ``EvaluationError`` when a sample is not measurable, a weight is negative or there are too few points.
package func clusteredPrecisionRecall(
  _ real: WeightedPoints, _ generated: WeightedPoints, clusters: Int = 20, clusterings: Int = 10, angles: Int = 1001,
  options: KMeansOptions = KMeansOptions(iterations: 20), replicas: Int = 200, seed: UInt64 = 1, threads: Int? = nil
) throws -> ClusteredPrecisionRecall {
  let measure = "precision and recall of distributions"
  _ = try real.checked("the real sample")
  _ = try generated.checked("the generated sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  try real.requirePositiveWeights(measure, "the real sample")
  try generated.requirePositiveWeights(measure, "the generated sample")
  guard clusterings >= 1, angles >= 2 else {
    throw EvaluationError.badOption("\(measure) needs at least 1 clustering and 2 angles: raise them")
  }
  let size = min(real.weights.count, generated.weights.count)
  let chosen = [real, generated].enumerated().map { sample, points in
    sampledRows(size, of: points.weights.count, seed: seed, stream: balanceStream + UInt32(sample))
  }
  let union = PointRows(real).rows(chosen[0]).followed(by: PointRows(generated).rows(chosen[1]))
  let (w, v) = (chosen[0].map { real.weights[$0] }, chosen[1].map { generated.weights[$0] })
  guard w.contains(where: { $0 > 0 }), v.contains(where: { $0 > 0 }) else {
    throw EvaluationError.empty("a cut sample")
  }
  let owners = try (0..<clusterings).map { clustering in
    try kMeans(
      union, clusters: clusters, options: options, seed: seed, stream: kMeansStream + UInt32(clustering),
      threads: threads
    ).owners
  }
  let slopes = slopes(angles)
  @Sendable func meanCurve(_ w: [Double], _ v: [Double]) -> PrecisionRecallCurve {
    let curves = owners.map { owners in
      curve(
        frequencies(owners[..<size], w, bins: clusters), frequencies(owners[size...], v, bins: clusters), slopes)
    }
    func mean(_ part: KeyPath<PrecisionRecallCurve, [Double]>) -> [Double] {
      slopes.indices.map { angle in compensatedSum(curves.count) { curves[$0][keyPath: part][angle] } }
        .map { $0 / Double(curves.count) }
    }
    return PrecisionRecallCurve(precision: mean(\.precision), recall: mean(\.recall))
  }
  let value = meanCurve(w, v)
  let bootstrap = Bootstrap(replicas: replicas, seed: seed)
  let resampled = mapChunks(max(0, replicas), threads: threads) { replica in
    let first = bootstrap.multiplicities(size, replica: replica)
    let second = bootstrap.multiplicities(size, replica: replica, stream: Bootstrap.stream + 1)
    let curve = meanCurve(zip(w, first).map(*), zip(v, second).map(*))
    return (curve.largestF(8), curve.largestF(0.125))
  }
  return ClusteredPrecisionRecall(
    curve: value,
    recallLike: Estimate(value.largestF(8), uncertainty: Spread(of: resampled.map(\.0)).deviation),
    precisionLike: Estimate(value.largestF(0.125), uncertainty: Spread(of: resampled.map(\.1)).deviation), size: size)
}

/// The Philox stream of the rows that are kept ("prd0"); the second sample takes the next one.
private let balanceStream: UInt32 = 0x7072_6430

/// The weighted fraction of rows in each bin; NaN where all weights are 0.
func frequencies(_ owners: ArraySlice<Int32>, _ weights: [Double], bins: Int) -> [Double] {
  var sums = [CompensatedSum](repeating: CompensatedSum(), count: bins)
  for (owner, weight) in zip(owners, weights) { sums[Int(owner)].add(weight) }
  let total = compensatedSum(weights.count) { weights[$0] }
  return sums.map { $0.value / total }
}
