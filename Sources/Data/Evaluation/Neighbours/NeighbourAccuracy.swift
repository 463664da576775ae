// The two-sample test by the nearest neighbour: can its label be told from that of the point next to it?
internal import Numerics

/// How often the nearest neighbour among all other points carries a point's own label.
package struct NeighbourAccuracy: Sendable, Equatable {
  /// Over both samples; `chance` for equal distributions, near 1 for separate ones, 0 where every point has a copy in
  /// the other sample.
  package let all: Estimate
  /// Over real points alone: low where the generator surrounds them, high where it misses them.
  package let real: Estimate
  /// Over generated points alone: high where they sit among themselves.
  package let generated: Estimate
  /// What equal distributions give on average: (n (n - 1) + m (m - 1)) / ((n + m) (n + m - 1)).
  package let chance: Double
}

/// The leave-one-out accuracy of the 1-nearest-neighbour classifier on the union of two samples.
///
/// Ties go to the point that stands first, real points before generated ones. Coordinates are used as they are:
/// standardise them first (``Standardisation``). Errors by random parts. About O((n + m) log(n + m)) up to eight
/// dimensions, O((n + m)^2 d) above.
/// Sources: D. Lopez-Paz, M. Oquab, arXiv:1610.06545; Q. Xu et al., arXiv:1806.07755.
/// - Parameter parts: random parts for the errors; below 2 none are stated.
/// - Throws: ``EvaluationError`` when a sample is not measurable or weights differ.
package func neighbourAccuracy(
  _ real: WeightedPoints, _ generated: WeightedPoints, parts: Int = 24, seed: UInt64 = 1, threads: Int? = nil
) throws -> NeighbourAccuracy {
  let (x, y) = try equallyWeighted(real, generated, "the nearest-neighbour accuracy")
  let values = try ownLabelFractions(x, y, threads: threads)
  let sampling = Subsamples(replicas: parts, fraction: Subsamples.ofNearest, seed: seed)
  let errors = sampling.standardDeviations(count: min(x.count, y.count), threads: threads) { replica in
    let first = x.rows(sampling.rows(x.count, replica: replica, sample: 0))
    let second = y.rows(sampling.rows(y.count, replica: replica, sample: 1))
    return (try? ownLabelFractions(first, second, threads: 1)) ?? [.nan, .nan, .nan]
  }
  let estimates = values.indices.map { Estimate(values[$0], uncertainty: errors.isEmpty ? nil : errors[$0]) }
  let (n, m) = (Double(x.count), Double(y.count))
  return NeighbourAccuracy(
    all: estimates[0], real: estimates[1], generated: estimates[2],
    chance: (n * (n - 1) + m * (m - 1)) / ((n + m) * (n + m - 1)))
}

/// Over all points, real ones, generated ones.
private func ownLabelFractions(_ x: PointRows, _ y: PointRows, threads: Int?) throws -> [Double] {
  let index = try NeighbourIndex(x.followed(by: y))
  let neighbours = index.nearest(1, of: index.points, excludingSelf: true, threads: threads)
  try requireFiniteDistances(neighbours, "the union of both samples")
  var (real, generated) = (0, 0)
  for row in 0..<x.count where neighbours.row(row) < x.count { real += 1 }
  for row in x.count..<x.count + y.count where neighbours.row(row) >= x.count { generated += 1 }
  return [
    Double(real + generated) / Double(x.count + y.count), Double(real) / Double(x.count),
    Double(generated) / Double(y.count),
  ]
}
