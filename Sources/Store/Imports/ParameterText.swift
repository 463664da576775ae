// The kinds of values in a tracker that keeps every parameter as text.
internal import Foundation
package import RunStore

extension ParameterValue {
  /// The value that a text stands for, where nothing of it is lost.
  ///
  /// Integers are as a program prints them, within 64 bits: `7`, not `007` or `+7`. A number with a point or an exponent
  /// is real when the nearest double prints the same decimal number again. `True`, `False`, `true` and `false` are
  /// Boolean; `nan`, `inf` and `-inf` real. All else stays text.
  package init(parameterText text: String) {
    if let integer = Int64(text), String(integer) == text {
      self = .integer(integer)
    } else if let flag = ["True": true, "true": true, "False": false, "false": false][text] {
      self = .boolean(flag)
    } else if let special = ["nan": Double.nan, "inf": .infinity, "-inf": -.infinity][text] {
      self = .real(special)
    } else if let decimal = PlainDecimal(text), let value = Double(text), value.isFinite,
      PlainDecimal("\(value)") == decimal
    {
      self = .real(value)
    } else {
      self = .text(text)
    }
  }
}

/// A decimal number written with a point or an exponent, by its value: sign, digits and power of ten.
private struct PlainDecimal: Equatable {
  private let isNegative: Bool
  /// Without zeros at either end.
  private let digits: Substring
  private let exponent: Int

  init?(_ text: String) {
    // Created each time, because a compiled pattern cannot be shared between threads.
    let pattern = /(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,4}))?/
    guard let match = text.wholeMatch(of: pattern), match.3 != nil || match.4 != nil else { return nil }
    let fraction = match.3 ?? ""
    let all = String(match.2 + fraction)
    let leading = all.drop { $0 == "0" }
    let trailing = leading.reversed().prefix { $0 == "0" }.count
    digits = Substring(leading.dropLast(trailing))
    let power = match.4.flatMap { Int($0) } ?? 0
    exponent = digits.isEmpty ? 0 : power - fraction.count + trailing
    isNegative = match.1 == "-"
  }
}
