// Six significant digits are those of C's printf, whatever the number.
import Foundation
import Numerics
import TestSupport
import Testing

private func short(_ value: Double) -> String {
  var bytes: [UInt8] = []
  appendShortNumber(value, to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

/// Rounding up, ties, exponents from where `%g` has one, the ends of the range.
private let edges: [Double] = [
  0, -0.0, 1, -1, 10, 100, 123456, 1_234_567, 999_999, 999_999.5, 999_999.4, 9_999_995, 0.1, 0.0001, 0.00001,
  0.00012345678,
  0.000099999951, 1e15, 1e16, 1e17, 1e21, 1e22, 123456.5, 1_234_565, 0.5, 2.5, 1e-5, 1e-4, 1e100,
  1.7976931348623157e308,
  .leastNormalMagnitude, .leastNonzeroMagnitude, 0x1p-1030, 0.333333333333333315, 0.66666666666666663, 100000,
  1_000_000, 1_000_005, 12.34565, 1.0000005,
  0.30000000000000004,
]

@Suite(.timeLimit(.minutes(20))) struct SignificantDigitsTests {
  @Test(arguments: edges)
  func sixDigitsAreThoseOfPrintf(value: Double) {
    #expect(short(value) == String(format: "%.6g", value))
  }

  @Test func randomBitsAreWrittenAsPrintfDoes() {
    var dice = Dice.cast()
    for round in 0..<60_000 {
      let bits = Double(bitPattern: dice.next())
      let decimal =
        Double(Int.random(in: -99_999_999...99_999_999, using: &dice)) / [1, 10, 1000, 1e4, 1e6, 1e8, 1e12][round % 7]
      for value in [bits, decimal] where value.isFinite {
        #expect(short(value) == String(format: "%.6g", value), "\(value)")
      }
    }
  }

  @Test func whatIsNoNumberHasItsName() {
    #expect([Double.nan, .infinity, -.infinity].map(short) == ["NaN", "Infinity", "-Infinity"])
  }

  @Test(arguments: [Int64.min, -1, 0, 7, 10, 999, .max])
  func integersAreTheirDigits(value: Int64) {
    var bytes: [UInt8] = []
    appendInteger(value, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\(value)")
  }

  @Test func bucketsKeepEachSpikeAndEachKindOfNonNumber() {
    var values = (0..<10_007).map { Double($0 % 13) }
    values[5003] = 1e6
    values[5004] = -1e6
    values[77] = .nan
    values[78] = .nan
    values[9000] = .infinity
    values[9001] = -.infinity
    let all = buckets(of: values, count: 100)
    #expect(all.count == 100)
    #expect(all.map(\.range.count).reduce(0, +) == values.count)
    #expect(all.first?.range.lowerBound == 0 && all.last?.range.upperBound == values.count)
    let kept = Set(all.flatMap(\.kept))
    #expect(kept.isSuperset(of: [5003, 5004, 77, 9000, 9001]))
    #expect(all.map(\.nans).reduce(0, +) == 2)
    #expect(all.map(\.infinities).reduce(0, +) == 2)
    for bucket in all {
      let finite = values[bucket.range].filter(\.isFinite)
      #expect(bucket.lowest.map { values[$0] } == finite.min())
      #expect(bucket.highest.map { values[$0] } == finite.max())
    }
  }

  @Test func fewNumbersHaveABucketEach() {
    #expect(buckets(of: [3, .nan], count: 5).map(\.kept) == [[0], [1]])
    #expect(buckets(of: [], count: 5).isEmpty)
  }

  @Test(
    arguments: [
      (1e6, "1000000"), (0.1, "0.1"), (-2, "-2"), (0, "0"), (1e300, "1e+300"), (100.00000001, "100.00000001"),
      (.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
    ] as [(Double, String)])
  func aRoundTripNumberHasTheFewestDigitsThatReadBack(value: Double, text: String) {
    #expect(roundTripNumber(value) == text)
    if value.isFinite { #expect(Double(text) == value) }
  }
}
