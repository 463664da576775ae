// A walk over two sorted samples, one step per distinct value, as every comparison of distributions needs it.
internal import Numerics

/// Calls `body(z, F1(z), F2(z))` at each distinct value `z` of the two samples, ascending, where F(z) is the signed
/// empirical distribution sum over {x <= z} of w / W. All events at a tie are counted before the call.
///
/// With signed weights F need not be monotone and may leave [0, 1].
@inline(__always)
func walkDistributions(_ first: SortedSample, _ second: SortedSample, _ body: (Double, Double, Double) -> Void) {
  var (i, j) = (0, 0)
  var (below1, below2) = (CompensatedSum(), CompensatedSum())
  first.values.withUnsafeBufferPointer { x in
    second.values.withUnsafeBufferPointer { y in
      first.weights.withUnsafeBufferPointer { w in
        second.weights.withUnsafeBufferPointer { v in
          while i < x.count || j < y.count {
            let z: Double =
              if j == y.count { x[i] } else if i == x.count { y[j] } else { min(x[i], y[j]) }
            while i < x.count, x[i] == z {
              below1.add(w[i])
              i += 1
            }
            while j < y.count, y[j] == z {
              below2.add(v[j])
              j += 1
            }
            body(z, below1.value / first.sums.sum, below2.value / second.sums.sum)
          }
        }
      }
    }
  }
}
