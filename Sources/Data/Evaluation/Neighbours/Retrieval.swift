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
/// of the sets must be equal. Coordinates are used as they are: standardise them first (``Standardisation``). The error of the
/// KS distance comes from random halves of all three samples; that of the ratio is the sandwich error of the queries and, in
/// quadrature, the spread over random halves of both sets with all queries: few queries far from both sets decide much of the
/// mean distances. About O(q log n) up to eight dimensions, O(q n d) above.
/// Source: A. Borji, arXiv:1802.03446, measure 15; Y. Wang et al., arXiv:1612.00991.
/// - Parameter parts: random halves for the errors; below 2 none are stated.
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
  let whole = try RetrievalDistances(rows, queries.weights, first, second, k, threads: threads)
  let sampling = Subsamples(replicas: size / 2 >= k ? parts : 0, seed: seed)
  // The ratio with all queries, and the KS distance with half of them; NaN where there are none.
  let errors = sampling.standardDeviations(count: min(size, rows.count), threads: threads) { replica in
    let chosen = sampling.rows(rows.count, replica: replica, sample: 2)
    let half = try? RetrievalDistances(
      rows, queries.weights, first.rows(sampling.rows(size, replica: replica, sample: 0)),
      second.rows(sampling.rows(size, replica: replica, sample: 1)), k, threads: 1)
    return [(try? half?.ratio) ?? .nan, half?.kolmogorovSmirnov(of: chosen) ?? .nan]
  }
  let ratio = try whole.ratio
  let ofQueries = whole.varianceOfRatio
  return Retrieval(
    ratio: Estimate(
      ratio, uncertainty: errors.isEmpty ? nil : errors[0].map { ($0 * $0 + ofQueries).squareRoot() }),
    kolmogorovSmirnov: Estimate(
      whole.kolmogorovSmirnov(of: Array(0..<rows.count)), uncertainty: errors.isEmpty ? nil : errors[1]), size: size)
}

/// The Philox stream of the rows that are kept ("rtrv"); the second set takes the next one.
private let retrievalStream: UInt32 = 0x7274_7276

/// The distances of queries to their k-th neighbours in both sets.
private struct RetrievalDistances {
  let weights: [Double]
  let intoTraining: [Double]
  let intoGenerated: [Double]

  init(
    _ queries: PointRows, _ weights: [Double], _ training: PointRows, _ generated: PointRows, _ k: Int, threads: Int?
  ) throws {
    func distances(_ set: PointRows, _ name: String) throws -> [Double] {
      let neighbours = try NeighbourIndex(set).nearest(k, of: queries, threads: threads)
      try requireFiniteDistances(neighbours, name)
      return neighbours.farthest
    }
    self.weights = weights
    intoTraining = try distances(training, "the training sample")
    intoGenerated = try distances(generated, "the generated sample")
  }

  private func mean(_ distances: [Double]) -> Double {
    let sum = WeightSums(weights).sum
    return compensatedSum(distances.count) { weights[$0] / sum * distances[$0] }
  }

  var ratio: Double {
    get throws {
      let below = mean(intoTraining)
      guard below > 0 else {
        throw EvaluationError.undefined(
          measure: "image retrieval", reason: "the mean distance of the queries to the training set is \(below)",
          alternative: "the table of nearest neighbours")
      }
      return try finite(mean(intoGenerated) / below, "the ratio of distances")
    }
  }

  /// For these sets.
  var varianceOfRatio: Double {
    let (below, above) = (mean(intoTraining), mean(intoGenerated))
    return sandwichVariance(weights: weights, sum: WeightSums(weights).sum) {
      (intoGenerated[$0] - above / below * intoTraining[$0]) / below
    }
  }

  /// - Parameter rows: of the queries.
  func kolmogorovSmirnov(of rows: [Int]) -> Double {
    let chosen = rows.map { weights[$0] }
    let sums = WeightSums(chosen)
    return kolmogorovSmirnovStatistic(
      SortedSample(values: rows.map { intoTraining[$0] }, weights: chosen, sums: sums),
      SortedSample(values: rows.map { intoGenerated[$0] }, weights: chosen, sums: sums))
  }
}
