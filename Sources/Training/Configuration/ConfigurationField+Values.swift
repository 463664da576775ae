// Numbers, texts, choices and columns out of a setting.
internal import CanonicalJSON
internal import Numerics
internal import Suggestions

/// The numbers that a setting may be.
struct NumberRange: Sendable {
  let description: String
  let contains: @Sendable (Double) -> Bool

  static func from(_ lower: Double, to upper: Double) -> NumberRange {
    NumberRange(description: "a number from \(plain(lower)) to \(plain(upper))") { lower <= $0 && $0 <= upper }
  }

  static func from(_ lower: Double, below upper: Double) -> NumberRange {
    NumberRange(description: "a number from \(plain(lower)) to below \(plain(upper))") { lower <= $0 && $0 < upper }
  }

  static func above(_ lower: Double, to upper: Double) -> NumberRange {
    NumberRange(description: "a number above \(plain(lower)), at most \(plain(upper))") { lower < $0 && $0 <= upper }
  }

  static let finite = NumberRange(description: "a finite number") { _ in true }

  private static func plain(_ value: Double) -> String {
    jsonNumber(value)
  }
}

extension ConfigurationField {
  /// A whole number, written in digits.
  /// - Parameters:
  ///   - other: what else may stand here, which errors say.
  ///   - words: what errors say was expected; nil for the range.
  func integer(_ bound: Bound, or other: String? = nil, instead words: String? = nil) throws -> Int {
    try whole(bound.range, expected: words ?? other.map { "\(bound), or \($0)" })
  }

  /// A seed: any whole number of 64 bits without a sign. Canonical JSON has those from 2^53 on as strings.
  func seed() throws -> UInt64 {
    if case .text(let digits) = node?.content, let seed = UInt64(digits), seed >= 1 << 53, "\(seed)" == digits {
      return seed
    }
    return try whole(0...UInt64.max)
  }

  private func whole<Whole: FixedWidthInteger>(
    _ range: ClosedRange<Whole>, expected words: String? = nil
  ) throws -> Whole {
    let expected = words ?? wholeNumber(range)
    guard case .number(let written) = node?.content else { throw problem(expected: expected) }
    if let value = Whole(written) {
      guard range.contains(value) else { throw problem(expected: expected) }
      return value
    }
    let value = Double(written).flatMap(Whole.init(exactly:))
    throw problem(expected: expected, suggestion: value.flatMap { range.contains($0) ? "\($0)" : nil })
  }

  /// A finite number.
  func number(_ range: NumberRange) throws -> Double {
    guard case .number(let written) = node?.content, let value = Double(written), value.isFinite, range.contains(value)
    else { throw problem(expected: range.description) }
    // −0 would have another canonical text than 0.
    return value == 0 ? 0 : value
  }

  /// An ascending pair of numbers.
  func interval() throws -> ClosedRange<Double> {
    let ends = try list(2...2, of: "numbers") { try $0.number(.finite) }
    guard ends[0] < ends[1] else {
      throw problem(found: "\(jsonNumber(ends[0])) and \(jsonNumber(ends[1]))", expected: "two ascending numbers")
    }
    return ends[0]...ends[1]
  }

  /// A text of 1 to 255 printable characters.
  func text() throws -> String {
    guard case .text(let text) = node?.content else {
      // Most likely a name of digits, which needs quotes.
      let suggestion: String? = if let node, isNumber { node.description } else { nil }
      throw problem(expected: "a text", suggestion: suggestion)
    }
    guard (1...255).contains(text.unicodeScalars.count), text.unicodeScalars.allSatisfy(isPrintable) else {
      throw problem(expected: "a text of 1 to 255 printable characters")
    }
    return text
  }

  /// One of some words.
  /// - Parameter otherwise: what errors say was expected, where the words are not all that may stand here.
  func choice(_ words: [String], otherwise: String? = nil) throws -> String {
    let expected = otherwise ?? (words.count == 1 ? words[0] : "one of \(listed(words, "and"))")
    guard case .text(let text) = node?.content else { throw problem(expected: expected) }
    guard words.contains(text) else {
      throw problem(expected: expected, suggestion: nearestName(to: text, among: words))
    }
    return text
  }

  /// One of the cases of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>() throws -> Choice where Choice.RawValue == String {
    let word = try choice(Choice.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: word) else { throw problem(expected: word) }
    return choice
  }

  /// The name of a column.
  /// - Parameter columns: the columns that there are, where they are known.
  func column(among columns: [String]?) throws -> String {
    guard let columns else { return try text() }
    return try choice(columns)
  }

  /// The names of different columns.
  func columns(among columns: [String]?, atLeast least: Int = 1) throws -> [String] {
    let names = try list(least...Int.max, of: "columns") { try $0.column(among: columns) }
    try refuseRepeats(in: names)
    return names
  }
}

/// Whether a character may stand in a YAML document and breaks no line.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...: true
  default: false
  }
}
