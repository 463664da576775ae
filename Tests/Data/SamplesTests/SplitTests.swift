// A split is a function of the seed, the row and the fractions.
import CKernels
import Digests
import Samples
import Testing

@Suite(.timeLimit(.minutes(20))) struct SplitTests {
  @Test(arguments: [1, 42, UInt64.max])
  func fractionsAreMetWithinBinomialErrors(seed: UInt64) throws {
    let rows = 200_000
    let fractions = try SplitFractions(train: 0.5, validation: 0.3, test: 0.2)
    let split = Split(seed: seed, rows: rows, fractions: fractions)
    for (part, fraction) in [(Split.Part.train, 0.5), (.validation, 0.3), (.test, 0.2)] {
      let chosen = split.rows(of: part)
      let error = (Double(rows) * fraction * (1 - fraction)).squareRoot()
      #expect(abs(Double(chosen.count) - Double(rows) * fraction) < 4 * error)
      #expect(zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 })
    }
    #expect(Split.Part.allCases.reduce(0) { $0 + split.rows(of: $1).count } == rows)
  }

  @Test func everyRowsPartIsItsOwn() throws {
    let fractions = try SplitFractions(train: 0.6, validation: 0.25, test: 0.15)
    let long = Split(seed: 9, rows: 100_000, fractions: fractions)
    let short = Split(seed: 9, rows: 1234, fractions: fractions)
    #expect(Array(long.parts.prefix(1234)) == short.parts)
    for row in 0..<20_000 {
      // Row by row on one thread, as docs/datasets.md states it.
      let words = fs_philox(9, 0x5350_4C54, 0, UInt64(row))
      let u = fs_uniform53(words.w0, words.w1)
      #expect(long.parts[row] == (u < 0.6 ? .train : u < 0.6 + 0.25 ? .validation : .test))
    }
    #expect(Split(seed: 10, rows: 1234, fractions: fractions).parts != short.parts)
  }

  @Test func splitDigestsAreThoseOfTheStatedBytes() throws {
    let split = Split(seed: 7, rows: 50, fractions: try SplitFractions(train: 0.5, validation: 0.25, test: 0.25))
    let head = Array("fastsim split 1\n7\n0.5 0.25 0.25\n".utf8)
    #expect(split.digest == Digest(of: head + split.parts.map(\.rawValue)))
    #expect(Split(seed: 8, rows: 50, fractions: split.fractions).digest != split.digest)
    #expect(Split(seed: 7, rows: 51, fractions: split.fractions).digest != split.digest)
  }

  @Test func partsWithoutAFractionStayEmpty() throws {
    for (train, validation, test) in [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0 / 3, 2.0 / 3, 0.0)] {
      let fractions = try SplitFractions(train: train, validation: validation, test: test)
      let split = Split(seed: 3, rows: 5000, fractions: fractions)
      #expect(split.rows(of: .train).isEmpty == (train == 0))
      #expect(split.rows(of: .validation).isEmpty == (validation == 0))
      #expect(split.rows(of: .test).isEmpty == (test == 0))
    }
    #expect(Split(seed: 3, rows: 0, fractions: try SplitFractions(train: 1, validation: 0, test: 0)).parts.isEmpty)
  }

  @Test func impossibleFractionsAreRefused() {
    for (train, validation, test, text) in [
      (0.5, 0.5, 0.5, "0.5, 0.5, 0.5"), (-0.1, 0.6, 0.5, "-0.1, 0.6, 0.5"), (.nan, 0.5, 0.5, "NaN, 0.5, 0.5"),
      (.infinity, 0, 0, "Infinity, 0, 0"),
    ] {
      #expect(
        message { try SplitFractions(train: train, validation: validation, test: test) }
          == "the split's fractions \(text) must each be at least 0 and add up to 1")
    }
    #expect(message { try SplitFractions(train: 0.5, validation: 0.25, test: 0.25 + 9e-10) } == nil)
  }
}
