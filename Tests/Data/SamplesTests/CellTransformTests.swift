// The transform of cells against its definition, there and back.
import Foundation
import Samples
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct CellTransformTests {
  @Test(arguments: [(1.0, 1.0), (1.0, 250.0), (0.5, 1.0), (0.5, 37.5), (0.3, 12.0)])
  func cellsComeBackWithinARounding(power: Double, divisor: Double) throws {
    var dice = Dice.cast()
    let original = (0..<500).map { place -> Float in
      place % 3 == 0 ? 0 : Float(Double(dice.below(1 << 30)) / 1e6) * (place % 7 == 0 ? -1 : 1)
    }
    var seen = original
    let transform = CellTransform(power: power)
    seen.withUnsafeMutableBufferPointer { transform.forward($0, divisor: divisor) }
    for (cell, value) in zip(original, seen) {
      let expected = pow(abs(Double(cell)) / divisor, power) * (cell < 0 ? -1 : 1)
      #expect(abs(Double(value) - expected) <= abs(expected) * 1e-7)
    }
    var back = original
    seen.map(Double.init).withUnsafeBufferPointer { values in
      back.withUnsafeMutableBufferPointer { transform.inverse(values, divisor: divisor, to: $0) }
    }
    for (cell, again) in zip(original, back) { #expect(abs(cell - again) <= abs(cell) * 1e-6) }
  }

  @Test func rowsAreGatheredTransformedAndInAnyOrder() throws {
    let cells = try CellArray(name: "a", origin: "test", rows: 5, shape: [2, 2]) { rows, target in
      for slot in target.indices { target[slot] = Float(4 * rows.lowerBound + slot) }
    }
    for threads in [1, 3] {
      var batch = [Float](repeating: -1, count: 3 * 6)
      try batch.withUnsafeMutableBufferPointer { buffer in
        let base = try #require(buffer.baseAddress)
        try cells.gather(
          [3, 0, 3], divisors: [2, 1, 4], transform: CellTransform(power: 1), stride: 6, to: base, threads: threads)
      }
      #expect(batch == [6, 6.5, 7, 7.5, -1, -1, 0, 1, 2, 3, -1, -1, 3, 3.25, 3.5, 3.75, -1, -1])
    }
  }
}
