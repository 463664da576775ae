// Kendall's rank correlation with ties.

/// Kendall's tau-b by merge sort, in n log n steps (W. R. Knight, J. Am. Stat. Assoc. 61 (1966) 436).
struct KendallTau {
  let tau: Double
  /// tau divided by its standard deviation where the columns are independent, ties included.
  let significance: Double

  /// nil where a column does not vary or has fewer than two values.
  init?(_ left: [Double], _ right: [Double]) {
    let count = left.count
    guard count > 1, right.count == count else { return nil }
    let order = left.indices.sorted { (left[$0], right[$0], $0) < (left[$1], right[$1], $1) }
    let pairs = TieSums.pairs(count)
    let leftTies = TieSums(runs: order) { left[$0] == left[$1] }
    let bothTies = TieSums(runs: order) { left[$0] == left[$1] && right[$0] == right[$1] }
    var values = order.map { right[$0] }
    let swaps = Self.mergeSort(&values)
    let rightTies = TieSums(runs: Array(values.indices)) { values[$0] == values[$1] }
    let scale = ((pairs - leftTies.pairs) * (pairs - rightTies.pairs)).squareRoot()
    guard scale > 0 else { return nil }
    let balance = pairs - leftTies.pairs - rightTies.pairs + bothTies.pairs - 2 * swaps
    tau = balance / scale

    // Kendall, Rank Correlation Methods (1970), section 4.10: the variance of the balance with ties.
    let n = Double(count)
    var variance = (n * (n - 1) * (2 * n + 5) - leftTies.variance - rightTies.variance) / 18
    variance += 2 * leftTies.pairs * rightTies.pairs / (n * (n - 1))
    if count > 2 { variance += leftTies.triples * rightTies.triples / (9 * n * (n - 1) * (n - 2)) }
    significance = variance > 0 ? balance / variance.squareRoot() : 0
  }

  /// Sorts and returns the number of exchanges of neighbours that bubble sort would need.
  private static func mergeSort(_ values: inout [Double]) -> Double {
    var swaps = 0.0
    var other = values
    var width = 1
    while width < values.count {
      for start in stride(from: 0, to: values.count, by: 2 * width) {
        let middle = min(start + width, values.count)
        let end = min(start + 2 * width, values.count)
        var (left, right) = (start, middle)
        for place in start..<end {
          if left < middle, right >= end || values[left] <= values[right] {
            other[place] = values[left]
            left += 1
          } else {
            other[place] = values[right]
            right += 1
            swaps += Double(middle - left)
          }
        }
      }
      swap(&values, &other)
      width *= 2
    }
    return swaps
  }
}

/// Sums over runs of equal values that a rank correlation needs.
private struct TieSums {
  var pairs = 0.0
  /// sum of t(t-1)(t-2)
  var triples = 0.0
  /// sum of t(t-1)(2t+5)
  var variance = 0.0

  init(runs order: [Int], equal: (Int, Int) -> Bool) {
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, equal(order[start], order[end]) { end += 1 }
      let run = Double(end - start)
      pairs += run * (run - 1) / 2
      triples += run * (run - 1) * (run - 2)
      variance += run * (run - 1) * (2 * run + 5)
      start = end
    }
  }

  static func pairs(_ count: Int) -> Double { Double(count) * (Double(count) - 1) / 2 }
}
