// The Kolmogorov-Smirnov distance where no error is left: samples that lie apart, and samples of one value.
import Evaluation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct SeparatedSamplesTests {
  /// Weights whose sums are rounded.
  private static func weights(_ count: Int, _ seed: UInt64) -> [Double] {
    var dice = Dice(seed)
    return (0..<count).map { _ in Double(dice.next() >> 11) * 0x1p-53 + 0.01 }
  }

  @Test(arguments: [(37, 1001), (100, 100), (999, 20)]) func aDistanceOfOneHasNoError(_ first: Int, _ second: Int)
    throws
  {
    for seed in 1...20 as ClosedRange<UInt64> {
      let one = WeightedColumn(values: (0..<first).map { Double($0) / 3 }, weights: Self.weights(first, seed))
      let two = WeightedColumn(
        values: (0..<second).map { 1e4 + Double($0) / 7 }, weights: Self.weights(second, 100 + seed))
      let exact = try kolmogorovSmirnov(one, two)
      #expect(exact.uncertainty == 0 && exact.statistic > 0.999)
    }
    let one = WeightedColumn(values: (0..<first).map { Double($0) / 3 })
    let two = WeightedColumn(values: (0..<second).map { 1e4 + Double($0) / 7 })
    let result = try #require(compareColumns(ColumnPair(real: one, generated: two), [.kolmogorovSmirnov]).first)
    let estimate = try #require(result.estimate)
    #expect(estimate.uncertainty == 0 && abs(estimate.value - 1) < 1e-12)
  }

  @Test func aDistanceOfZeroOfOneValueHasNoError() throws {
    let one = WeightedColumn(values: [Double](repeating: 2, count: 31), weights: Self.weights(31, 7))
    let two = WeightedColumn(values: [Double](repeating: 2, count: 57), weights: Self.weights(57, 8))
    let exact = try kolmogorovSmirnov(one, two)
    #expect(exact.uncertainty == 0 && exact.statistic < 1e-12)
    let result = try #require(compareColumns(ColumnPair(real: one, generated: two), [.kolmogorovSmirnov]).first)
    #expect(result.estimate?.uncertainty == 0)
  }
}
