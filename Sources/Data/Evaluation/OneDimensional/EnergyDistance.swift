// The energy distance: the value, its two estimators, its error; the exact one-dimensional case.
internal import Numerics

/// E = 2 E|X-Y| - E|X-X'| - E|Y-Y'|, not its square root; in the unit of the samples. Cramér's l2^2 is E/2 in one
/// dimension.
///
/// Source: G. Székely, M. Rizzo, J. Stat. Plan. Inference 143 (2013) 1249.
package struct EnergyDistance: Sendable, Equatable {
  /// The pair sums over all pairs: never negative for positive weights, biased upwards by about E|X-X'|/n_eff.
  package let vStatistic: Double
  /// The pairs of an event with itself left out of the denominators (W^2 - sum w^2): unbiased, negative values happen.
  package let uStatistic: Double
  /// Infinitesimal jackknife, the two samples independent; up to sqrt(2) too large where the distributions agree.
  package let uncertainty: Double
}

/// The weighted energy distance in one dimension, exact in O(n) after a radix sort:
/// E_V = 2 integral (F1 - F2)^2 dx. The weights may have any sign.
/// - Throws: ``EvaluationError`` when a sample is not measurable (see ``WeightSums``) or the distance overflows.
package func energyDistance(_ first: WeightedColumn, _ second: WeightedColumn) throws -> EnergyDistance {
  let x = try SortedSample(first, "the first sample")
  let y = try SortedSample(second, "the second sample")
  return try EnergyInfluences(x, y).independent(first.weights, second.weights)
}

/// An energy distance with the influence of every row on it; the errors follow for any grouping of rows into events.
struct EnergyInfluences {
  let vStatistic: Double
  let uStatistic: Double
  /// Centred influence of each row of the first sample, shape [rows of the first].
  let first: [Double]
  /// Likewise of the second sample.
  let second: [Double]
  private let firstSum: Double
  private let secondSum: Double

  /// - Parameters:
  ///   - within: sum w w' d/W^2 of each sample.
  ///   - first, second: influences, not yet centred.
  init(
    vStatistic: Double, within: (Double, Double), first: [Double], second: [Double], weights: ([Double], [Double]),
    sums: (WeightSums, WeightSums)
  ) throws {
    self.vStatistic = try finite(vStatistic, "the energy distance")
    // sum w w' d/(W^2 - sum w^2) = (sum w w' d/W^2) (1 + 1/(n_eff - 1)).
    uStatistic = try finite(
      vStatistic - within.0 / (sums.0.effectiveSize - 1) - within.1 / (sums.1.effectiveSize - 1),
      "the energy distance")
    self.first = Self.centred(first, weights.0, sums.0.sum)
    self.second = Self.centred(second, weights.1, sums.1.sum)
    (firstSum, secondSum) = (sums.0.sum, sums.1.sum)
  }

  private static func centred(_ influences: [Double], _ weights: [Double], _ sum: Double) -> [Double] {
    let mean = compensatedSum(weights.count) { weights[$0] * influences[$0] } / sum
    return influences.map { $0 - mean }
  }

  /// The error when no event of one sample has anything to do with an event of the other.
  func independent(_ weights: [Double], _ otherWeights: [Double]) throws -> EnergyDistance {
    let variance =
      sandwichVariance(weights: weights, sum: firstSum) { first[$0] }
      + sandwichVariance(weights: otherWeights, sum: secondSum) { second[$0] }
    return try distance(variance)
  }

  /// The variance of samples of which these rows are the shares given.
  func variance(_ weights: [Double], _ otherWeights: [Double], shares: (Double, Double)) -> Double {
    shares.0 * sandwichVariance(weights: weights, sum: firstSum) { first[$0] }
      + shares.1 * sandwichVariance(weights: otherWeights, sum: secondSum) { second[$0] }
  }

  /// The error when row `r * events + i` of the second sample was generated for event `i` of the first.
  func paired(_ weights: [Double], replicas: Int) throws -> EnergyDistance {
    let means = eventMeans(second, replicas: replicas)
    return try distance(sandwichVariance(weights: weights, sum: firstSum) { first[$0] + means[$0] })
  }

  private func distance(_ variance: Double) throws -> EnergyDistance {
    EnergyDistance(
      vStatistic: vStatistic, uStatistic: uStatistic,
      uncertainty: try finite(variance.squareRoot(), "the error of the energy distance"))
  }
}

extension EnergyInfluences {
  /// One dimension. With a(t) = 2 E|t-Y| - 2 E|t-X| one has da/dt = 4 (F2 - F1); the influence of an event at t is
  /// a(t) in the first sample and -a(t) in the second.
  init(_ x: SortedSample, _ y: SortedSample) throws {
    var (squares, withinX, withinY) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    var slope = CompensatedSum()
    var previous: (z: Double, f1: Double, f2: Double)?
    var first = [Double](repeating: 0, count: x.values.count)
    var second = [Double](repeating: 0, count: y.values.count)
    var (i, j) = (0, 0)
    walkDistributions(x, y) { z, f1, f2 in
      if let (below, g1, g2) = previous {
        let gap = z - below
        squares.add(gap * (g1 - g2) * (g1 - g2))
        withinX.add(gap * g1 * (1 - g1))
        withinY.add(gap * g2 * (1 - g2))
        slope.add(4 * gap * (g2 - g1))
      }
      previous = (z, f1, f2)
      let influence = slope.value
      while i < first.count, x.values[i] == z {
        first[x.rows[i]] = influence
        i += 1
      }
      while j < second.count, y.values[j] == z {
        second[y.rows[j]] = -influence
        j += 1
      }
    }
    let weights = (x.inRowOrder(), y.inRowOrder())
    try self.init(
      vStatistic: 2 * squares.value, within: (2 * withinX.value, 2 * withinY.value), first: first, second: second,
      weights: weights, sums: (x.sums, y.sums))
  }
}

extension SortedSample {
  /// The weights in the order of the rows.
  func inRowOrder() -> [Double] {
    var weights = [Double](repeating: 0, count: rows.count)
    for (place, row) in rows.enumerated() { weights[row] = self.weights[place] }
    return weights
  }
}
