// The birthday paradox: how many different events a generator can make, from how soon it repeats itself.
internal import Numerics

/// How often two events of a sample are near-duplicates, and the size of support that this implies.
package struct Repetition: Sendable, Equatable {
  /// The probability p that two random events are duplicates.
  package let pairProbability: Estimate
  /// 1 / p, the number of equally likely events that would repeat as often; nil where no two events are duplicates.
  package let support: Estimate?
  /// The batch size at which half of the batches hold a duplicate, from random batches; nil where the sample is too small.
  package let halfwaySize: Double?
  /// The probability that a batch of `sizes[k]` events holds a duplicate.
  package let sizes: [Int]
  package let collisionProbabilities: [Double]
}

/// Repetition among generated events and, for comparison, among real ones.
package struct BirthdayParadox: Sendable, Equatable {
  /// Events at most this far apart are duplicates: half of the 1 % quantile of nearest-neighbour distances inside the
  /// training set.
  package let threshold: Double
  package let generated: Repetition
  package let real: Repetition
}

/// Looks for near-duplicates in batches of generated and of real events.
///
/// With p the fraction of pairs of events at most a threshold apart, a batch of s events holds a duplicate with
/// probability 1 - prod(1 - i p), which is 1/2 at s = sqrt(2 ln 2 / p); the usual estimate of the support, s^2 / (2 ln 2),
/// is then 1 / p. p is a U-statistic over all pairs and uses every event; its error is that of a U-statistic of degree
/// two, at least that of one pair more than there is, and of the threshold: half the change of p between the thresholds of
/// quantiles one standard error below and above 1 %. The support has an error where it is smaller than half of p. The
/// curve comes from random batches without replacement: it needs no assumption of equal probabilities. Coordinates are
/// used as they are: standardise them first (``Standardisation``). About O(n log n) and the number of close pairs.
/// Source: S. Arora, A. Risteski, Y. Zhang, ICLR 2018 (arXiv:1706.08224).
/// - Parameters:
///   - training: gives the threshold.
///   - real: held-out real events; weights equal.
///   - generated: weights equal.
///   - orders: random orders of the events from which the curve comes.
/// - Throws: ``EvaluationError`` when a sample is not measurable or weights differ.
package func birthdayParadox(
  training: WeightedPoints, real: WeightedPoints, generated: WeightedPoints, orders: Int = 200, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> BirthdayParadox {
  let measure = "the birthday paradox"
  let (x, y) = try equallyWeighted(real, generated, measure)
  _ = try training.checked("the training sample")
  try requireEqualDimensions(real, training, "the training sample")
  try training.requireEqualWeights(measure, "the training sample")
  let index = try NeighbourIndex(PointRows(training))
  let nearest = index.nearest(1, of: index.points, excludingSelf: true, threads: threads)
  try requireFiniteDistances(nearest, "the training sample")
  let step = (0.01 * 0.99 / Double(training.weights.count)).squareRoot()
  let quantiles = try weightedQuantiles(
    WeightedColumn(values: nearest.farthest), [0.01, max(0, 0.01 - step), min(1, 0.01 + step)])
  let thresholds = quantiles.map { 0.5 * $0 }
  func repeated(_ points: PointRows) throws -> Repetition {
    try repetition(
      points, threshold: thresholds[0], between: (thresholds[1], thresholds[2]), orders: orders, seed: seed,
      threads: threads)
  }
  return BirthdayParadox(threshold: thresholds[0], generated: try repeated(y), real: try repeated(x))
}

/// Repetition among points, those at most `threshold` apart being duplicates.
/// - Parameter between: one standard error of the threshold lies between these and it; nil for a threshold that is given.
package func repetition(
  _ points: PointRows, threshold: Double, between: (low: Double, high: Double)? = nil, orders: Int, seed: UInt64,
  threads: Int?
) throws -> Repetition {
  let index = try NeighbourIndex(points)
  let limit = (threshold * threshold).nextUp
  func found(within distance: Double) -> [Double] {
    let limits = [Double](repeating: (distance * distance).nextUp, count: points.count)
    return index.within(limits, of: points, excludingSelf: true, threads: threads).counts.map(Double.init)
  }
  let partners = found(within: threshold)
  let n = Double(points.count)
  let pairs = compensatedSum(partners.count) { partners[$0] } / 2
  let probability = 2 * pairs / (n * (n - 1))
  // Two pairs that share an event are both duplicates with the probability E[h1^2]; unbiased from the events' partners.
  let shared = compensatedSum(partners.count) { partners[$0] * (partners[$0] - 1) } / (n * (n - 1) * (n - 2))
  let variance =
    2 / (n * (n - 1))
    * (2 * (n - 2) * max(0, shared - probability * probability) + probability * (1 - probability))
  let counted = 2 * (pairs + 1).squareRoot() / (n * (n - 1))
  var moved = 0.0
  if let between {
    func all(_ distance: Double) -> Double {
      let others = found(within: distance)
      return compensatedSum(others.count) { others[$0] } / (n * (n - 1))
    }
    moved = (all(between.high) - all(between.low)) / 2
  }
  let error = (max(variance, counted * counted) + moved * moved).squareRoot()
  let batches = try firstDuplicates(
    points, index, limit: limit, pairs: pairs, orders: orders, seed: seed, threads: threads)
  let sizes = batchSizes(points.count)
  return Repetition(
    pairProbability: Estimate(probability, uncertainty: error),
    support: probability > 0
      ? Estimate(1 / probability, uncertainty: error < probability / 2 ? error / probability / probability : nil) : nil,
    halfwaySize: medianOfFirst(batches), sizes: sizes,
    collisionProbabilities: sizes.map { size in
      batches.isEmpty ? 0 : Double(batches.reduce(0) { $0 + ($1 <= size ? 1 : 0) }) / Double(batches.count)
    })
}

/// 2, 3, 4, 6, 8, 12, … up to the size of the sample.
private func batchSizes(_ count: Int) -> [Int] {
  var sizes: [Int] = []
  var size = 2
  while size <= count {
    sizes.append(size)
    if size + size / 2 <= count { sizes.append(size + size / 2) }
    size *= 2
  }
  return sizes
}

/// The median size, nil where it is beyond the sample.
private func medianOfFirst(_ sizes: [Int]) -> Double? {
  guard !sizes.isEmpty else { return nil }
  let sorted = sizes.sorted()
  let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
  return high == .max ? nil : 0.5 * (Double(low) + Double(high))
}

/// For each random order of the points the size of the smallest first part with a duplicate; the largest integer for none.
///
/// Where more than four million pairs are duplicates, batches come from 2000 points drawn once: they are then small.
private func firstDuplicates(
  _ points: PointRows, _ index: NeighbourIndex, limit: Double, pairs: Double, orders: Int, seed: UInt64,
  threads: Int?
) throws -> [Int] {
  guard pairs > 0 else { return [Int](repeating: .max, count: max(0, orders)) }
  if pairs > 4e6, points.count > 2000 {
    let few = points.rows(sampledRows(2000, of: points.count, seed: seed, stream: birthdayStream + 1))
    return try firstDuplicates(
      few, NeighbourIndex(few), limit: limit, pairs: 1, orders: orders, seed: seed, threads: threads)
  }
  let chunks = RowChunks(points.count, size: 256)
  let partners = mapChunks(chunks.count, threads: threads) { chunk in
    chunks[chunk].map { row in
      index.rows(within: limit, of: points[row], count: points.count).filter { $0 < row }
    }
  }.flatMap { $0 }
  return mapChunks(max(0, orders), threads: threads) { order in
    var places = [Int](repeating: 0, count: points.count)
    for (place, row) in shuffledRows(points.count, seed: seed, stream: birthdayStream, step: order).enumerated() {
      places[row] = place
    }
    var first = Int.max
    for row in partners.indices {
      for other in partners[row] { first = min(first, max(places[row], places[other]) + 1) }
    }
    return first
  }
}

/// The Philox stream of the orders ("bday"); the next one draws the points that are kept.
private let birthdayStream: UInt32 = 0x6264_6179
