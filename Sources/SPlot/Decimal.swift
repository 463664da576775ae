// Numbers as text with a fixed count of decimals.

/// A number rounded to `places` decimals, without an exponent where it has fewer than sixteen digits.
func decimal(_ value: Double, places: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "undefined" : value < 0 ? "-inf" : "inf" }
  var scale = 1.0
  for _ in 0..<max(0, min(places, 15)) { scale *= 10 }
  let scaled = (value.magnitude * scale).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let digits = String(UInt64(scaled))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard scale > 1 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  return sign + padded.dropLast(places) + "." + padded.suffix(places)
}
