// A weighted column in ascending order, the form that every rank statistic works on.
internal import Numerics

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
    sums = WeightSums(weights)
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

/// Least-significant-digit radix sort on the upper 33 bits, three stable passes; runs that agree there are then put in
/// order by comparison, so that no input is worse than O(n log n).
private func radixSort(_ entries: inout [SortEntry]) {
  let count = entries.count
  var spare = entries
  for shift: UInt64 in [31, 42, 53] {
    var place = [Int](repeating: 0, count: 2048)
    for entry in entries { place[Int((entry.key >> shift) & 2047)] += 1 }
    if place.contains(count) { continue }
    var next = 0
    for bucket in place.indices {
      let size = place[bucket]
      place[bucket] = next
      next += size
    }
    entries.withUnsafeBufferPointer { entries in
      spare.withUnsafeMutableBufferPointer { spare in
        place.withUnsafeMutableBufferPointer { place in
          for entry in entries {
            let bucket = Int((entry.key >> shift) & 2047)
            spare[place[bucket]] = entry
            place[bucket] += 1
          }
        }
      }
    }
    swap(&entries, &spare)
  }
  orderRuns(&entries)
}

/// Sorts each run of entries whose upper 33 bits agree; within a run the rows ascend, as ties want it.
private func orderRuns(_ entries: inout [SortEntry]) {
  var start = 0
  while start < entries.count {
    var end = start + 1
    var sorted = true
    while end < entries.count, entries[end].key >> 31 == entries[start].key >> 31 {
      sorted = sorted && entries[end - 1].key <= entries[end].key
      end += 1
    }
    if !sorted {
      entries[start..<end].sort { $0.key != $1.key ? $0.key < $1.key : $0.row < $1.row }
    }
    start = end
  }
}
