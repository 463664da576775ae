// Bounds of whole numbers, and that what is computed from values within them can't overflow.
import Numerics
import Testing

@Suite(.timeLimit(.minutes(20))) struct BoundTests {
  @Test(arguments: [Bound.epoch, .epochs, .step, .stepsPerEpoch, .rows, .limit, .threads, .identifier, .degree])
  func acceptsItsRangeAlone(_ bound: Bound) throws {
    for value in [bound.range.lowerBound, bound.range.upperBound] {
      #expect(bound.value(of: value) == value)
      #expect(bound.value(of: "\(value)") == value)
      #expect(try bound.require(value, "a number") == value)
    }
    for value in [bound.range.lowerBound - 1, bound.range.upperBound + 1, .max, .min] {
      #expect(bound.value(of: value) == nil)
      #expect(bound.value(of: "\(value)") == nil)
    }
    #expect(bound.value(of: UInt64.max) == nil)
  }

  @Test(arguments: ["", " 1", "1 ", "1.0", "1e3", "1_000", "٣", "１", "0x10", "9223372036854775808", "-"])
  func takesDigitsAlone(_ text: String) {
    #expect(Bound.rows.value(of: text) == nil)
  }

  @Test func theErrorNamesValueAndRange() {
    let error = #expect(throws: OutOfBounds.self) { try Bound.threads.require(0, "--threads") }
    #expect(error?.description == "--threads is 0; it has to be a whole number from 1 to 1024")
  }

  @Test func productsOfBoundedValuesStayBounded() {
    let steps = Bound.epochs.range.upperBound.multipliedReportingOverflow(by: Bound.stepsPerEpoch.range.upperBound)
    #expect(!steps.overflow && Bound.step.range.contains(steps.partialValue))
    let rows =
      Bound.stepsPerEpoch.range.upperBound * Bound.batch.range.upperBound * (Bound.criticSteps.range.upperBound + 1)
    #expect(Bound.consumedRows.range.contains(rows))
    let bytes = Bound.rows.range.upperBound.multipliedReportingOverflow(by: 8 * Bound.columns.range.upperBound)
    #expect(!bytes.overflow)
    let replicas = Bound.rows.range.upperBound.multipliedReportingOverflow(by: Bound.replicas.range.upperBound)
    #expect(!replicas.overflow)
  }
}
