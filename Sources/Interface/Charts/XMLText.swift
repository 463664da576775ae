// Text and numbers as they stand in an SVG file.
internal import Numerics

/// Text with the characters that XML reserves replaced and those that it forbids removed.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result += " "
    case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
      continue
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A number rounded to some decimals, trailing zeros kept.
func fixed(_ value: Double, _ places: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
  return decimal(value, places: places)
}

/// A coordinate in pixels, to a hundredth; anything absurd is moved to the edge of what viewers accept.
func pixel(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  var text = fixed(min(max(value, -1e6), 1e6), 2)
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return text
}
