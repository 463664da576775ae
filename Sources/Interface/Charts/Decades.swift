// Logarithms for pictures, without the machine's mathematical library.

/// The decimal logarithm of a positive number to six digits: enough for a place on an axis.
/// - Returns: NaN for a number that is not positive or not finite.
package func decades(_ number: Double) -> Double {
  guard number > 0, number.isFinite else { return .nan }
  var (value, exponent) = (number, 0.0)
  while value >= 10 { (value, exponent) = (value / 10, exponent + 1) }
  while value < 1 { (value, exponent) = (value * 10, exponent - 1) }
  var (fraction, step) = (0.0, 0.5)
  for _ in 0..<20 {
    value *= value
    if value >= 10 { (value, fraction) = (value / 10, fraction + step) }
    step /= 2
  }
  return exponent + fraction
}
