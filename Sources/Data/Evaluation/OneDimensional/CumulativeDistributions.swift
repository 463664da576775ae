// The signed empirical distributions of two samples, side by side, as comparisons of distributions need them.
internal import Numerics

/// Calls `body(z, F1(z), F2(z))` at each distinct value `z` of the two samples, ascending, where F(z) is the signed
/// empirical distribution sum over {x <= z} of w / W. All events at a tie are counted before the call.
///
/// With signed weights F need not be monotone and may leave [0, 1].
@inline(__always)
func walkDistributions(_ first: SortedSample, _ second: SortedSample, _ body: (Double, Double, Double) -> Void) {
  var (below1, below2) = (CompensatedSum(), CompensatedSum())
  first.weights.withUnsafeBufferPointer { w in
    second.weights.withUnsafeBufferPointer { v in
      walkDistinctValues(first, second) { z, places1, places2 in
        for place in places1 { below1.add(w[place]) }
        for place in places2 { below2.add(v[place]) }
        body(z, below1.value / first.sums.sum, below2.value / second.sums.sum)
      }
    }
  }
}
