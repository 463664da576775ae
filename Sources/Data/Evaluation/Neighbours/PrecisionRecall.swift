// Improved precision and recall, density and coverage: which points lie in the neighbourhoods of the other sample.
internal import Numerics

/// How far two samples cover each other, by balls about each point that reach its k-th neighbour.
package struct PrecisionRecallDensityCoverage: Sendable, Equatable {
  /// The fraction of generated points inside any real ball.
  package let precision: Estimate
  /// The fraction of real points inside any generated ball.
  package let recall: Estimate
  /// How many real balls a generated point lies in, divided by k: 1 for equal distributions, and it may be larger.
  package let density: Estimate
  /// The fraction of real balls that hold a generated point.
  package let coverage: Estimate
}

/// With r_k(x) the distance to the k-th neighbour in x's own sample, itself excluded, and all inequalities strict:
///
///     precision  #{j: d(x_i, y_j) < r_k(x_i) for some i} / m        recall: real and generated exchanged
///     density    sum_ij 1(d(x_i, y_j) < r_k(x_i)) / (k m)
///     coverage   #{i: d(x_i, y_j) < r_k(x_i) for some j} / n
///
/// Coordinates are used as they are: standardise them first (``Standardisation``). The errors come from random parts of
/// both samples, which share the shape of the measures but have larger balls (``Subsamples``). About O((n + m) log(n + m))
/// up to eight dimensions, O(n m d) above; no matrix of distances is kept.
/// Sources: T. Kynkäänniemi et al., arXiv:1904.06991; M. Naeem et al., arXiv:2002.09797.
/// - Parameters:
///   - real: x, weights equal.
///   - generated: y, weights equal.
///   - neighbours: k, fewer than the points of either sample.
///   - parts: random parts for the errors; below 2, or where a part has no k neighbours, none are stated.
/// - Throws: ``EvaluationError`` when a sample is not measurable, weights differ, or every ball of a sample has the
///   radius 0.
package func precisionRecallDensityCoverage(
  _ real: WeightedPoints, _ generated: WeightedPoints, neighbours: Int = 5, parts: Int = 24, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> PrecisionRecallDensityCoverage {
  let measure = "precision and recall by neighbours"
  let (x, y) = try equallyWeighted(real, generated, measure)
  guard neighbours >= 1, neighbours < min(x.count, y.count) else {
    throw EvaluationError.badOption(
      "there are \(min(x.count, y.count)) points and \(neighbours) neighbours: ask for at least 1 and fewer than points"
    )
  }
  let values = try neighbourhoodFractions(x, y, neighbours, threads: threads)
  var errors: [Double?] = []
  if Int(Subsamples.ofNeighbours * Double(min(x.count, y.count))) > neighbours {
    let sampling = Subsamples(replicas: parts, fraction: Subsamples.ofNeighbours, seed: seed)
    errors = sampling.standardDeviations(
      count: min(x.count, y.count), threads: threads
    ) { replica in
      let first = x.rows(sampling.rows(x.count, replica: replica, sample: 0))
      let second = y.rows(sampling.rows(y.count, replica: replica, sample: 1))
      return (try? neighbourhoodFractions(first, second, neighbours, threads: 1)) ?? [.nan, .nan, .nan, .nan]
    }
  }
  let estimates = values.indices.map { Estimate(values[$0], uncertainty: errors.isEmpty ? nil : errors[$0]) }
  return PrecisionRecallDensityCoverage(
    precision: estimates[0], recall: estimates[1], density: estimates[2], coverage: estimates[3])
}

/// Precision, recall, density and coverage.
///
/// Two searches for k neighbours and two for the points inside balls: real balls among the generated points give three
/// of the four, generated balls among the real ones the recall.
private func neighbourhoodFractions(_ x: PointRows, _ y: PointRows, _ k: Int, threads: Int?) throws -> [Double] {
  let (realIndex, generatedIndex) = (try NeighbourIndex(x), try NeighbourIndex(y))
  let realBalls = try ballSquares(realIndex, k, "the real sample", threads: threads)
  let generatedBalls = try ballSquares(generatedIndex, k, "the generated sample", threads: threads)
  let inReal = generatedIndex.within(realBalls, of: x, threads: threads)
  let inGenerated = realIndex.within(generatedBalls, of: y, threads: threads)
  let (n, m) = (Double(x.count), Double(y.count))
  func share(_ flags: [UInt8], _ count: Double) -> Double { Double(flags.reduce(0) { $0 + Int($1) }) / count }
  return [
    share(inReal.touched, m), share(inGenerated.touched, n),
    Double(inReal.counts.reduce(0, +)) / (Double(k) * m),
    Double(inReal.counts.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }) / n,
  ]
}

/// Squared distances to the k-th neighbour within a sample.
private func ballSquares(_ index: NeighbourIndex, _ k: Int, _ name: String, threads: Int?) throws -> [Double] {
  let neighbours = index.nearest(k, of: index.points, excludingSelf: true, threads: threads)
  try requireFiniteDistances(neighbours, name)
  let squares = (0..<index.points.count).map { neighbours.square($0, k - 1) }
  guard squares.contains(where: { $0 > 0 }) else {
    throw EvaluationError.undefined(
      measure: "precision and recall by neighbours", reason: "every point of \(name) has \(k) copies of itself",
      alternative: "total variation of the values' frequencies")
  }
  return squares
}

/// The rows of two samples of equal dimensions, after all checks of a measure that takes no weights.
func equallyWeighted(_ real: WeightedPoints, _ generated: WeightedPoints, _ measure: String) throws -> (
  PointRows, PointRows
) {
  _ = try real.checked("the real sample")
  _ = try generated.checked("the generated sample")
  try requireEqualDimensions(real, generated, "the generated sample")
  try real.requireEqualWeights(measure, "the real sample")
  try generated.requireEqualWeights(measure, "the generated sample")
  return (PointRows(real), PointRows(generated))
}
