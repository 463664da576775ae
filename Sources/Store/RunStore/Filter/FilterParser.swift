// The filter language: its grammar and the parser that follows it, rule by rule.
//
//   filter      = [ disjunction ]
//   disjunction = conjunction { "or" conjunction }
//   conjunction = negation { "and" negation }
//   negation    = "not" negation | "(" disjunction ")" | condition
//   condition   = operand [ comparison value
//                         | [ "not" ] "in" "(" value { "," value } ")"
//                         | [ "not" ] ( "like" | "ilike" ) text
//                         | [ "not" ] "between" value "and" value
//                         | "is" [ "not" ] ( "null" | "nan" ) ]
//   comparison  = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
//   operand     = name | function
//   function    = ( "last" | "min" | "max" | "mean" | "count" | "first_nan" ) "(" name ")"
//               | "at" "(" name "," number ")"
//   name        = word | namespace "." ( word | quoted )          quoted in `…`, "…" or '…' after the dot
//   value       = number | text | "true" | "false" | span | date
//   text        = "'" … "'" | '"' … '"'                           a doubled quote stands for itself
//   span        = [ "-" ] number ( "s" | "m" | "h" | "d" | "w" )
//   date        = YYYY-MM-DD [ "T" HH:MM [ ":" SS [ "." fraction ] ] [ "Z" | ( "+" | "-" ) HH:MM ] ]
//
// A word begins with a letter or `_` and continues with letters, digits and `_ . / -`. Keywords and functions are the
// same in capitals. An operand stands alone where it is true or false by itself, as `dirty` is. An empty filter is
// true of every run. docs/filter.md says what each operand means, and how values compare.
internal import Suggestions

/// Reads a filter; nil for an empty one.
///
/// - Parameter hint: the full name that a bare word most likely stands for, where it is no attribute.
func parseFilter(_ text: String, hint: @escaping (String) -> String? = { _ in nil })
  throws(FilterProblem) -> FilterExpression?
{
  var parser = FilterParser(try filterTokens(text), hint: hint)
  return try parser.filter()
}

/// Reads an operand alone, as a column of a list.
func parseSubject(_ text: String, hint: @escaping (String) -> String? = { _ in nil })
  throws(FilterProblem) -> RunSubject
{
  var parser = FilterParser(try filterTokens(text), hint: hint)
  return try parser.subject()
}

private struct FilterParser {
  private let tokens: [FilterToken]
  private let hint: (String) -> String?
  private var position = 0
  private var depth = 0
  private var conditions = 0
  private var values = 0

  /// Parentheses and `not` inside each other, which are read by recursion.
  private static let deepest = 100
  private static let mostConditions = 500
  /// SQLite takes 32,766 arguments of a statement, and a million characters.
  private static let mostValues = 5000

  init(_ tokens: [FilterToken], hint: @escaping (String) -> String?) {
    (self.tokens, self.hint) = (tokens, hint)
  }

  // MARK: The rules

  mutating func filter() throws(FilterProblem) -> FilterExpression? {
    if next.kind == .end { return nil }
    let expression = try disjunction()
    guard next.kind == .end else { throw unexpected("'and', 'or' or the end") }
    return expression
  }

  mutating func subject() throws(FilterProblem) -> RunSubject {
    let subject = try operand()
    guard next.kind == .end else { throw unexpected("the end of the column") }
    return subject
  }

