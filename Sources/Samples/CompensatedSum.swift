// Sums whose rounding error does not grow with the number of terms.

/// A running sum with Neumaier's correction (A. Neumaier, ZAMM 54 (1974) 39).
struct CompensatedSum {
  private var total = 0.0
  private var correction = 0.0

  mutating func add(_ term: Double) {
    let next = total + term
    correction += abs(total) >= abs(term) ? (total - next) + term : (term - next) + total
    total = next
  }

  /// The sum; NaN or an infinity when a term was one.
  var value: Double { total.isFinite ? total + correction : total }
}
