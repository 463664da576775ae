// Compensated sums keep what plain ones lose.
import Numerics
import Testing

@Suite(.timeLimit(.minutes(20))) struct CompensatedSumTests {
  @Test func smallTermsBesideLargeOnesAreKept() {
    #expect(compensatedSum(4) { [1e16, 1, -1e16, 1][$0] } == 2)
    #expect(compensatedSum(1_000_000) { _ in 0.1 } == 100_000)
    #expect(compensatedSum(0) { _ in .nan } == 0)
  }

  @Test func termsThatAreNotFiniteShowInTheSum() {
    #expect(compensatedSum(2) { [.nan, 1][$0] }.isNaN)
    #expect(compensatedSum(2) { [-.infinity, 1][$0] } == -.infinity)
    #expect(compensatedSum(2) { _ in .greatestFiniteMagnitude } == .infinity)
  }
}
