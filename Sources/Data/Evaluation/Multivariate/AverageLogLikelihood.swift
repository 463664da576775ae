// Measures 1 and 2 of arXiv:1802.03446: average log-likelihood and coverage, by kernel densities of generated events.
internal import CKernels
internal import Numerics

/// The average log-likelihood of real events, with the width of the kernel that gave it.
package struct AverageLogLikelihood: Sendable, Equatable {
  /// Mean ln p_h of the real events, with the fluctuation of both samples at this h.
  package let estimate: Estimate
  /// h, in the unit of the columns.
  package let bandwidth: Double
  /// True where h is the first or last of the grid, so that the maximum may lie beyond.
  package let atEdge: Bool
}

/// (1/W) sum w_i ln p_h(x_i) over real events, where p_h is the kernel density of the generated ones.
///
/// Without a width, h is the best of 20 between 0.1 and 10 times Scott's, in equal ratios, for a random fifth of the real
/// events; the others give the value. Points that were divided by the real sample's widths have an error that knows it: a
/// larger spread of the real events lowers both their density and the unit. O(20 n m d). Unreliable above about ten
/// dimensions. Standardise the columns first.
/// Source: A. Borji, arXiv:1802.03446, measure 1; L. Theis, A. van den Oord, M. Bethge, arXiv:1511.01844 on its pitfalls.
/// - Parameter isStandardised: the points are in units of the real sample (``Standardisation``).
/// - Throws: ``EvaluationError`` when a sample is not measurable, the dimensions differ or all generated events are equal;
///   ``EvaluationError/undefined(measure:reason:alternative:)`` for a negative weight, and where the density of a real
///   event vanishes.
package func averageLogLikelihood(
  _ real: WeightedPoints, _ generated: WeightedPoints, bandwidth: Double? = nil, isStandardised: Bool = false,
  seed: UInt64 = 1, threads: Int? = nil
) throws -> AverageLogLikelihood {
  let measure = "the average log-likelihood"
  _ = try real.checked("the real sample")
  _ = try generated.checked("the generated sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  try real.requirePositiveWeights(measure, "the real sample")
  try generated.requirePositiveWeights(measure, "the generated sample")
  if let bandwidth {
    let estimate = try likelihood(
      real, unit: isStandardised ? real : nil, KernelDensity(generated, bandwidth: bandwidth), threads: threads)
    return AverageLogLikelihood(estimate: estimate, bandwidth: bandwidth, atEdge: false)
  }
  let chosen = sampledRows(
    max(1, real.weights.count / 5), of: real.weights.count, seed: seed, stream: validationStream)
  var isChosen = [Bool](repeating: false, count: real.weights.count)
  for row in chosen { isChosen[row] = true }
  let validation = real[chosen]
  let others = real.weights.indices.filter { !isChosen[$0] }
  let test = real[others]
  let validationSum = try WeightSums(test.weights, "the real sample without its validation part").sum
  guard validationSum > 0, WeightSums(validation.weights).sum > 0 else {
    throw EvaluationError.empty("the validation part of the real sample")
  }
  let grid = try bandwidths(generated)
  let values = try grid.map { width in
    let logs = try KernelDensity(generated, bandwidth: width).logDensity(at: validation.columns, threads: threads)
    return compensatedSum(logs.count) { validation.weights[$0] > 0 ? validation.weights[$0] * logs[$0] : 0 }
  }
  // The lowest of equal ones; a density that vanishes at an event is worse than any other.
  let best = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  let estimate = try likelihood(
    test, rows: others, unit: isStandardised ? real : nil, KernelDensity(generated, bandwidth: grid[best]),
    threads: threads)
  return AverageLogLikelihood(
    estimate: estimate, bandwidth: grid[best], atEdge: best == 0 || best == grid.count - 1)
}

/// The share of real events inside the region that holds 95 % of the model: C = P_real(p_h > t), where t is the 5 %
/// quantile (inverted distribution) of p_h on the generated events, each one's own kernel included.
///
/// The error is that of the delete-group jackknife over both samples, at this h: 8 groups, of which each lacks its part of
/// the density, of the threshold and of the real events (``GroupJackknife``). O((n + m) m d).
/// Source: I. Tolstikhin et al., arXiv:1701.02386, section 5 (AdaGAN); A. Borji, arXiv:1802.03446, measure 2.
/// - Parameter bandwidth: nil for the one that ``averageLogLikelihood(_:_:bandwidth:seed:threads:)`` finds.
/// - Throws: as ``averageLogLikelihood(_:_:bandwidth:seed:threads:)``.
package func densityCoverage(
  _ real: WeightedPoints, _ generated: WeightedPoints, bandwidth: Double? = nil, seed: UInt64 = 1, threads: Int? = nil
) throws -> Estimate {
  _ = try real.checked("the real sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  try real.requirePositiveWeights("coverage", "the real sample")
  let width =
    try bandwidth ?? averageLogLikelihood(real, generated, seed: seed, threads: threads).bandwidth
  let density = try KernelDensity(generated, bandwidth: width)
  let jackknife = GroupJackknife(groups: 8, seed: seed)
  let groups = jackknife.groups(of: generated.weights.count, sample: 1)
  let own = density.logDensityByGroups(at: generated.columns, groups: groups, count: 8, threads: threads)
  let logs = density.logDensityByGroups(at: real.columns, groups: groups, count: 8, threads: threads)
  /// ln p_h without the events of a group.
  @Sendable func reduced(_ point: (log: Double, parts: [Double]), without group: Int?) -> Double {
    group.map { point.log + fs_log(max(0, 1 - point.parts[$0])) } ?? point.log
  }
  @Sendable func covered(_ realRows: [Int], _ generatedRows: [Int], without group: Int?) -> Double {
    let values = generatedRows.map { reduced(own[$0], without: group) }
    let weights = generatedRows.map { generated.weights[$0] }
    let target = 0.05 * compensatedSum(weights.count) { weights[$0] }
    let order = ascendingRows(values)
    var (threshold, cumulative) = (values[order[0]], CompensatedSum())
    for row in order {
      cumulative.add(weights[row])
      threshold = values[row]
      if cumulative.value >= target * (1 - 1e-12) { break }
    }
    let total = compensatedSum(realRows.count) { real.weights[realRows[$0]] }
    return compensatedSum(realRows.count) {
      reduced(logs[realRows[$0]], without: group) > threshold ? real.weights[realRows[$0]] : 0
    } / total
  }
  let (n, m) = (real.weights.count, generated.weights.count)
  let share = covered(Array(0..<n), Array(0..<m), without: nil)
  let error =
    min(n, m) >= 40
    ? jackknife.standardDeviations(threads: threads) { group in
      let kept = jackknife.rows(n, without: group, sample: 0)
      return [covered(kept, (0..<m).filter { groups[$0] != group }, without: group)]
    }[0] : nil
  return Estimate(share, uncertainty: error)
}

/// The Philox stream of the validation events ("vali").
private let validationStream: UInt32 = 0x7661_6c69

/// 20 widths in equal ratios from 0.1 to 10 times Scott's factor times the root mean square of the columns' widths.
private func bandwidths(_ generated: WeightedPoints) throws -> [Double] {
  let squares = try generated.columns.map { column in
    try weightedMoments(WeightedColumn(values: column, weights: generated.weights)).width.map { $0 * $0 } ?? 0
  }
  let width = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  guard width > 0, width.isFinite else {
    throw EvaluationError.undefined(
      measure: "the average log-likelihood", reason: "all generated events are equal: no width of the kernel",
      alternative: "a given bandwidth")
  }
  let scott = try KernelDensity.scottFactor(generated) * width
  return (0..<20).map { scott * fs_pow(10, -1 + 2 * Double($0) / 19) }
}

/// - Parameters:
///   - rows: the rows of `unit` that the real events are; nil for all.
///   - unit: the sample whose widths are the units of the points; nil for units that do not vary.
private func likelihood(
  _ real: WeightedPoints, rows: [Int]? = nil, unit: WeightedPoints?, _ density: KernelDensity, threads: Int?
) throws -> Estimate {
  let (weights, sum) = (real.weights, WeightSums(real.weights).sum)
  let (logs, influences, stretches) = density.logDensityWithInfluences(
    at: real.columns, weights: weights, sum: sum, threads: threads)
  guard logs.indices.allSatisfy({ logs[$0].isFinite || weights[$0] == 0 }) else {
    throw EvaluationError.undefined(
      measure: "the average log-likelihood", reason: "the density of a real event vanishes in double precision",
      alternative: "a larger bandwidth, or the energy distance")
  }
  let mean = compensatedSum(logs.count) { weights[$0] > 0 ? weights[$0] * logs[$0] : 0 } / sum
  let model = density.model.weights
  // What each event of the unit's sample adds to the mean: its own term, and its share in the widths.
  let whole = unit ?? real
  var terms = [Double](repeating: 0, count: whole.weights.count)
  for (place, log) in logs.enumerated() where weights[place] > 0 {
    terms[unit == nil ? place : rows?[place] ?? place] += weights[place] / sum * (log - mean)
  }
  if let unit {
    let all = WeightSums(unit.weights).sum
    for (column, stretch) in zip(unit.columns, stretches) {
      let centre = compensatedSum(column.count) { unit.weights[$0] * column[$0] } / all
      let variance = compensatedSum(column.count) {
        unit.weights[$0] * (column[$0] - centre) * (column[$0] - centre)
      }
      guard variance > 0 else { continue }
      // ln of a width has the influence ((x - m)^2/s^2 - 1)/2.
      for row in terms.indices {
        let square = (column[row] - centre) * (column[row] - centre) / (variance / all)
        terms[row] += unit.weights[row] / all * stretch * (square - 1) / 2
      }
    }
  }
  let variance =
    compensatedSum(terms.count) { terms[$0] * terms[$0] }
    + sandwichVariance(weights: model, sum: WeightSums(model).sum) { influences[$0] }
  return Estimate(
    try finite(mean, "the average log-likelihood"),
    uncertainty: try finite(variance.squareRoot(), "the error of the average log-likelihood"))
}
