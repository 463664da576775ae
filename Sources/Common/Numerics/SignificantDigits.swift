// Numbers as text: rounded to six significant digits, as C's `%.6g` writes them, and with all their digits.
internal import Foundation

/// A number with at most six significant digits: `0.1`, `1e+06`, `NaN`.
package func shortNumber(_ value: Double) -> String {
  var bytes: [UInt8] = []
  appendShortNumber(value, to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

/// The fewest digits that read back to the same number, without a fraction of zeros: `0.1`, `1000000`, `NaN`.
///
/// For errors about a limit, where a rounded number may look like the limit that it exceeds.
package func roundTripNumber(_ value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// Appends a finite number as C's `%.6g` writes it; NaN, Infinity or -Infinity.
///
///     appendShortNumber(0.000123456789, to: &bytes)  // "0.000123457"
///
/// The shortest decimal that reads back to the number is rounded to six digits, which differs from rounding the number
/// itself where that decimal is a tie alone, or where the number is so small that few digits tell it from its
/// neighbours; those few are left to the C library.
package func appendShortNumber(_ value: Double, to bytes: inout [UInt8]) {
  guard value.isFinite else {
    bytes += value.isNaN ? "NaN".utf8 : value < 0 ? "-Infinity".utf8 : "Infinity".utf8
    return
  }
  if value == 0 {
    bytes += value.sign == .minus ? "-0".utf8 : "0".utf8
    return
  }
  guard value.isNormal, let decimal = Decimal(value) else {
    bytes += String(format: "%.6g", value).utf8
    return
  }
  decimal.append(to: &bytes, isNegative: value < 0)
}

/// Up to six digits d and an exponent e, for d.ddddd times ten to the power e.
private struct Decimal {
  /// The digits from the first, as one number below a million.
  private var digits = 0
  private var count = 0
  private var exponent = 0

  private static let most = 6

  /// Nil where the C library has to round.
  init?(_ value: Double) {
    var text = value.magnitude.description
    let isRounded = text.withUTF8 { read($0) }
    guard isRounded else { return nil }
    while count > 1, digits % 10 == 0 {
      digits /= 10
      count -= 1
    }
  }

  /// Takes a decimal such as 123.456 or 1.5e-07, rounded half up.
  /// - Returns: false for a tie.
  private mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var pointSeen = false
    var next = 0
    var rest = 0
    var restIsLong = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: ".") {
        pointSeen = true
      } else if byte == UInt8(ascii: "e") {
        break
      } else {
        let digit = Int(byte) - 48
        // Digits before the point raise the exponent, zeros after it that nothing precedes lower it.
        if count == 0, digit == 0 {
          if pointSeen { exponent -= 1 }
          continue
        }
        if !pointSeen, count > 0 || next > 0 { exponent += 1 }
        if count < Self.most {
          digits = digits * 10 + digit
          count += 1
        } else {
          if next == 0 { rest = digit } else if digit != 0 { restIsLong = true }
          next += 1
        }
      }
    }
    if pointSeen, text.first == UInt8(ascii: "0") { exponent -= 1 }
    exponent += power(text, from: index)
    if rest == 5, !restIsLong { return false }
    if rest >= 5 { roundUp() }
    return true
  }

  private func power(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var power = 0
    var isNegative = false
    for byte in text[start...] {
      if byte == UInt8(ascii: "-") {
        isNegative = true
      } else if byte != UInt8(ascii: "+") {
        power = power * 10 + Int(byte) - 48
      }
    }
    return isNegative ? -power : power
  }

  private mutating func roundUp() {
    digits += 1
    guard digits == 1_000_000 else { return }
    digits = 100_000
    exponent += 1
  }

  /// As `%g` does: with an exponent below −4 and from the number of digits on.
  func append(to bytes: inout [UInt8], isNegative: Bool) {
    if isNegative { bytes.append(UInt8(ascii: "-")) }
    if exponent < -4 || exponent >= Self.most {
      appendDigits(pointAfter: 1, to: &bytes)
      bytes.append(UInt8(ascii: "e"))
      bytes.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
      if exponent.magnitude < 10 { bytes.append(UInt8(ascii: "0")) }
      appendInteger(Int64(exponent.magnitude), to: &bytes)
    } else if exponent < 0 {
      bytes += "0.".utf8
      for _ in 1..<(-exponent) { bytes.append(UInt8(ascii: "0")) }
      appendDigits(pointAfter: 0, to: &bytes)
    } else {
      appendDigits(pointAfter: exponent + 1, to: &bytes)
    }
  }

  /// - Parameter pointAfter: as many digits stand before the point, zeros where there are no more; 0 for no point.
  private func appendDigits(pointAfter: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<count { divisor *= 10 }
    for place in 0..<max(count, pointAfter) {
      if place == pointAfter, pointAfter > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(place < count ? UInt8(48 + digits / divisor % 10) : UInt8(ascii: "0"))
      if place < count { divisor = max(divisor / 10, 1) }
    }
  }
}

/// Appends an integer's decimal digits.
package func appendInteger(_ value: Int64, to bytes: inout [UInt8]) {
  if value < 0 { bytes.append(UInt8(ascii: "-")) }
  var rest = value.magnitude
  let start = bytes.count
  repeat {
    bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
    rest /= 10
  } while rest > 0
  bytes[start...].reverse()
}
