// Numbers in explanations and profiles.

/// A number with so many digits after the point, halves away from zero.
func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
  let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
  let rounded = Int((value.magnitude * Double(scale)).rounded())
  let fraction = String(rounded % scale)
  let sign = value < 0 && rounded > 0 ? "-" : ""
  guard digits > 0 else { return sign + "\(rounded)" }
  return sign + "\(rounded / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
