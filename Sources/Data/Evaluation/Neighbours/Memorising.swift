// Whether a generator repeats its training events: nearest-neighbour distances against those of unseen real events.
internal import Numerics

/// Distances to the nearest training event, of generated events and of real events that were held out.
package struct Memorising: Sendable, Equatable {
  /// Mean distance of generated events over that of held-out ones: 1 for a generator that draws from the distribution,
  /// well below 1 for one that repeats training events, above 1 for one that leaves the distribution.
  package let ratio: Estimate
  /// The probability that a generated event is nearer to the training set than a held-out one, ties counted half: 0.5
  /// ideal.
  package let nearer: Estimate
  /// The weighted fraction of generated events at the distance 0.
  package let copies: Estimate
  /// Shape [generated rows].
  package let generatedDistances: [Double]
  /// Shape [held-out rows].
  package let heldOutDistances: [Double]
}

/// ratio = (sum v d(y, T) / V) / (sum w d(h, T) / W), d(., T) the distance to the nearest training event.
///
/// Weights of generated and held-out events may have any sign: the mean over events is linear in them. Those of the
/// training set do not enter, for an event of any weight can be repeated. The training set counts as given: it is what the
/// generator was made from; errors are sandwich errors over generated and held-out events. Coordinates are used as they
/// are: standardise them first (``Standardisation``). About O((m + h) log n) up to eight dimensions, O((m + h) n d) above.
/// Source: A. Borji, arXiv:1802.03446, section 3.2 (overfitting); C. Meehan et al., arXiv:2004.05675.
/// - Throws: ``EvaluationError`` when a sample is not measurable, or a mean distance is not positive.
package func memorising(
  training: WeightedPoints, heldOut: WeightedPoints, generated: WeightedPoints, threads: Int? = nil
) throws -> Memorising {
  _ = try training.checked("the training sample")
  let heldOutSums = try heldOut.checked("the held-out sample")
  let generatedSums = try generated.checked("the generated sample")
  try requireEqualDimensions(training, heldOut, "the held-out sample")
  try requireEqualDimensions(training, generated, "the generated sample")
  let index = try NeighbourIndex(PointRows(training))
  func distances(_ sample: WeightedPoints, _ name: String) throws -> [Double] {
    let neighbours = index.nearest(1, of: PointRows(sample), threads: threads)
    try requireFiniteDistances(neighbours, name)
    return neighbours.farthest
  }
  let a = try distances(generated, "the generated sample")
  let b = try distances(heldOut, "the held-out sample")
  let (above, below) = (
    meanEstimate(a, generated.weights, generatedSums), meanEstimate(b, heldOut.weights, heldOutSums)
  )
  guard below.value > 0 else {
    throw EvaluationError.undefined(
      measure: "the nearest-neighbour distance ratio",
      reason: "the mean distance of held-out to training events is \(below.value)",
      alternative: "the table of nearest neighbours")
  }
  let ratio = above.value / below.value
  let (first, second) = (
    (above.uncertainty ?? 0) / below.value, ratio * (below.uncertainty ?? 0) / below.value
  )
  let nearer = try areaUnderCurve(
    positive: WeightedColumn(values: b, weights: heldOut.weights),
    negative: WeightedColumn(values: a, weights: generated.weights))
  return Memorising(
    ratio: Estimate(
      try finite(ratio, "the ratio of distances"), uncertainty: (first * first + second * second).squareRoot()),
    nearer: Estimate(nearer.area, uncertainty: nearer.uncertainty),
    copies: meanEstimate(a.map { $0 == 0 ? 1 : 0 }, generated.weights, generatedSums), generatedDistances: a,
    heldOutDistances: b)
}

/// A weighted mean with its sandwich error.
func meanEstimate(_ values: [Double], _ weights: [Double], _ sums: WeightSums) -> Estimate {
  let mean = compensatedSum(values.count) { weights[$0] / sums.sum * values[$0] }
  let variance = sandwichVariance(weights: weights, sum: sums.sum) { values[$0] - mean }
  return Estimate(mean, uncertainty: variance.squareRoot())
}
