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
/// events; the others give the value. O(20 n m d). Unreliable above about ten dimensions. Standardise the columns first.
/// Source: A. Borji, arXiv:1802.03446, measure 1; L. Theis, A. van den Oord, M. Bethge, arXiv:1511.01844 on its pitfalls.
/// - Throws: ``EvaluationError`` when a sample is not measurable, the dimensions differ or all generated events are equal;
///   ``EvaluationError/undefined(measure:reason:alternative:)`` for a negative weight, and where the density of a real
///   event vanishes.
package func averageLogLikelihood(
  _ real: WeightedPoints, _ generated: WeightedPoints, bandwidth: Double? = nil, seed: UInt64 = 1, threads: Int? = nil
) throws -> AverageLogLikelihood {
  let measure = "the average log-likelihood"
  _ = try real.checked("the real sample")
  _ = try generated.checked("the generated sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  try real.requirePositiveWeights(measure, "the real sample")
  try generated.requirePositiveWeights(measure, "the generated sample")
  if let bandwidth {
    let estimate = try likelihood(real, KernelDensity(generated, bandwidth: bandwidth), threads: threads)
    return AverageLogLikelihood(estimate: estimate, bandwidth: bandwidth, atEdge: false)
  }
  let chosen = sampledRows(
    max(1, real.weights.count / 5), of: real.weights.count, seed: seed, stream: validationStream)
  var isChosen = [Bool](repeating: false, count: real.weights.count)
  for row in chosen { isChosen[row] = true }
  let validation = real[chosen]
  let test = real[real.weights.indices.filter { !isChosen[$0] }]
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
  let estimate = try likelihood(test, KernelDensity(generated, bandwidth: grid[best]), threads: threads)
  return AverageLogLikelihood(
    estimate: estimate, bandwidth: grid[best], atEdge: best == 0 || best == grid.count - 1)
}

/// The share of real events inside the region that holds 95 % of the model: C = P_real(p_h > t), where t is the 5 %
/// quantile (inverted distribution) of p_h on the generated events, each one's own kernel included.
///
/// The error is the sandwich of the real events' share; the fluctuation of the density is left out. O((n + m) m d).
/// Source: I. Tolstikhin et al., arXiv:1701.02386, section 5 (AdaGAN); A. Borji, arXiv:1802.03446, measure 2.
/// - Parameter bandwidth: nil for the one that ``averageLogLikelihood(_:_:bandwidth:seed:threads:)`` finds.
/// - Throws: as ``averageLogLikelihood(_:_:bandwidth:seed:threads:)``.
package func densityCoverage(
  _ real: WeightedPoints, _ generated: WeightedPoints, bandwidth: Double? = nil, seed: UInt64 = 1, threads: Int? = nil
) throws -> Estimate {
  let sums = try real.checked("the real sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  try real.requirePositiveWeights("coverage", "the real sample")
  let width =
    try bandwidth ?? averageLogLikelihood(real, generated, seed: seed, threads: threads).bandwidth
  let density = try KernelDensity(generated, bandwidth: width)
  let own = try density.logDensity(at: generated.columns, threads: threads)
  let logs = try density.logDensity(at: real.columns, threads: threads)
  let order = ascendingRows(own)
  let target = 0.05 * compensatedSum(generated.weights.count) { generated.weights[$0] }
  var (threshold, cumulative) = (own[order[0]], CompensatedSum())
  for row in order {
    cumulative.add(generated.weights[row])
    threshold = own[row]
    if cumulative.value >= target * (1 - 1e-12) { break }
  }
  let inside = logs.map { $0 > threshold ? 1.0 : 0.0 }
  let share = compensatedSum(inside.count) { real.weights[$0] * inside[$0] } / sums.sum
  let variance = sandwichVariance(weights: real.weights, sum: sums.sum) { inside[$0] - share }
  return Estimate(share, uncertainty: variance.squareRoot())
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

private func likelihood(_ real: WeightedPoints, _ density: KernelDensity, threads: Int?) throws -> Estimate {
  let (weights, sum) = (real.weights, WeightSums(real.weights).sum)
  let (logs, influences) = density.logDensityWithInfluences(
    at: real.columns, weights: weights, sum: sum, threads: threads)
  guard logs.indices.allSatisfy({ logs[$0].isFinite || weights[$0] == 0 }) else {
    throw EvaluationError.undefined(
      measure: "the average log-likelihood", reason: "the density of a real event vanishes in double precision",
      alternative: "a larger bandwidth, or the energy distance")
  }
  let mean = compensatedSum(logs.count) { weights[$0] > 0 ? weights[$0] * logs[$0] : 0 } / sum
  let model = density.model.weights
  let variance =
    sandwichVariance(weights: weights, sum: sum) { weights[$0] > 0 ? logs[$0] - mean : 0 }
    + sandwichVariance(weights: model, sum: WeightSums(model).sum) { influences[$0] }
  return Estimate(
    try finite(mean, "the average log-likelihood"),
    uncertainty: try finite(variance.squareRoot(), "the error of the average log-likelihood"))
}
