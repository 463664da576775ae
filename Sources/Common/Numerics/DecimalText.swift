// Numbers as text with a fixed count of decimals.

/// A number rounded to some decimals, trailing zeros kept; beyond 9e15 units of its last decimal, its shortest text.
///
///     decimal(-2.345, places: 1)  // "-2.3"
///
/// - Parameter places: 0 to 15; others are moved to the nearer end.
/// - Returns: also `undefined`, `inf` and `-inf`.
package func decimal(_ value: Double, places: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "undefined" : value < 0 ? "-inf" : "inf" }
  let places = max(0, min(places, 15))
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (value.magnitude * scale).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let digits = String(UInt64(scaled))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard places > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  return sign + padded.dropLast(places) + "." + padded.suffix(places)
}
