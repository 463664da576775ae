// A walk over two sorted samples, one step per distinct value, ties taken together.

/// Calls `body(z, places in the first, places in the second)` at each distinct value `z` of the two samples, ascending;
/// the places hold the events at `z`, none where a sample has no such event. O(n).
@inline(__always)
func walkDistinctValues(
  _ first: SortedSample, _ second: SortedSample, _ body: (Double, Range<Int>, Range<Int>) -> Void
) {
  first.values.withUnsafeBufferPointer { x in
    second.values.withUnsafeBufferPointer { y in
      var (i, j) = (0, 0)
      while i < x.count || j < y.count {
        let z = if j == y.count { x[i] } else if i == x.count { y[j] } else { min(x[i], y[j]) }
        let (startX, startY) = (i, j)
        while i < x.count, x[i] == z { i += 1 }
        while j < y.count, y[j] == z { j += 1 }
        body(z, startX..<i, startY..<j)
      }
    }
  }
}
