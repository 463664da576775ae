// What a filter says, as a tree.

/// A condition on runs. Its truth has three values: a comparison with something that a run doesn't have is neither
/// true nor false, and stays so under `not`. Runs are selected for which the whole is true.
indirect enum FilterExpression: Sendable {
  case all([FilterExpression])
  case any([FilterExpression])
  case not(FilterExpression)
  case condition(FilterCondition)
}

/// Something about a run, tested.
struct FilterCondition: Sendable {
  let subject: RunSubject
  /// Where the subject begins.
  let column: Int
  let test: FilterTest
}

enum FilterTest: Sendable {
  case compare(Comparison, FilterValue)
  case isOneOf([FilterValue])
  /// Both ends count.
  case isBetween(FilterValue, FilterValue)
  /// `%` stands for any text, `_` for any one character.
  case isLike(String, ignoringCase: Bool, column: Int)
  case isNull
  case isNaN
  /// A name that stands alone.
  case isTrue

  enum Comparison: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }
}

/// A value as it was written.
struct FilterValue: Sendable {
  enum Kind: Sendable {
    case number(FilterNumber)
    case text(String)
    case flag(Bool)
    /// Seconds, such as -7d.
    case span(Double)
    /// A date without quotes.
    case date(String)
  }

  let kind: Kind
  let column: Int
}

/// A number, whole where it was written so and fits.
struct FilterNumber: Hashable, Sendable {
  let value: StoreValue
  /// As written.
  let text: String

  init(_ value: StoreValue, text: String) {
    (self.value, self.text) = (value, text)
  }

  /// Reads a decimal number, `inf` or `infinity` with or without a sign; nil for anything else.
  init?(_ text: String) {
    let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
    if let integer = Int64(digits), text.last?.isNumber == true {
      self.init(.integer(integer), text: text)
      return
    }
    let lower = digits.lowercased()
    let isWord = ["inf", "-inf", "infinity", "-infinity"].contains(lower)
    let isDecimal = lower.utf8.allSatisfy { "0123456789.e+-".utf8.contains($0) } && lower.contains(where: \.isNumber)
    guard isWord || isDecimal, let real = Double(lower.hasPrefix(".") ? "0" + lower : lower) else { return nil }
    self.init(.real(real), text: text)
  }
}

extension RunFilter {
  /// What a filter means in any store; whether runs have what it names is not asked.
  ///
  /// - Parameter now: from which spans of time are counted, as the store writes times.
  /// - Throws: `StoreError.badFilter`.
  package init(parsing text: String, now: String) throws {
    self = try explainingFilter(text) {
      guard let expression = try parseFilter(text) else { return RunFilter(sql: "1", arguments: []) }
      return try RunFilter(expression, now: now)
    }
  }

  init(_ expression: FilterExpression, now: String) throws(FilterProblem) {
    let compiled = try FilterCompiler(now: FilterTime.milliseconds(now) ?? 0).compile(expression)
    self.init(sql: compiled.sql, arguments: compiled.arguments)
  }
}

/// Gives a problem the text that it is about.
func explainingFilter<Value>(_ text: String, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let problem as FilterProblem {
    throw StoreError.badFilter(text: text, column: problem.column, message: problem.message)
  }
}
