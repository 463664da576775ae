// Sums whose rounding error does not grow with the number of terms.

/// Neumaier's compensated sum: the error is about one rounding, whatever the number and order of the terms.
///
/// Source: A. Neumaier, Z. Angew. Math. Mech. 54 (1974) 39.
struct CompensatedSum {
  private var sum = 0.0
  private var correction = 0.0

  var value: Double { sum + correction }

  @inline(__always)
  mutating func add(_ term: Double) {
    let next = sum + term
    correction += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
    sum = next
  }
}

/// The compensated sum of `term(i)` for `i` in `0..<count`.
@inline(__always)
func compensatedSum(_ count: Int, _ term: (Int) -> Double) -> Double {
  var total = CompensatedSum()
  for index in 0..<count { total.add(term(index)) }
  return total.value
}
