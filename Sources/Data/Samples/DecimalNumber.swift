// Decimal text to the nearest float64, quickly.

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

private let wholePowersOfTen: [UInt64] = [
  1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
  100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
  10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]

/// The number that some bytes spell, correctly rounded: digits with an optional point, sign and exponent, or `nan`,
/// `inf`, `infinity` in any case; nil for anything else. Spaces around it are ignored and nothing at all is NaN.
func decimalNumber(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
  var position = 0
  var end = text.count
  while position < end, text[position] == UInt8(ascii: " ") || text[position] == UInt8(ascii: "\t") { position += 1 }
  while end > position, text[end - 1] == UInt8(ascii: " ") || text[end - 1] == UInt8(ascii: "\t") { end -= 1 }
  guard position < end else { return .nan }
  let start = position
  let isNegative = text[position] == UInt8(ascii: "-")
  if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }

  var mantissa: UInt64 = 0
  var significant = 0
  var exponent = 0
  var hasDigits = false
  var afterPoint = false
  while position < end {
    let digit = text[position] &- UInt8(ascii: "0")
    if digit < 10 {
      hasDigits = true
      if significant < 19 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        significant += mantissa == 0 ? 0 : 1
      } else {
        significant += 1
      }
      exponent -= afterPoint ? 1 : 0
    } else if text[position] == UInt8(ascii: "."), !afterPoint {
      afterPoint = true
    } else {
      break
    }
    position += 1
  }
  guard hasDigits else {
    return specialNumber(UnsafeBufferPointer(rebasing: text[position..<end]), isNegative: isNegative)
  }
  if position < end {
    guard text[position] | 32 == UInt8(ascii: "e"), let written = exponentValue(text, position + 1, end) else {
      return nil
    }
    exponent += written
  }
  if mantissa == 0 { return isNegative ? -0.0 : 0 }
  if significant <= 19, let value = scaled(mantissa, exponent) { return isNegative ? -value : value }
  return Double(String(decoding: text[start..<end], as: UTF8.self))
}

/// The exponent after its `e`; nil unless it is a whole number. Beyond ±99999 it no longer matters.
private func exponentValue(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
  var position = start
  guard position < end else { return nil }
  let isNegative = text[position] == UInt8(ascii: "-")
  if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }
  guard position < end else { return nil }
  var value = 0
  while position < end {
    let digit = text[position] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    value = min(99_999, value * 10 + Int(digit))
    position += 1
  }
  return isNegative ? -value : value
}

private func specialNumber(_ text: UnsafeBufferPointer<UInt8>, isNegative: Bool) -> Double? {
  let value: Double
  switch String(decoding: text, as: UTF8.self).lowercased() {
  case "nan": value = .nan
  case "inf", "infinity": value = .infinity
  default: return nil
  }
  return isNegative ? -value : value
}

/// mantissa * 10^exponent to the nearest, ties to even, for a mantissa above 0; nil where that needs more than
/// 128 bits.
@inline(__always)
private func scaled(_ mantissa: UInt64, _ exponent: Int) -> Double? {
  if mantissa <= 1 << 53, abs(exponent) <= 22 {
    // Both factors are exact, so the one rounding is that of the result (W. Clinger, PLDI 1990).
    let value = Double(mantissa)
    return exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
  }
  guard abs(exponent) < wholePowersOfTen.count else { return nil }
  let power = wholePowersOfTen[abs(exponent)]
  if exponent >= 0 {
    let product = mantissa.multipliedFullWidth(by: power)
    if product.high == 0 { return Double(product.low) }
    let shift = product.high.leadingZeroBitCount
    let top = product.high << shift | (shift == 0 ? 0 : product.low >> (64 - shift))
    return Double(top | (product.low << shift == 0 ? 0 : 1)) * twoTo(64 - shift)
  }
  // 64 quotient bits and a sticky bit for the remainder round once, in the conversion.
  let (mantissaShift, powerShift) = (mantissa.leadingZeroBitCount, power.leadingZeroBitCount)
  let (dividend, divisor) = (mantissa << mantissaShift, power << powerShift)
  let halved = dividend >= divisor ? 1 : 0
  let wide = (high: dividend >> halved, low: halved == 1 ? dividend << 63 : 0)
  let (quotient, remainder) = divisor.dividingFullWidth(wide)
  return Double(quotient | (remainder == 0 ? 0 : 1)) * twoTo(halved - 64 + powerShift - mantissaShift)
}

/// 2^exponent, for exponents of normal numbers.
@inline(__always)
private func twoTo(_ exponent: Int) -> Double {
  Double(bitPattern: UInt64(1023 + exponent) << 52)
}
