// Conditional histograms against densities that are known.
import Baseline
import Digests
import Foundation
import TestSupport
import Testing

/// Rows of targets, conditions and weights that a test draws.
private struct Draws {
  var dice: Dice

  init(_ seed: UInt64) { dice = Dice(seed) }

  mutating func uniform() -> Double { (Double(dice.next() >> 11) + 0.5) * 0x1p-53 }
  /// Box and Muller.
  mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }
}

private func fit(
  _ events: [Float], targets: Int, conditions: Int = 0, weighted: Bool = false, cells: Int = 1, bins: Int = 64,
  leastEvents: Double = 100, smoothing: Double = 0.5, correlated: Bool = true, threads: Int? = nil
) -> HistogramFit {
  ConditionalHistogram.fit(
    events, weighted: weighted,
    shape: HistogramShape(targets: targets, conditions: conditions, cells: cells, bins: bins),
    settings: HistogramSettings(leastEvents: leastEvents, smoothing: smoothing, correlated: correlated),
    threads: threads)
}

extension ConditionalHistogram {
  /// One array for each target.
  fileprivate func columns(_ conditions: [Float] = [], rows: Int, first: UInt64 = 0) -> [[Double]] {
    let drawn = sample(conditions: conditions, rows: rows, draws: BaselineDraws(seed: 3, stream: 12, first: first))
    return (0..<shape.targets).map { target in (0..<rows).map { drawn[$0 * shape.targets + target] } }
  }

