// A weighted column in ascending order, the form that every rank statistic works on.

/// Values in ascending order with their weights. Equal values keep the order of their rows, so that the order, and with
/// it every sum, is a function of the sample alone. Negative zero counts as zero.
struct SortedSample {
  /// Ascending, shape [rows].
  let values: [Double]
  /// Weights in the same order.
  let weights: [Double]
  /// `rows[k]` is the row that stands at place `k`.
  let rows: [Int]
  let sums: WeightSums

  /// Costs O(n): a radix sort on the bit patterns of the values, which must be finite.
  init(values: [Double], weights: [Double], sums: WeightSums) {
    rows = ascendingRows(values)
    self.values = rows.map { values[$0] }
    self.weights = rows.map { weights[$0] }
    self.sums = sums
  }

  /// The same places with other weights, `weight(row)` for the event of that row.
  init(_ sample: SortedSample, weight: (Int) -> Double) {
    values = sample.values
    rows = sample.rows
    weights = sample.rows.map(weight)
    sums = WeightSums(unchecked: weights)
  }

  init(_ column: WeightedColumn, _ name: String) throws {
    let sums = try column.checked(name)
    self.init(values: column.values, weights: column.weights, sums: sums)
  }
}

/// The rows in ascending order of their values; ties in ascending order of the row.
func ascendingRows(_ values: [Double]) -> [Int] {
  var entries = values.enumerated().map { SortEntry(key: orderedKey($0.element), row: $0.offset) }
  if entries.count < 2048 {
    entries.sort { $0.key != $1.key ? $0.key < $1.key : $0.row < $1.row }
  } else {
    radixSort(&entries)
  }
  return entries.map(\.row)
}

private struct SortEntry {
  let key: UInt64
  let row: Int
}

/// A bit pattern whose unsigned order is the numeric order.
@inline(__always)
private func orderedKey(_ value: Double) -> UInt64 {
  // Adding +0 turns -0 into +0, so that both are the same tie.
  let bits = (value + 0.0).bitPattern
  return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
}

/// Least-significant-digit radix sort by bytes: stable; a byte that all keys share costs nothing.
private func radixSort(_ entries: inout [SortEntry]) {
  let count = entries.count
  var histogram = [Int](repeating: 0, count: 8 * 256)
  for entry in entries {
    for digit in 0..<8 { histogram[digit * 256 + Int((entry.key >> (8 * UInt64(digit))) & 255)] += 1 }
  }
  var spare = entries
  for digit in 0..<8 {
    let shift = 8 * UInt64(digit)
    if histogram[digit * 256..<(digit + 1) * 256].contains(count) { continue }
    var place = [Int](repeating: 0, count: 256)
    var next = 0
    for bucket in 0..<256 {
      place[bucket] = next
      next += histogram[digit * 256 + bucket]
    }
    for entry in entries {
      let bucket = Int((entry.key >> shift) & 255)
      spare[place[bucket]] = entry
      place[bucket] += 1
    }
    swap(&entries, &spare)
  }
}
