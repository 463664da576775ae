// Sums over weights of either sign.
import Numerics
import Testing

@Suite(.timeLimit(.minutes(20))) struct WeightSumsTests {
  @Test func effectiveSizesAreThoseOfKish() {
    let signed = WeightSums([2, -1, 3, 0])
    #expect(signed.sum == 4 && signed.sumOfSquares == 14)
    #expect(abs(signed.effectiveSize - 16.0 / 14) < 1e-15)
    #expect(WeightSums([]).effectiveSize == 0)
    #expect(WeightSums([0, 0]).effectiveSize == 0)
    #expect(WeightSums(unweightedRows: 7) == WeightSums([1, 1, 1, 1, 1, 1, 1]))
    #expect(WeightSums([1e200, 1e200]).effectiveSize == 0)
  }
}
