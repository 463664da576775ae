// Chi2, separation power, Jensen-Shannon divergence and total variation of two binned columns, with errors.
internal import CKernels
internal import Numerics

/// The chi2 test of two columns in the same bins; columns with equal weights are counts, see
/// ``histogramChiSquare(_:_:)-(HistogramContents,_)``. A column of counts beside one with negative weights is compared by
/// the form for two weighted histograms.
///
/// O(n) after a radix sort.
/// - Parameter bins: nil for 50 bins of equal probability in the real column.
/// - Throws: ``EvaluationError`` when a column is not measurable or fewer than two bins are left.
package func histogramChiSquare(
  _ real: WeightedColumn, _ generated: WeightedColumn, bins: HistogramBins? = nil, threads: Int? = nil
) throws -> HistogramChiSquare {
  let columns = try MergedColumns(ColumnPair(real: real, generated: generated), threads: threads)
  return try columns.binned(bins, measure: "chi2").chiSquare().test
}

/// Distances of two histograms, from the shares p and q of their bins.
package enum BinnedDistance: String, Sendable, CaseIterable {
  /// 1/2 sum (p - q)^2/(p + q), from 0 to 1.
  case separationPower = "separation-power"
  /// 1/2 sum [p ln(2p/(p + q)) + q ln(2q/(p + q))] in nats, from 0 to ln 2.
  case jensenShannon = "jensen-shannon"
  /// 1/2 sum |p - q|, from 0 to 1.
  case totalVariation = "total-variation"
}

/// A distance of two histograms by their contents.
/// - Throws: ``EvaluationError`` when the histograms differ in bins, a sum is not positive, or a content is negative.
package func binnedDistance(
  _ distance: BinnedDistance, _ first: HistogramContents, _ second: HistogramContents
) throws -> Double {
  let (x, y) = (try BinSums(first, "the first histogram"), try BinSums(second, "the second histogram"))
  guard x.contents.count == y.contents.count else {
    throw EvaluationError.lengthMismatch(
      "the second histogram", count: y.contents.count, expected: x.contents.count)
  }
  try distance.requirePositive(x.contents + y.contents)
  return compensatedSum(x.contents.count) {
    distance.term(x.contents[$0] / x.total, y.contents[$0] / y.total)
  }
}

/// The same for two columns. O(n) after a radix sort.
/// - Parameter bins: nil for 50 bins of equal probability in the real column.
/// - Throws: ``EvaluationError`` when a column is not measurable, fewer than two bins are left, or a bin's sum of weights is
///   negative.
package func binnedDistance(
  _ distance: BinnedDistance, _ real: WeightedColumn, _ generated: WeightedColumn, bins: HistogramBins? = nil,
  threads: Int? = nil
) throws -> Estimate {
  let columns = try MergedColumns(ColumnPair(real: real, generated: generated), threads: threads)
  return try columns.binned(bins, measure: distance.rawValue).distance(distance)
}

extension MergedColumns {
  func binned(_ bins: HistogramBins?, measure: String) throws -> BinnedPair {
    try BinnedPair(self, bins ?? HistogramBins.equalProbability(self), measure: measure)
  }
}

extension BinnedDistance {
  fileprivate func requirePositive(_ contents: [Double]) throws {
    guard contents.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.undefined(
        measure: rawValue, reason: "a bin has a negative sum of weights", alternative: "chi2")
    }
  }

  fileprivate func term(_ p: Double, _ q: Double) -> Double {
    guard p + q > 0 else { return 0 }
    switch self {
    case .separationPower: return 0.5 * (p - q) * ((p - q) / (p + q))
    case .jensenShannon:
      return 0.5 * ((p > 0 ? p * fs_log(2 * p / (p + q)) : 0) + (q > 0 ? q * fs_log(2 * q / (p + q)) : 0))
    case .totalVariation: return 0.5 * (p - q).magnitude
    }
  }

  /// The derivative of the term by p.
  fileprivate func derivative(_ p: Double, _ q: Double) -> Double {
    guard p + q > 0 else { return 0 }
    switch self {
    case .separationPower: return 0.5 * ((p - q) / (p + q)) * ((p + 3 * q) / (p + q))
    case .jensenShannon: return p > 0 ? 0.5 * fs_log(2 * p / (p + q)) : 0
    case .totalVariation: return p == q ? 0 : p > q ? 0.5 : -0.5
    }
  }
}

/// The magnitude of a normal number.
private struct FoldedNormal {
  /// The mean change of the magnitude with the number: erf(mean/(sqrt(2) sigma)).
  let slope: Double
  /// The variance of the magnitude beyond slope^2 sigma^2; not negative.
  let restVariance: Double

  init(mean: Double, variance: Double) {
    guard variance > 0 else {
      (slope, restVariance) = (mean == 0 ? 0 : mean > 0 ? 1 : -1, 0)
      return
    }
    let sigma = variance.squareRoot()
    slope = fs_erf(mean / (sigma * 2.0.squareRoot()))
    let magnitude = sigma * (2 / Double.pi).squareRoot() * fs_exp(-0.5 * (mean / sigma) * (mean / sigma)) + mean * slope
    restVariance = max(0, mean * mean + variance - magnitude * magnitude - slope * slope * variance)
  }
}