  private mutating func disjunction() throws(FilterProblem) -> FilterExpression {
    var parts = [try conjunction()]
    while take("or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(FilterProblem) -> FilterExpression {
    var parts = [try negation()]
    while take("and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(FilterProblem) -> FilterExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw problem("more than \(Self.deepest) parentheses and 'not' inside each other")
    }
    if take("not") { return .not(try negation()) }
    if takeSign("(") {
      let inner = try disjunction()
      guard takeSign(")") else { throw unexpected("'and', 'or' or ')'") }
      return inner
    }
    return try condition()
  }

  private mutating func condition() throws(FilterProblem) -> FilterExpression {
    conditions += 1
    guard conditions <= Self.mostConditions else { throw problem("more than \(Self.mostConditions) conditions") }
    let column = next.column
    let subject = try operand()
    func tested(_ test: FilterTest) -> FilterExpression {
      .condition(FilterCondition(subject: subject, column: column, test: test))
    }
    if case .sign(let sign) = next.kind, let comparison = FilterTest.Comparison(rawValue: sign) {
      position += 1
      return tested(.compare(comparison, try value()))
    }
    if take("is") {
      let negated = take("not")
      guard let test: FilterTest = take("null") ? .isNull : take("nan") ? .isNaN : nil else {
        throw unexpected(negated ? "'null' or 'nan'" : "'null', 'nan' or 'not'")
      }
      return negated ? .not(tested(test)) : tested(test)
    }
    let negated = take("not")
    if take("in") {
      let expression = tested(.isOneOf(try list()))
      return negated ? .not(expression) : expression
    }
    if take("between") {
      let low = try value()
      guard take("and") else { throw unexpected("'and' with the upper end") }
      let expression = tested(.isBetween(low, try value()))
      return negated ? .not(expression) : expression
    }
    for (keyword, ignoringCase) in [("like", false), ("ilike", true)] where take(keyword) {
      guard case .text(let pattern) = next.kind else { throw unexpected("a pattern in quotes, such as 'rich%'") }
      let expression = tested(.isLike(pattern, ignoringCase: ignoringCase, column: next.column))
      position += 1
      return negated ? .not(expression) : expression
    }
    if negated { throw unexpected("'in', 'like', 'ilike' or 'between'") }
    guard subject.isFlag else { throw unexpected("a comparison such as '=' or '<'", among: Self.operators) }
    return tested(.isTrue)
  }

  private mutating func operand() throws(FilterProblem) -> RunSubject {
    guard case .name(let name) = next.kind else { throw unexpected("a name such as metrics.energy_distance") }
    let column = next.column
    if let word = next.word {
      if Self.reserved.contains(word) { throw unexpected("a name before '\(word)'") }
      if position + 1 < tokens.count, tokens[position + 1].kind == .sign("(") { return try function(word) }
    }
    position += 1
    return try RunSubject(name, column: column, hint: hint)
  }

  private mutating func function(_ word: String) throws(FilterProblem) -> RunSubject {
    let summary = SeriesSummaryField(rawValue: word)
    guard summary != nil || word == "at" else {
      let known = SeriesSummaryField.allCases.map(\.rawValue) + ["at"]
      let nearest = word == "avg" || word == "average" ? "mean" : nearestName(to: word, among: known)
      throw problem(
        "there is no function '\(word)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "; there are \(known.listed)"))
    }
    position += 2
    guard case .name(let name) = next.kind else { throw unexpected("the name of a series") }
    let isPrefixed = name.namespace.map { ["metrics", "metric", "series"].contains($0.lowercased()) } ?? true
    let series = isPrefixed ? name.name : name.text
    position += 1
    var subject = summary.map { RunSubject.summary($0, series: series) }
    if subject == nil {
      guard takeSign(",") else { throw unexpected("',' and an epoch") }
      guard case .figure(let figure) = next.kind, let epoch = Int(figure), epoch >= 1 else {
        throw unexpected("an epoch from 1")
      }
      position += 1
      subject = .point(series: series, epoch: epoch)
    }
    guard takeSign(")"), let subject else { throw unexpected("')'") }
    return subject
  }

  private mutating func list() throws(FilterProblem) -> [FilterValue] {
    guard takeSign("(") else { throw unexpected("'(' and values with commas between them") }
    var list = [try value()]
    while takeSign(",") { list.append(try value()) }
    guard takeSign(")") else { throw unexpected("',' or ')'") }
    return list
  }

  private mutating func value() throws(FilterProblem) -> FilterValue {
    values += 1
    guard values <= Self.mostValues else { throw problem("more than \(Self.mostValues) values") }
    let token = next
    let kind: FilterValue.Kind
    switch token.kind {
    case .text(let text): kind = .text(text)
    case .figure(let figure): kind = try self.figure(figure)
    case .name(let name):
      switch token.word {
      case "true": kind = .flag(true)
      case "false": kind = .flag(false)
      case "inf", "infinity": kind = .number(FilterNumber(.real(.infinity), text: name.name))
      case "nan": throw problem("nothing equals NaN; write 'is nan' or 'is not nan'")
      case "null", "none": throw problem("nothing equals null; write 'is null' or 'is not null'")
      default: throw problem("a text stands in quotes: '\(name.text)'")
      }
    case .sign, .end: throw unexpected("a number or a text in quotes")
    }
    position += 1
    return FilterValue(kind: kind, column: token.column)
  }

  /// A number, a span of time or a date.
  private func figure(_ text: String) throws(FilterProblem) -> FilterValue.Kind {
    if let number = FilterNumber(text) { return .number(number) }
    if let unit = text.last, let seconds = Self.units[unit], let count = FilterNumber(String(text.dropLast())),
      case let amount = count.value.double, amount.isFinite
    {
      return .span(amount * seconds)
    }
    if text.prefix(5).dropFirst(4) == "-", text.prefix(4).allSatisfy(\.isNumber) { return .date(text) }
    throw problem("'\(text)' is no number, date or span of time such as -7d (s, m, h, d, w)")
  }

  private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
  private static let operators = ["in", "not", "like", "ilike", "between", "is", "and", "or"]
  private static let reserved: Set = [
    "and", "or", "not", "in", "like", "ilike", "between", "is", "null", "nan", "true", "false",
  ]

  // MARK: Tokens

  private var next: FilterToken { tokens[min(position, tokens.count - 1)] }

  private mutating func take(_ keyword: String) -> Bool {
    guard next.word == keyword else { return false }
    position += 1
    return true
  }

  private mutating func takeSign(_ sign: String) -> Bool {
    guard next.kind == .sign(sign) else { return false }
    position += 1
    return true
  }

  private func problem(_ message: String) -> FilterProblem { FilterProblem(column: next.column, message: message) }

  /// - Parameter keywords: those that a misspelt word might stand for.
  private func unexpected(_ expected: String, among keywords: [String] = ["and", "or"]) -> FilterProblem {
    if let word = next.word, let keyword = nearestName(to: word, among: keywords), keyword != word {
      return problem("\(next.description) where \(expected) was expected; did you mean '\(keyword)'?")
    }
    return problem("\(next.description) where \(expected) was expected")
  }
}

extension StoreValue {
  /// A number's value; NaN for anything else.
  var double: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .real(let real): real
    default: .nan
    }
  }
}

extension [String] {
  /// Names with commas between them.
  var listed: String { joined(separator: ", ") }
}
