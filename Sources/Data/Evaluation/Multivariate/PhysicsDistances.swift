// The Fréchet and kernel physics distances, FPD and KPD, as jetnet defines them.
internal import CKernels
internal import Numerics

/// A distance that random batches gave.
package struct PhysicsDistance: Sendable, Equatable {
  package let value: Double
  /// What jetnet quotes next to the value: for the FPD the error of the fitted intercept, for the KPD half of the range
  /// that holds 67.45 % of the batches. It tells of the batches alone, not of the fluctuation of the samples.
  package let batchError: Double
  /// One standard deviation for samples drawn anew: that of the whole samples and that of the batches, in quadrature. nil
  /// where the first is not known.
  package let uncertainty: Double?

  package var estimate: Estimate { Estimate(value, uncertainty: uncertainty) }
}

/// How jetnet's Fréchet physics distance draws its batches.
package struct FrechetBatches: Sendable, Equatable {
  /// Points of the smallest and the largest batch.
  package let sizes: ClosedRange<Int>
  /// The number of sizes, regular in 1/size.
  package let steps: Int
  /// Pairs of batches of each size.
  package let batches: Int

  package init(sizes: ClosedRange<Int> = 20_000...50_000, steps: Int = 10, batches: Int = 20) {
    self.sizes = sizes
    self.steps = steps
    self.batches = batches
  }

  /// 20 000 to 50 000 where both samples have so many rows, else from a quarter of the smaller sample to all of it.
  package static func fitting(_ first: WeightedPoints, _ second: WeightedPoints) -> Self {
    let rows = min(first.weights.count, second.weights.count)
    return rows >= 50_000 ? Self() : Self(sizes: max(2, rows / 4)...max(2, rows))
  }

  /// int(1/u) for u regular from 1/smallest to 1/largest.
  var all: [Int] {
    let (low, high) = (1 / Double(sizes.lowerBound), 1 / Double(sizes.upperBound))
    return (0..<steps).map { step in
      step == steps - 1 ? Int(1 / high) : Int(1 / (low + Double(step) * ((high - low) / Double(steps - 1))))
    }
  }
}

