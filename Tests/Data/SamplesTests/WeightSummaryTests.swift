// Weighted samples that can measure nothing are refused.
import Samples
import Testing

@Suite(.timeLimit(.minutes(20))) struct WeightSummaryTests {
  @Test func sumsOfSignedWeights() {
    let summary = WeightSummary([2, -1, 3, 0])
    #expect(summary.sum == 4 && summary.sumOfSquares == 14 && summary.negativeFraction == 0.25)
    #expect(abs(summary.effectiveSize - 16.0 / 14) < 1e-15)
    #expect(WeightSummary([]).effectiveSize == 0)
  }

  @Test func sumsKeepSmallWeightsBesideLargeOnes() {
    #expect(WeightSummary([1e16, 1, -1e16, 1]).sum == 2)
    #expect(WeightSummary(Array(repeating: 0.1, count: 1_000_000)).sum == 100_000)
  }

  @Test func uselessWeightsAreRefused() {
    #expect(
      message { try WeightSummary([1, -3]).requireUsable(origin: "w of t.csv") }
        == "w of t.csv: negative sum of weights (-2); nothing is measurable with it, check the weight column")
    #expect(
      message { try WeightSummary([1, -1]).requireUsable(origin: "w") }
        == "w: zero sum of weights (0); nothing is measurable with it, check the weight column")
    #expect(
      message { try WeightSummary([1, .nan]).requireUsable(origin: "w") }
        == "w: undefined sum of weights (NaN); nothing is measurable with it, check the weight column")
    #expect(
      message { try WeightSummary(Array(repeating: 1, count: 50) + [-20, 100]).requireUsable(origin: "w") }
        == "w: 52 rows with an effective size of only 1.61722, below 5; use more rows or better weights")
    #expect(message { try WeightSummary(Array(repeating: 0.3, count: 5)).requireUsable(origin: "w") } == nil)
  }

  @Test func fewEffectiveRowsGetAWarning() {
    #expect(
      WeightSummary(Array(repeating: 2, count: 20)).warning
        == "20 rows are worth only 20 effective ones (W²/W₂); below 50 every measure is rough")
    #expect(WeightSummary(Array(repeating: 2, count: 60)).warning == nil)
  }
}
