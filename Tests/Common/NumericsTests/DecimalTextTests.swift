// Numbers as text with a fixed count of decimals.
import Numerics
import Testing

@Suite(.timeLimit(.minutes(20))) struct DecimalTextTests {
  @Test(arguments: [
    (0, 2, "0.00"), (-0.0, 0, "0"), (1234.5678, 2, "1234.57"), (-2.345, 1, "-2.3"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"),
    (0.000_12, 4, "0.0001"), (7, 0, "7"), (7, -3, "7"), (0.5, 99, "0.500000000000000"), (1e17, 3, "1e+17"),
    (.nan, 1, "undefined"), (.infinity, 1, "inf"), (-.infinity, 1, "-inf"),
  ])
  func numbersAreRoundedToTheirDecimals(_ value: Double, _ places: Int, _ text: String) {
    #expect(decimal(value, places: places) == text)
  }
}