/// FPD: every column is divided by the largest magnitude of the reference; Fréchet distances of batches drawn with
/// replacement, averaged at each size, are fitted by a + b/size with a, b >= 0; the value is a, that of infinite samples.
///
/// Rows are drawn in proportion to their weights, which must not be negative. O(steps batches size d^2).
/// Source: R. Kansal et al., arXiv:2211.10295; jetnet 0.2.5, `evaluation.fpd`.
/// - Parameters:
///   - reference: the real sample.
///   - batches: nil for ``FrechetBatches/fitting(_:_:)``.
/// - Throws: ``EvaluationError`` when a sample is not measurable, the dimensions differ, or the batches are out of range;
///   ``EvaluationError/undefined(measure:reason:alternative:)`` for a negative weight.
package func frechetPhysicsDistance(
  _ reference: WeightedPoints, _ generated: WeightedPoints, batches: FrechetBatches? = nil, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> PhysicsDistance {
  let (x, y) = try normalised(reference, generated, measure: "the Fréchet physics distance")
  let plan = batches ?? .fitting(x, y)
  guard plan.sizes.lowerBound >= 2, plan.sizes.upperBound <= 1 << 24, (3...1000).contains(plan.steps),
    (1...10_000).contains(plan.batches), plan.sizes.lowerBound < plan.sizes.upperBound
  else {
    throw EvaluationError.badOption("the batches take 2 to 2^24 points, at least 3 sizes and 1 repetition: change them")
  }
  let sizes = plan.all
  let draws = (try RowDraws(x.weights), try RowDraws(y.weights))
  let results = mapChunks(plan.steps * plan.batches, threads: threads) { batch in
    Result {
      let size = sizes[batch / plan.batches]
      let fits = try [(x, draws.0, batchStream), (y, draws.1, batchStream + 1)].map { points, draws, stream in
        let counts = draws.counts(size, seed: seed, stream: stream, batch: batch)
        return try NormalFit(points, counts: counts, total: size)
      }
      return try NormalComparison(fits[0], fits[1]).distance
    }
  }
  let values = try results.map { try $0.get() }
  let means = sizes.indices.map { step in
    compensatedSum(plan.batches) { values[step * plan.batches + $0] } / Double(plan.batches)
  }
  let line = NonNegativeLine(sizes.map { 1 / Double($0) }, means)
  let whole = try frechetDistance(x, y, threads: threads).uncertainty
  return PhysicsDistance(
    value: line.intercept, batchError: line.interceptError,
    uncertainty: whole.map { ($0 * $0 + line.interceptError * line.interceptError).squareRoot() })
}

/// KPD: the columns divided as for the FPD; the median over batches, drawn with replacement, of the unbiased MMD^2 with
/// the kernel (x y/d + 1)^4.
///
/// Rows are drawn in proportion to their weights, which must not be negative. O(batches size^2 d).
/// Source: R. Kansal et al., arXiv:2211.10295; jetnet 0.2.5, `evaluation.kpd`.
/// - Throws: as ``frechetPhysicsDistance(_:_:batches:seed:threads:)``.
package func kernelPhysicsDistance(
  _ reference: WeightedPoints, _ generated: WeightedPoints, batches: Int = 10, batchSize: Int = 5000, seed: UInt64 = 1,
  threads: Int? = nil
) throws -> PhysicsDistance {
  let (x, y) = try normalised(reference, generated, measure: "the kernel physics distance")
  guard (2...10_000).contains(batches), (5...100_000).contains(batchSize) else {
    throw EvaluationError.badOption(
      "the kernel physics distance takes 2 to 10^4 batches of 5 to 10^5 rows: change them")
  }
  let draws = (try RowDraws(x.weights), try RowDraws(y.weights))
  let parts = try (0..<batches).map { batch in
    let first = draws.0.rows(batchSize, seed: seed, stream: batchStream, batch: batch)
    let second = draws.1.rows(batchSize, seed: seed, stream: batchStream + 1, batch: batch)
    return try kernelDiscrepancy(
      x.drawn(first), y.drawn(second), kernel: .polynomial(degree: 4), threads: threads)
  }
  let values = parts.map(\.uStatistic).sorted()
  let half = (percentile(values, 0.83725) - percentile(values, 0.16275)) / 2
  // A batch's error is that of samples of its size; the whole samples are larger or smaller by their effective sizes.
  let sizes = (WeightSums(x.weights).effectiveSize, WeightSums(y.weights).effectiveSize)
  let whole =
    compensatedSum(parts.count) { parts[$0].uncertainty * parts[$0].uncertainty } / Double(batches)
    * Double(batchSize) / min(sizes.0, sizes.1)
  return PhysicsDistance(
    value: percentile(values, 0.5), batchError: half,
    uncertainty: (whole + .pi / 2 * half * half / Double(batches)).squareRoot())
}

/// The Philox stream of the batches ("batc").
private let batchStream: UInt32 = 0x6261_7463

/// Both samples with every column divided by the largest magnitude of the reference; a column of zeros stays.
private func normalised(
  _ reference: WeightedPoints, _ generated: WeightedPoints, measure: String
) throws -> (WeightedPoints, WeightedPoints) {
  _ = try reference.checked("the reference sample")
  _ = try generated.checked("the generated sample")
  try requireEqualDimensions(reference, generated, "the generated sample")
  try reference.requirePositiveWeights(measure, "the reference sample")
  try generated.requirePositiveWeights(measure, "the generated sample")
  let scales = reference.columns.map { column in column.reduce(0) { max($0, $1.magnitude) } }
  func divided(_ points: WeightedPoints) -> WeightedPoints {
    WeightedPoints(
      columns: zip(points.columns, scales).map { column, scale in scale > 0 ? column.map { $0 / scale } : column },
      weights: points.weights)
  }
  return (divided(reference), divided(generated))
}

/// The percentile of ascending values, linear between ranks as numpy's default.
private func percentile(_ sorted: [Double], _ fraction: Double) -> Double {
  let place = fraction * Double(sorted.count - 1)
  let below = min(Int(place), sorted.count - 1)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}

/// Rows drawn with replacement, in proportion to their weights; each a function of (seed, stream, batch, place).
private struct RowDraws: Sendable {
  private let count: Int
  /// The cumulative weights, nil for equal ones.
  private let cumulative: [Double]?

  init(_ weights: [Double]) throws {
    count = weights.count
    if weights.allSatisfy({ $0 == weights[0] }) {
      cumulative = nil
    } else {
      var total = CompensatedSum()
      cumulative = weights.map {
        total.add($0)
        return total.value
      }
    }
  }

  func rows(_ size: Int, seed: UInt64, stream: UInt32, batch: Int) -> [Int] {
    (0..<size).map { place in
      let words = fs_philox(seed, stream, UInt64(batch), UInt64(place))
      let uniform = fs_uniform53(words.w0, words.w1)
      guard let cumulative else { return min(count - 1, Int(uniform * Double(count))) }
      let target = uniform * cumulative[count - 1]
      // The first row whose cumulative weight is above the target.
      var (low, high) = (0, count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > target { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  /// How often each row is drawn.
  func counts(_ size: Int, seed: UInt64, stream: UInt32, batch: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: count)
    for row in rows(size, seed: seed, stream: stream, batch: batch) { counts[row] += 1 }
    return counts
  }
}

extension WeightedPoints {
  /// Some rows, repeated ones too, with unit weights.
  fileprivate func drawn(_ rows: [Int]) -> WeightedPoints {
    WeightedPoints(
      columns: columns.map { column in rows.map { column[$0] } }, weights: [Double](repeating: 1, count: rows.count))
  }
}

extension NormalFit {
  /// A batch in which row i stands `counts[i]` times; the covariance divides by total - 1.
  fileprivate init(_ points: WeightedPoints, counts: [Double], total: Int) throws {
    let n = Double(total)
    let columns = points.columns
    let mean = columns.map { column in compensatedSum(counts.count) { counts[$0] * column[$0] } / n }
    let lower = columns.indices.map { i in
      (0...i).map { j in productSum(columns[i], mean[i], columns[j], mean[j], counts) / (n - 1) }
    }
    self.init(
      mean: mean,
      covariance: columns.indices.map { i in columns.indices.map { j in i >= j ? lower[i][j] : lower[j][i] } },
      weightSum: n)
    for row in covariance { try requireFinite(row, "the covariance of a batch") }
  }
}

/// The straight line a + b u, a >= 0 and b >= 0, of least squares.
struct NonNegativeLine {
  let intercept: Double
  let slope: Double
  /// sqrt(((J^T J)^-1)_aa RSS/(points - 2)) with both parameters taken as free, as scipy's `curve_fit` states it.
  let interceptError: Double

  /// Needs three points or more that differ in u.
  init(_ u: [Double], _ values: [Double]) {
    let n = Double(u.count)
    let (meanU, meanV) = (
      compensatedSum(u.count) { u[$0] } / n, compensatedSum(values.count) { values[$0] } / n
    )
    let spread = compensatedSum(u.count) { (u[$0] - meanU) * (u[$0] - meanU) }
    let squares = compensatedSum(u.count) { u[$0] * u[$0] }
    var b = compensatedSum(u.count) { (u[$0] - meanU) * (values[$0] - meanV) } / spread
    var a = meanV - b * meanU
    if b < 0 {
      (a, b) = (max(0, meanV), 0)
    } else if a < 0 {
      (a, b) = (0, max(0, compensatedSum(u.count) { u[$0] * values[$0] } / squares))
    }
    (intercept, slope) = (a, b)
    let residual = compensatedSum(u.count) { (values[$0] - a - b * u[$0]) * (values[$0] - a - b * u[$0]) }
    interceptError = (squares / (n * spread) * residual / (n - 2)).squareRoot()
  }
}