extension BinnedPair {
  /// The error is the infinitesimal jackknife with bins held fixed. In the total variation a bin whose difference d is within
  /// its own fluctuation varies less than d does: |d| follows d with the slope erf(d/(sqrt(2) sigma)), and what the variance
  /// of a folded normal number is larger than that is added (events of both columns independent).
  func distance(_ distance: BinnedDistance) throws -> Estimate {
    try distance.requirePositive(first.map(\.weight) + second.map(\.weight))
    let (sum1, sum2) = (columns.first.sums.sum, columns.second.sums.sum)
    let (p, q) = (first.map { $0.weight / sum1 }, second.map { $0.weight / sum2 })
    var by1 = p.indices.map { distance.derivative(p[$0], q[$0]) }
    var by2 = p.indices.map { distance.derivative(q[$0], p[$0]) }
    var folded = CompensatedSum()
    if distance == .totalVariation, columns.replicas == nil {
      for bin in p.indices {
        let (one, two) = (first[bin].square.squareRoot() / sum1, second[bin].square.squareRoot() / sum2)
        let magnitude = FoldedNormal(mean: p[bin] - q[bin], variance: one * one + two * two)
        (by1[bin], by2[bin]) = (0.5 * magnitude.slope, -0.5 * magnitude.slope)
        folded.add(0.25 * magnitude.restVariance)
      }
    }
    let mean1 = compensatedSum(p.count) { p[$0] * by1[$0] }
    let mean2 = compensatedSum(p.count) { q[$0] * by2[$0] }
    let variance = variance(linear: by1.map { ($0 - mean1) / sum1 }, by2.map { ($0 - mean2) / sum2 }) + folded.value
    return Estimate(
      try finite(compensatedSum(p.count) { distance.term(p[$0], q[$0]) }, "the \(distance.rawValue)"),
      uncertainty: try finite(variance.squareRoot(), "the error of the \(distance.rawValue)"))
  }

  /// The test and the error of its statistic as an estimate of what samples of this size give on average:
  /// var = max(2 ndf, J - 2 ndf) with the jackknife's J, which near the null is too large by 2 ndf. With replicas it is J.
  func chiSquare() throws -> (test: HistogramChiSquare, uncertainty: Double) {
    let mixed = columns.first.isUnweighted != columns.second.isUnweighted
    let plain = !(mixed && (columns.first.hasNegativeWeights || columns.second.hasNegativeWeights))
    func histogram(_ side: MergedColumns.Side, _ contents: [Content]) -> HistogramContents {
      // Equal weights count as ones.
      let counts = contents.map { Double($0.count) }
      if side.isUnweighted { return HistogramContents(contents: counts, variances: plain ? nil : counts) }
      return HistogramContents(contents: contents.map(\.weight), variances: contents.map(\.square))
    }
    let (one, two) = (histogram(columns.first, first), histogram(columns.second, second))
    let test = try histogramChiSquare(one, two)
    let terms = ChiSquareTerms(try BinSums(one, "the real histogram"), try BinSums(two, "the generated histogram"))
    let gradient = terms.gradient()
    func contribution(_ side: MergedColumns.Side, _ slopes: [ChiSquareTerms.Slope]) -> (Int, Double) -> Double {
      let total = compensatedSum(slopes.count) { slopes[$0].total }
      let unit = side.isUnweighted
      return { bin, weight in
        let w = unit ? 1 : weight
        return w * (slopes[bin].content + total) + w * w * slopes[bin].variance
      }
    }
    let jackknife = variance(contribution(columns.first, gradient.first), contribution(columns.second, gradient.second))
    let null = 2 * Double(test.degreesOfFreedom)
    let variance = columns.replicas == nil ? max(null, jackknife - null) : jackknife
    return (test, try finite(variance.squareRoot(), "the error of the histogram chi2"))
  }
}

extension ChiSquareTerms {
  /// The derivatives of a bin's term by content, variance and total of one column.
  struct Slope {
    let content: Double
    let variance: Double
    let total: Double
  }

  /// By central differences, steps of 10^-4 of what a term varies by.
  func gradient() -> (first: [Slope], second: [Slope]) {
    let bins = first.contents.indices
    return (
      bins.map { bin in slope(first[bin]) { self.term($0, self.second[bin]) } },
      bins.map { bin in slope(second[bin]) { self.term(self.first[bin], $0) } }
    )
  }

  private func slope(_ content: Content, _ term: (Content) -> Double) -> Slope {
    func derivative(_ path: WritableKeyPath<Content, Double>, _ step: Double) -> Double {
      guard step > 0 else { return 0 }
      var (above, below) = (content, content)
      above[keyPath: path] += step
      below[keyPath: path] -= step
      return (term(above) - term(below)) / (above[keyPath: path] - below[keyPath: path])
    }
    return Slope(
      content: derivative(\.content, 1e-4 * content.variance.squareRoot()),
      variance: derivative(\.variance, 1e-4 * content.variance), total: derivative(\.total, 1e-4 * content.total))
  }
}
