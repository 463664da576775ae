// One-dimensional distances averaged over projections: sliced Wasserstein-1 and sliced Kolmogorov-Smirnov.
internal import CKernels
internal import Numerics

/// A distance of projections on several directions.
package struct SlicedDistance: Sendable, Equatable {
  /// The mean over the directions.
  package let mean: Double
  /// The distance along each direction, shape [directions].
  package let slices: [Double]
  /// One standard deviation of the mean for these directions, the two samples independent: an event counts once, with the
  /// mean of its influences. Too small, and the value biased upwards, where the distributions agree. nil where signed
  /// weights leave no half of a sample from which to estimate a bias.
  package let uncertainty: Double?

  package var estimate: Estimate { Estimate(mean, uncertainty: uncertainty) }
  /// The direction with the largest distance.
  package var largest: (direction: Int, distance: Double) {
    let direction = slices.indices.reduce(0) { slices[$1] > slices[$0] ? $1 : $0 }
    return (direction, slices[direction])
  }
}

/// The mean over unit vectors of the Wasserstein-1 distance of the projections, integral |F1 - F2|, in the unit of the
/// coordinates.
///
/// Signed weights are accepted, but the result is then no metric. O(L n log n).
/// Source: N. Bonneel et al., J. Math. Imaging Vis. 51 (2015) 22.
/// - Parameters:
///   - directions: shape [directions][dimensions], used as they are; nil for ``randomDirections(_:dimensions:seed:)``.
/// - Throws: ``EvaluationError`` when a sample is not measurable, the dimensions differ, or a projection overflows.
package func slicedWasserstein1(
  _ first: WeightedPoints, _ second: WeightedPoints, directions: [[Double]]? = nil, count: Int = 100,
  seed: UInt64 = 1, threads: Int? = nil
) throws -> SlicedDistance {
  try sliced(first, second, directions, count, seed, threads) { x, y in
    var total = CompensatedSum()
    var previous: (z: Double, difference: Double)?
    var slope = CompensatedSum()
    var steps = InfluenceSteps(x, y)
    walkDistributions(x, y) { z, f1, f2 in
      if let (below, difference) = previous {
        total.add((z - below) * difference.magnitude)
        // An event at t moves F1 by 1(t <= z) - F1: with s = sign(F1 - F2) its influence is -integral up to t of s.
        slope.add(difference > 0 ? below - z : difference < 0 ? z - below : 0)
      }
      previous = (z, f1 - f2)
      steps.assign(z, slope.value)
    }
    return SliceResult(distance: total.value, first: steps.first, second: steps.second, bias: 0)
  }
}

/// The mean over unit vectors of the Kolmogorov-Smirnov distance of the projections, max |F1 - F2|.
///
/// The maximum is biased upwards by the order of n^(-2/3), as much as its error for thousands of events. The error holds
/// the bias in quadrature, estimated from four random halves and their complements: (D_half - D)/(2^(2/3) - 1).
/// The weights may have any sign. O(L n log n).
/// - Parameters: as ``slicedWasserstein1(_:_:directions:count:seed:threads:)``.
/// - Throws: likewise.
package func slicedKolmogorovSmirnov(
  _ first: WeightedPoints, _ second: WeightedPoints, directions: [[Double]]? = nil, count: Int = 100,
  seed: UInt64 = 1, threads: Int? = nil
) throws -> SlicedDistance {
  let halves = (0..<4).map { pair in
    (first.half(seed: seed, pair: pair, sample: 0), second.half(seed: seed, pair: pair, sample: 1))
  }
  return try sliced(first, second, directions, count, seed, threads) { x, y in
    var (distance, location, sign) = (-1.0, 0.0, 1.0)
    walkDistributions(x, y) { z, f1, f2 in
      if (f1 - f2).magnitude > distance { (distance, location, sign) = ((f1 - f2).magnitude, z, f1 < f2 ? -1 : 1) }
    }
    var steps = InfluenceSteps(x, y)
    walkDistributions(x, y) { z, _, _ in steps.assign(z, z <= location ? sign : 0) }
    // A half and its complement have opposite fluctuations, which cancel.
    var (excess, used) = (CompensatedSum(), 0)
    for (half, otherHalf) in halves {
      let pair = [true, false].map { side in
        let a = SortedSample(x) { half[$0] == side ? first.weights[$0] : 0 }
        let b = SortedSample(y) { otherHalf[$0] == side ? second.weights[$0] : 0 }
        return a.sums.sum > 0 && b.sums.sum > 0 ? kolmogorovSmirnovStatistic(a, b) : .nan
      }
      let mean = (pair[0] + pair[1]) / 2
      guard mean.isFinite else { continue }
      excess.add(mean - distance)
      used += 1
    }
    // 2^(2/3) - 1
    let bias = used > 0 ? excess.value / Double(used) / 0.5874010519681994 : nil
    return SliceResult(distance: distance, first: steps.first, second: steps.second, bias: bias)
  }
}

