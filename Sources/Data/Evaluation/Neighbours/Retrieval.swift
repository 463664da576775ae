// Whether unseen real events find as near a neighbour among generated events as among training events.
internal import Numerics

/// Distances of held-out queries to their k-th neighbour in the training set and in the generated set.
package struct Retrieval: Sendable, Equatable {
  /// Mean distance into the generated set over that into the training set: 1 ideal.
  package let ratio: Estimate
  /// The Kolmogorov-Smirnov distance of the two distributions of distances.
  package let kolmogorovSmirnov: Estimate
  /// The rows that each set was cut to, for distances shrink as a set grows.
  package let size: Int
}

/// The distribution of k-th neighbour distances of held-out real queries into the training set and into the generated set.
///
/// Both sets are cut to the smaller one's size by a random choice of rows. Weights of the queries may have any sign; those
/// of the sets must be equal. Coordinates are used as they are: standardise them first (``Standardisation``). Errors by
/// random parts of all three samples. About O(q log n) up to eight dimensions, O(q n d) above.
/// Source: A. Borji, arXiv:1802.03446, measure 15; Y. Wang et al., arXiv:1612.00991.
/// - Parameter parts: random parts for the errors; below 2 none are stated.
/// - Throws: ``EvaluationError`` when a sample is not measurable, weights of the sets differ, or k is too large.
package func retrieval(
  queries: WeightedPoints, training: WeightedPoints, generated: WeightedPoints, neighbour k: Int = 1,
  parts: Int = 24, seed: UInt64 = 1, threads: Int? = nil
) throws -> Retrieval {
  _ = try queries.checked("the queries")
  try requireEqualDimensions(training, queries, "the queries")
  let (allTraining, allGenerated) = try equallyWeighted(training, generated, "image retrieval")
  let size = min(allTraining.count, allGenerated.count)
  guard k >= 1, k <= size else {
    throw EvaluationError.badOption("neighbour \(k) of \(size) points: choose one from 1 to \(size)")
  }
  func cut(_ points: PointRows, _ sample: UInt32) -> PointRows {
    points.rows(sampledRows(size, of: points.count, seed: seed, stream: retrievalStream + sample))
  }
  let (first, second, rows) = (cut(allTraining, 0), cut(allGenerated, 1), PointRows(queries))
  let values = try retrievalStatistics(rows, queries.weights, first, second, k, threads: threads)
  let sampling = Subsamples(
    replicas: size / 2 >= k ? parts : 0, seed: seed)
  let errors = sampling.standardDeviations(count: min(size, rows.count), threads: threads) { replica in
    let chosen = sampling.rows(rows.count, replica: replica, sample: 2)
    return
      (try? retrievalStatistics(
        rows.rows(chosen), chosen.map { queries.weights[$0] },
        first.rows(sampling.rows(size, replica: replica, sample: 0)),
        second.rows(sampling.rows(size, replica: replica, sample: 1)), k, threads: 1)) ?? [.nan, .nan]
  }
  return Retrieval(
    ratio: Estimate(values[0], uncertainty: errors.isEmpty ? nil : errors[0]),
    kolmogorovSmirnov: Estimate(values[1], uncertainty: errors.isEmpty ? nil : errors[1]), size: size)
}

/// The Philox stream of the rows that are kept ("rtrv"); the second set takes the next one.
private let retrievalStream: UInt32 = 0x7274_7276

private func retrievalStatistics(
  _ queries: PointRows, _ weights: [Double], _ training: PointRows, _ generated: PointRows, _ k: Int, threads: Int?
) throws -> [Double] {
  let sums = WeightSums(weights)
  func distances(_ set: PointRows, _ name: String) throws -> [Double] {
    let neighbours = try NeighbourIndex(set).nearest(k, of: queries, threads: threads)
    try requireFiniteDistances(neighbours, name)
    return neighbours.farthest
  }
  let a = try distances(training, "the training sample")
  let b = try distances(generated, "the generated sample")
  let below = compensatedSum(a.count) { weights[$0] / sums.sum * a[$0] }
  guard below > 0 else {
    throw EvaluationError.undefined(
      measure: "image retrieval", reason: "the mean distance of the queries to the training set is \(below)",
      alternative: "the table of nearest neighbours")
  }
  let above = compensatedSum(b.count) { weights[$0] / sums.sum * b[$0] }
  let distance = kolmogorovSmirnovStatistic(
    SortedSample(values: a, weights: weights, sums: sums), SortedSample(values: b, weights: weights, sums: sums))
  return [try finite(above / below, "the ratio of distances"), distance]
}