  fileprivate var digest: Digest {
    let numbers = [splitColumns, splitValues, edges, heights, factors].flatMap(\.self)
    return Digest(of: numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }
}

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

private func covariance(_ a: [Double], _ b: [Double]) -> Double {
  let (ma, mb) = (mean(a), mean(b))
  return mean(zip(a, b).map { ($0 - ma) * ($1 - mb) })
}

private func correlation(_ a: [Double], _ b: [Double]) -> Double {
  covariance(a, b) / (covariance(a, a) * covariance(b, b)).squareRoot()
}

/// The largest distance of a sample's cumulative distribution from that of a normal.
private func distance(_ values: [Double], mean: Double, sigma: Double) -> Double {
  values.sorted().enumerated().map { rank, value in
    abs((Double(rank) + 0.5) / Double(values.count) - 0.5 * erfc((mean - value) / sigma / 2.0.squareRoot()))
  }.max() ?? 0
}

/// Two targets, a condition and a weight.
private let degenerate: [[[Float]]] = [
  // One event; the same event often; fewer events than bins; weights whose shape says nothing.
  [[1, 2, 3, 1]],
  [[Float]](repeating: [1, 2, 3, 1], count: 500),
  [[1, 2, 3, 1], [2, 1, 3, 1], [0, 0, 4, 1]],
  [[1, 2, 3, -1], [2, 1, 3, -1], [0, 0, 4, 2.5]],
  (0..<300).map { row -> [Float] in [Float(row), 7, Float(row % 2), row < 150 ? -1 : 1.01] },
]

@Suite(.timeLimit(.minutes(20))) struct ConditionalHistogramTests {
  /// 20 000 events fix a mean to 0.007, a deviation to 0.005 and a correlation of 0.7 to 0.004; the distance of the
  /// cumulative distributions is below 0.014 with 99.9 %.
  @Test func aCorrelatedGaussianComesOutAgain() {
    var draws = Draws(1)
    let events = (0..<20_000).flatMap { _ in
      let (x, e) = (draws.normal(), draws.normal())
      return [Float(1 + x), Float(2 * (0.7 * x + (1 - 0.49).squareRoot() * e))]
    }
    let drawn = fit(events, targets: 2).histogram.columns(rows: 40_000)
    #expect(abs(correlation(drawn[0], drawn[1]) - 0.7) < 0.02)
    #expect(distance(drawn[0], mean: 1, sigma: 1) < 0.02)
    #expect(distance(drawn[1], mean: 0, sigma: 2) < 0.02)
    #expect(abs(covariance(drawn[1], drawn[1]).squareRoot() / 2 - 1) < 0.03)
    let apart = fit(events, targets: 2, correlated: false).histogram.columns(rows: 40_000)
    #expect(abs(correlation(apart[0], apart[1])) < 0.02)
    #expect(distance(apart[1], mean: 0, sigma: 2) < 0.02)
  }

  /// Signal N(1, 1) under as much background N(−1.5, 0.7), which independent events of weight −1 take away.
  @Test func backgroundOfNegativeWeightIsTakenAway() {
    var draws = Draws(2)
    let events = (0..<60_000).flatMap { row in
      let signal = row % 3 == 0
      let x = signal ? 1 + draws.normal() : -1.5 + 0.7 * draws.normal()
      let y = signal ? 0.6 * (x - 1) + 0.8 * draws.normal() : -0.9 * (x + 1.5) + draws.normal()
      return [Float(x), Float(y), row % 3 == 2 ? -1 : 1]
    }
    let made = fit(events, targets: 2, weighted: true)
    #expect(made.negativeWeight > 0 && made.negativeWeight < 0.1)
    let drawn = made.histogram.columns(rows: 40_000)
    #expect(distance(drawn[0], mean: 1, sigma: 1) < 0.03)
    #expect(distance(drawn[1], mean: 0, sigma: 1) < 0.03)
    #expect(abs(correlation(drawn[0], drawn[1]) - 0.6) < 0.05)
  }

  /// The targets jump with the first condition and do not know the second.
  @Test func cellsFollowTheConditionThatMatters() {
    var draws = Draws(3)
    let events = (0..<16_000).flatMap { row in
      let (given, other) = (Double(row % 4) + 0.1 * draws.uniform(), draws.uniform())
      return [Float(given.rounded(.down) * 3 + draws.normal()), Float(other), Float(given)]
    }
    let made = fit(events, targets: 1, conditions: 2, cells: 4)
    #expect(made.cells == 4)
    #expect(made.histogram.splitColumns == [1, 1, 1])
    for place in 0..<4 {
      let rows = 10_000
      let conditions = (0..<rows).flatMap { _ in [Float(0.5), Float(place) + 0.05] }
      let drawn = made.histogram.columns(conditions, rows: rows)
      #expect(distance(drawn[0], mean: Double(3 * place), sigma: 1) < 0.04)
    }
  }

  /// Fewer bins than a taper towards both ends takes: then all have about as many events. The distance is at most the part of
  /// the largest bin in which a normal is not flat; with two bins, each a half of the range, that is below 0.4.
  @Test(arguments: [1, 2, 3, 5, 8, 12]) func fewBinsHaveAsManyEventsEach(_ bins: Int) {
    var draws = Draws(6)
    let events = (0..<4000).map { _ in Float(draws.normal()) }
    let made = fit(events, targets: 1, bins: bins).histogram
    let drawn = made.columns(rows: 4000)[0]
    let (low, high) = (Double(events.min() ?? 0), Double(events.max() ?? 0))
    #expect(drawn.allSatisfy { low <= $0 && $0 <= high })
    #expect(distance(drawn, mean: 0, sigma: 1) < 0.4)
    // The median is an edge, or near one.
    if bins > 1 { #expect(abs(Double(drawn.count { $0 < 0 }) / 4000 - 0.5) < 0.15) }
  }

  @Test func valuesOfManyEventsComeOutExactly() {
    var draws = Draws(4)
    let values: [Float] = [-1, 2, 5, 5]
    let events = (0..<10_000).flatMap { row -> [Float] in
      [row % 10 < 3 ? 0 : Float(draws.normal()), values[row % 4]]
    }
    let drawn = fit(events, targets: 2, smoothing: 3).histogram.columns(rows: 40_000)
    func fraction(_ value: Double, of target: Int) -> Double {
      Double(drawn[target].count { $0 == value }) / Double(drawn[target].count)
    }
    #expect(abs(fraction(0, of: 0) - 0.3) < 0.01)
    for (value, expected) in [(-1.0, 0.25), (2, 0.25), (5, 0.5)] {
      #expect(abs(fraction(value, of: 1) - expected) < 0.01)
    }
    #expect(Set(drawn[1]) == [-1, 2, 5])
  }

  @Test func threadsAndPortionsChangeNoBit() throws {
    var dice = Dice(5)
    let events = (0..<9000).flatMap { row -> [Float] in
      let condition = Float(dice.below(1000))
      return [
        condition / 500 + Float(dice.below(4096)) / 1024, Float(dice.below(7)), condition, row % 4 == 0 ? -0.25 : 1,
      ]
    }
    let conditions = (0..<9000).map { _ in Float(dice.below(1000)) }
    func made(_ threads: Int) -> HistogramFit {
      fit(events, targets: 2, conditions: 1, weighted: true, cells: 16, leastEvents: 50, threads: threads)
    }
    let one = made(1)
    #expect(one.cells == 16)
    let draws = BaselineDraws(seed: 7, stream: 12, first: 5)
    let drawn = one.histogram.sample(conditions: conditions, rows: 9000, draws: draws, threads: 1)
    for threads in [2, 5] {
      let other = made(threads)
      #expect(other.histogram == one.histogram)
      #expect(other.negativeWeight.bitPattern == one.negativeWeight.bitPattern)
      #expect(one.histogram.sample(conditions: conditions, rows: 9000, draws: draws, threads: threads) == drawn)
    }
    let later = BaselineDraws(seed: 7, stream: 12, first: 5005)
    #expect(
      one.histogram.sample(conditions: Array(conditions[5000...]), rows: 4000, draws: later) == Array(drawn[10_000...]))
    // Whole numbers and fractions of two: the same events on every machine.
    let pinned = try #require(try pinnedAnswers()["histogram"])
    #expect(one.histogram.digest.hex == pinned.parameters)
    #expect(
      Digest(of: drawn.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }).hex == pinned.chain)
  }

  @Test(arguments: degenerate)
  func degenerateEventsGiveAHistogram(rows: [[Float]]) {
    let made = fit(rows.flatMap(\.self), targets: 2, conditions: 1, weighted: true, cells: 8, leastEvents: 1)
    #expect(made.cells >= 1)
    let histogram = made.histogram
    #expect(
      ConditionalHistogram(
        shape: histogram.shape, splitColumns: histogram.splitColumns, splitValues: histogram.splitValues,
        edges: histogram.edges, heights: histogram.heights, factors: histogram.factors) == histogram)
    let drawn = histogram.columns([-1e30, 0, 3, 1e30], rows: 4)
    for target in 0..<2 {
      let values = rows.map { Double($0[target]) }
      #expect(drawn[target].allSatisfy { values.min() ?? 0 <= $0 && $0 <= values.max() ?? 0 })
    }
  }

  @Test func arraysThatAreNoHistogramAreRejected() {
    let shape = HistogramShape(targets: 1, conditions: 1, cells: 2, bins: 2)
    func made(
      _ column: [Float] = [0], _ edges: [Float] = [0, 1, 2, 0, 1, 2], _ heights: [Float] = [0, 0.5, 1, 0, 0.5, 1]
    ) -> ConditionalHistogram? {
      ConditionalHistogram(
        shape: shape, splitColumns: column, splitValues: [1], edges: edges, heights: heights, factors: [1, 1])
    }
    #expect(made() != nil)
    #expect(made([1]) == nil && made([0.5]) == nil && made([-1]) == nil && made([]) == nil)
    #expect(made([0], [0, 2, 1, 0, 1, 2]) == nil && made([0], [0, 1, .infinity, 0, 1, 2]) == nil)
    #expect(made([0], [0, 1, 2, 0, 1, 2], [0, 0.5, 0.9, 0, 0.5, 1]) == nil)
    #expect(made([0], [0, 1, 2, 0, 1, 2], [0.1, 0.5, 1, 0, 0.5, 1]) == nil)
  }
}
