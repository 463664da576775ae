// Sums whose rounding error does not grow with the number of terms.

/// Neumaier's compensated sum: the error is about one rounding for any number and order of the terms.
///
///     var total = CompensatedSum()
///     for weight in weights { total.add(weight) }
///     total.value
///
/// Source: A. Neumaier, Z. Angew. Math. Mech. 54 (1974) 39.
@usableFromInline
package struct CompensatedSum: Sendable {
  @usableFromInline var sum = 0.0
  @usableFromInline var correction = 0.0

  @inlinable
  package init() {}

  /// The sum; NaN or an infinity where a term was one, an infinity where the sum left the range of doubles.
  @inlinable
  package var value: Double { sum.isFinite ? sum + correction : sum }

  @inlinable @inline(__always)
  package mutating func add(_ term: Double) {
    let next = sum + term
    correction += sum.magnitude >= term.magnitude ? (sum - next) + term : (term - next) + sum
    sum = next
  }
}

/// The compensated sum of `term(i)` for `i` in `0..<count`.
@inlinable @inline(__always)
package func compensatedSum(_ count: Int, _ term: (Int) -> Double) -> Double {
  var total = CompensatedSum()
  for index in 0..<count { total.add(term(index)) }
  return total.value
}
