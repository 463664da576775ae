// A column's empirical distribution to the standard normal, by linear interpolation between quantiles.
internal import CKernels
internal import Numerics

/// The map of scikit-learn's `QuantileTransformer(output_distribution="normal")` (F. Pedregosa et al.,
/// JMLR 12 (2011) 2825): u = (F₋(x) + F₊(x))/2, the mean of the interpolations from either side, then Φ⁻¹(u).
struct QuantileMap: Sendable, Equatable {
  /// Ascending quantiles at the references i/(count - 1); at least one.
  let quantiles: [Double]

  /// The largest |z| that comes out: -Φ⁻¹(1e-7 - ε).
  static let limit = 5.199337582605575
  /// The distance of u from 0 and 1 at which the map is cut.
  static let threshold = 1e-7

  /// The reference of quantile i out of count; the last is exactly 1.
  static func reference(_ index: Int, of count: Int) -> Double {
    if count < 2 { return 0 }
    return index == count - 1 ? 1 : Double(index) * (1 / Double(count - 1))
  }

  /// z for each value, in [-limit, limit]; values outside the quantiles come out at the limits, NaN as NaN.
  /// Cost: a binary search and a quantile of the normal a value, in parallel; next to nothing for values that come again,
  /// as in a column of counts.
  func forward(_ values: [Double]) -> [Double] {
    let count = quantiles.count
    let references = (0..<count).map { QuantileMap.reference($0, of: count) }
    let (lowest, highest) = (quantiles[0], quantiles[count - 1])
    // Within 1e-7 of an end means the end, as in scikit-learn; a column narrower than 1 has its width as the unit.
    let margin = QuantileMap.threshold * min(1, highest - lowest)
    return filledInChunks(rows: values.count, zero: 0) { range, buffer in
      quantiles.withUnsafeBufferPointer { quantiles in
        references.withUnsafeBufferPointer { references in
          var seen = SeenValues()
          for (slot, row) in range.enumerated() {
            let value = values[row]
            if value - margin <= lowest {
              buffer[slot] = -QuantileMap.limit
            } else if value + margin >= highest {
              buffer[slot] = QuantileMap.limit
            } else if value.isNaN {
              buffer[slot] = value
            } else {
              buffer[slot] = seen.result(of: value) {
                let uniform = QuantileMap.rank(of: value, quantiles: quantiles, references: references)
                return max(-QuantileMap.limit, min(QuantileMap.limit, fs_probit(uniform)))
              }
            }
          }
        }
      }
    }
  }

  /// The value for each z; cost: constant a value, in parallel.
  func inverse(_ values: [Double]) -> [Double] {
    let last = quantiles.count - 1
    let references = (0...last).map { QuantileMap.reference($0, of: last + 1) }
    return filledInChunks(rows: values.count, zero: 0) { range, buffer in
      quantiles.withUnsafeBufferPointer { quantiles in
        references.withUnsafeBufferPointer { references in
          for (slot, row) in range.enumerated() {
            let uniform = 0.5 * fs_erfc(-values[row] * 0.7071067811865476)
            if uniform.isNaN {
              buffer[slot] = uniform
            } else if uniform - QuantileMap.threshold < 0 || last == 0 {
              buffer[slot] = quantiles[0]
            } else if uniform + QuantileMap.threshold > 1 {
              buffer[slot] = quantiles[last]
            } else {
              var left = min(last - 1, Int(uniform * Double(last)))
              while references[left] > uniform { left -= 1 }
              while left < last - 1, references[left + 1] <= uniform { left += 1 }
              let slope = (quantiles[left + 1] - quantiles[left]) / (references[left + 1] - references[left])
              buffer[slot] = slope * (uniform - references[left]) + quantiles[left]
            }
          }
        }
      }
    }
  }

  /// u of a value strictly inside the quantiles: where it equals a run of quantiles, the middle of the run.
  @inline(__always)
  private static func rank(
    of value: Double, quantiles: UnsafeBufferPointer<Double>, references: UnsafeBufferPointer<Double>
  ) -> Double {
    // The first quantile >= value; it exists and is not the first, because the value is inside.
    var upper = 0
    var length = quantiles.count
    while length > 0 {
      let half = length >> 1
      let below = quantiles[upper + half] < value
      upper = below ? upper + half + 1 : upper
      length = below ? length - half - 1 : half
    }
    if quantiles[upper] == value {
      var end = upper
      while quantiles[end + 1] == value { end += 1 }
      return 0.5 * (references[end] + references[upper])
    }
    let lower = upper - 1
    let slope = (references[upper] - references[lower]) / (quantiles[upper] - quantiles[lower])
    let fromBelow = slope * (value - quantiles[lower]) + references[lower]
    let fromAbove = references[upper] - slope * (quantiles[upper] - value)
    return 0.5 * (fromBelow + fromAbove)
  }
}

/// The results of some values that came before, each in the one place that its bits name.
private struct SeenValues {
  private var entries = [(bits: UInt64, result: Double)](repeating: (SeenValues.none, 0), count: 1024)

  /// The bits of a NaN, which is never looked up.
  private static let none = UInt64.max

  /// - Parameter value: not NaN.
  @inline(__always)
  mutating func result(of value: Double, _ compute: () -> Double) -> Double {
    let bits = value.bitPattern
    // Multiplicative hashing: the top ten bits of a product with 2^64 over the golden ratio.
    let place = Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) >> 54)
    if entries[place].bits == bits { return entries[place].result }
    let result = compute()
    entries[place] = (bits, result)
    return result
  }
}