/// Unit vectors of a uniformly random direction, a function of the seed, the vector and the dimension.
/// - Returns: shape [count][dimensions].
package func randomDirections(_ count: Int, dimensions: Int, seed: UInt64) -> [[Double]] {
  (0..<count).map { direction in
    var attempt: UInt64 = 0
    while true {
      let vector = (0..<dimensions).map { k in
        let words = fs_philox(seed, directionStream, UInt64(direction), UInt64(k) | attempt << 32)
        return fs_probit(max(fs_uniform53(words.w0, words.w1), 0x1p-60))
      }
      let length = fs_sqrt(vector.reduce(0) { $0 + $1 * $1 })
      if length > 1e-6 { return vector.map { $0 / length } }
      attempt += 1
    }
  }
}

/// The Philox stream of the directions ("slic").
private let directionStream: UInt32 = 0x736c_6963

private struct SliceResult: Sendable {
  let distance: Double
  /// Influences, not centred, in the order of the rows.
  let first: [Double]
  let second: [Double]
  /// An estimate of how much the distance is too large; nil where there is none.
  let bias: Double?
}

/// Influences of sorted events, filled while both distributions are walked along.
private struct InfluenceSteps {
  private let x: SortedSample
  private let y: SortedSample
  private(set) var first: [Double]
  private(set) var second: [Double]
  private var (i, j) = (0, 0)

  init(_ x: SortedSample, _ y: SortedSample) {
    (self.x, self.y) = (x, y)
    first = [Double](repeating: 0, count: x.values.count)
    second = [Double](repeating: 0, count: y.values.count)
  }

  /// Every event at z has this influence in the first sample, and the opposite one in the second.
  mutating func assign(_ z: Double, _ influence: Double) {
    while i < x.values.count, x.values[i] == z {
      first[x.rows[i]] = influence
      i += 1
    }
    while j < y.values.count, y.values[j] == z {
      second[y.rows[j]] = -influence
      j += 1
    }
  }
}

private func sliced(
  _ first: WeightedPoints, _ second: WeightedPoints, _ given: [[Double]]?, _ count: Int, _ seed: UInt64,
  _ threads: Int?, _ distance: @Sendable (SortedSample, SortedSample) -> SliceResult
) throws -> SlicedDistance {
  let sums = (try first.checked("the first sample"), try second.checked("the second sample"))
  try requireEqualDimensions(first, second, "the second sample")
  let dimensions = first.columns.count
  guard given != nil || (1...100_000).contains(count) else {
    throw EvaluationError.badOption("the number of slices is \(count): it must be between 1 and 10^5")
  }
  let directions = given ?? randomDirections(count, dimensions: dimensions, seed: seed)
  guard !directions.isEmpty else { throw EvaluationError.empty("the list of directions") }
  for direction in directions {
    guard direction.count == dimensions else {
      throw EvaluationError.lengthMismatch("a direction", count: direction.count, expected: dimensions)
    }
    try requireFinite(direction, "a direction")
  }
  // Slices in groups: their influences are added in the order of the slices.
  let groups = RowChunks(directions.count, size: 4)
  let parts = mapChunks(groups.count, threads: threads) { group in
    Result {
      var influences = (
        [Double](repeating: 0, count: first.weights.count), [Double](repeating: 0, count: second.weights.count)
      )
      var bias: Double? = 0
      let distances = try groups[group].map { slice in
        let x = try SortedSample(first.projected(directions[slice]), "a projection of the first sample")
        let y = try SortedSample(second.projected(directions[slice]), "a projection of the second sample")
        let result = distance(x, y)
        for row in influences.0.indices { influences.0[row] += result.first[row] }
        for row in influences.1.indices { influences.1[row] += result.second[row] }
        bias = bias.flatMap { sum in result.bias.map { sum + $0 } }
        return try finite(result.distance, "the distance of projections")
      }
      return (distances: distances, first: influences.0, second: influences.1, bias: bias)
    }
  }
  let results = try parts.map { try $0.get() }
  let slices = results.flatMap(\.distances)
  let n = Double(slices.count)
  func variance(_ weights: [Double], _ sum: Double, _ influences: [[Double]]) -> Double {
    let mean = combined(influences, count: weights.count).map { $0 / n }
    let centre = compensatedSum(weights.count) { weights[$0] * mean[$0] } / sum
    return sandwichVariance(weights: weights, sum: sum) { mean[$0] - centre }
  }
  let total =
    variance(first.weights, sums.0.sum, results.map(\.first))
    + variance(second.weights, sums.1.sum, results.map(\.second))
  let bias = results.reduce(0.0 as Double?) { sum, part in sum.flatMap { sum in part.bias.map { sum + $0 } } }
  return SlicedDistance(
    mean: compensatedSum(slices.count) { slices[$0] } / n, slices: slices,
    uncertainty: try bias.map { sum in
      try finite((total + sum / n * (sum / n)).squareRoot(), "the error of the sliced distance")
    })
}

extension WeightedPoints {
  /// Which rows belong to a random half of a sample.
  fileprivate func half(seed: UInt64, pair: Int, sample: Int) -> [Bool] {
    var half = [Bool](repeating: false, count: weights.count)
    for row in Subsamples(replicas: 4, seed: seed).rows(weights.count, replica: pair, sample: sample) {
      half[row] = true
    }
    return half
  }

  /// The scalar products of the points with a vector, with the weights of the points.
  func projected(_ direction: [Double]) -> WeightedColumn {
    var values = [Double](repeating: 0, count: weights.count)
    for (column, factor) in zip(columns, direction) {
      for row in values.indices { values[row] += factor * column[row] }
    }
    return WeightedColumn(values: values, weights: weights)
  }
}
