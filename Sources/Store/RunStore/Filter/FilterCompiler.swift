// From what a filter says to SQL that selects the runs for which it is true.
internal import Suggestions

/// Turns an expression into a condition over the alias `r`, in which everything that was written is a bound argument.
///
/// `not` is carried down to the conditions, each of which has one form that is true where it is true and one that is
/// true where it is false; where it is neither, for a run without the property, both are false or NULL.
struct FilterCompiler {
  /// Milliseconds since 1970, from which spans of time are counted.
  let now: Int64

  func compile(_ expression: FilterExpression, negated: Bool = false) throws(FilterProblem) -> BoundSQL {
    switch expression {
    case .not(let inner): return try compile(inner, negated: !negated)
    case .all(let parts): return try compiled(parts, negated).balanced(negated ? " OR " : " AND ")
    case .any(let parts): return try compiled(parts, negated).balanced(negated ? " AND " : " OR ")
    case .condition(let condition): return try compile(condition, negated)
    }
  }

  private func compiled(_ parts: [FilterExpression], _ negated: Bool) throws(FilterProblem) -> [BoundSQL] {
    var sql: [BoundSQL] = []
    for part in parts { sql.append(try compile(part, negated: negated)) }
    return sql
  }

  private func compile(_ condition: FilterCondition, _ negated: Bool) throws(FilterProblem) -> BoundSQL {
    if case .isLike(let pattern, _, let column) = condition.test, pattern.utf8.count > Self.longestPattern {
      throw FilterProblem(column: column, message: "a pattern has at most \(Self.longestPattern) bytes")
    }
    switch condition.subject {
    case .parameter(let path):
      // Without the type the index on path and value suffices, because NULL satisfies no test.
      let all: BoundSQL = "SELECT run FROM parameter WHERE path = \(bound: path)"
      let rows = Rows(all: all, present: "\(all) AND type <> 'null'")
      return rows.sql(condition.test, try looseTest(condition.test, isTyped: true), negated)
    case .tag(let key):
      let all: BoundSQL = "SELECT run FROM tag WHERE key = \(bound: key)"
      let rows = Rows(all: all, present: all)
      return rows.sql(condition.test, try looseTest(condition.test, isTyped: false), negated)
    case .dataset(let role, let field):
      let ofRole: BoundSQL = role.map { " AND role = \(bound: $0)" } ?? ""
      let all: BoundSQL = "SELECT run FROM datasets WHERE \(field.sql) IS NOT NULL\(ofRole)"
      let rows = Rows(all: all, present: all)
      let subject = Scalar(sql: field.sql, kind: field.isNumber ? .number : .text, name: "datasets.\(field.rawValue)")
      return rows.sql(condition.test, try scalarTest(subject, condition), negated, isMany: true)
    case .attribute(let attribute):
      let subject = Scalar(sql: attribute.sql, kind: attribute.kind, name: attribute.name)
      return affirmed(try scalarTest(subject, condition), negated)
    case .metric, .summary, .point:
      var subject = Scalar(sql: condition.subject.scalar(), kind: .number, name: "a series", hasNaN: true)
      // A text sorts after all numbers, so that it would be greater: the least of them isn't.
      if case .compare(.greater, _) = condition.test { subject.sql = condition.subject.scalar(nan: "-9e999") }
      return affirmed(try scalarTest(subject, condition), negated)
    }
  }

  private func affirmed(_ test: BoundSQL, _ negated: Bool) -> BoundSQL { negated ? "NOT (\(test))" : test }

  /// SQLite takes patterns up to 50,000 bytes, and a `*` of GLOB may need three.
  private static let longestPattern = 10_000
}

// MARK: Subjects with rows of their own

/// The rows of a parameter, tag or data set.
private struct Rows {
  /// The runs of all rows, and of those that count as being there.
  let all: BoundSQL
  let present: BoundSQL

  /// - Parameters:
  ///   - test: over the row's columns, NULL counting as false.
  ///   - isMany: whether a run may have several, of which one is enough.
  func sql(_ kind: FilterTest, _ test: BoundSQL, _ negated: Bool, isMany: Bool = false) -> BoundSQL {
    if case .isNull = kind { return "r.run\(negated ? "" : " NOT") IN (\(present))" }
    if case .compare(.unequal, _) = kind, !negated { return "r.run IN (\(present) AND (\(test)))" }
    if !negated { return "r.run IN (\(all) AND (\(test)))" }
    if isMany { return "(r.run IN (\(present)) AND r.run NOT IN (\(all) AND (\(test))))" }
    return "r.run IN (\(present) AND NOT coalesce(\(test), 0))"
  }
}

extension FilterCompiler {
  /// A test of the column `value`, which may be of any type: a number compares with numbers and with texts that read as
  /// one, a text with texts and, where it reads as a number, with numbers.
  ///
  /// - Parameter isTyped: whether there is a column `type`.
  private func looseTest(_ test: FilterTest, isTyped: Bool) throws(FilterProblem) -> BoundSQL {
    switch test {
    case .isNull, .isTrue: return ""
    case .isNaN:
      return isTyped ? "type = 'real' AND value IS NULL OR lower(value) = 'nan'" : "lower(value) = 'nan'"
    case .isLike(let pattern, let ignoringCase, _):
      let text: BoundSQL =
        isTyped ? "CASE type WHEN 'boolean' THEN iif(value, 'true', 'false') ELSE CAST(value AS TEXT) END" : "value"
      return like(text, pattern, ignoringCase)
    case .compare(let comparison, let value): return try loose(comparison, value, isTyped)
    case .isBetween(let low, let high):
      return "(\(try loose(.greaterOrEqual, low, isTyped))) AND (\(try loose(.lessOrEqual, high, isTyped)))"
    case .isOneOf(let values):
      var tests: [BoundSQL] = []
      for value in values { tests.append("(\(try loose(.equal, value, isTyped)))") }
      return tests.balanced(" OR ")
    }
  }

  private func loose(_ comparison: FilterTest.Comparison, _ value: FilterValue, _ isTyped: Bool)
    throws(FilterProblem) -> BoundSQL
  {
    if comparison == .unequal { return "NOT coalesce(\(try loose(.equal, value, isTyped)), 0)" }
    switch value.kind {
    case .number(let number): return numeric(comparison, number.value)
    case .text(let text):
      var tests: [BoundSQL] = ["typeof(value) = 'text' AND value \(comparison.sql) \(bound: text)"]
      if isTyped, let number = FilterNumber(text), number.value.double.isFinite {
        tests.append("typeof(value) <> 'text' AND value \(comparison.sql) \(cast(number.value))")
      }
      if isTyped, comparison == .equal, ["true", "false"].contains(text.lowercased()) {
        tests.append("type = 'boolean' AND value = \(bound: .integer(text.lowercased() == "true" ? 1 : 0))")
      }
      return tests.joined(" OR ")
    case .flag(let flag):
      guard comparison == .equal else {
        throw FilterProblem(column: value.column, message: "true and false have no order; compare with '=' or '!='")
      }
      let text: BoundSQL = "lower(value) = \(bound: flag ? "true" : "false")"
      return isTyped ? "type = 'boolean' AND value = \(bound: .integer(flag ? 1 : 0)) OR \(text)" : text
    case .span(let seconds): return numeric(comparison, .real(seconds))
    // As any text, so that settings that are dates can be found.
    case .date(let text): return "typeof(value) = 'text' AND value \(comparison.sql) \(bound: text)"
    }
  }

  /// A cast's affinity makes SQLite read a text as a number where it is one; another text sorts after all numbers.
  private func numeric(_ comparison: FilterTest.Comparison, _ number: StoreValue) -> BoundSQL {
    switch comparison {
    case .greater, .greaterOrEqual:
      "value \(comparison.sql) \(cast(number)) AND value <= CAST(9e999 AS REAL)"
    default: "value \(comparison.sql) \(cast(number))"
    }
  }

  private func cast(_ number: StoreValue) -> BoundSQL {
    if case .integer = number { "CAST(\(bound: number) AS INTEGER)" } else { "CAST(\(bound: number) AS REAL)" }
  }

  private func like(_ subject: BoundSQL, _ pattern: String, _ ignoringCase: Bool) -> BoundSQL {
    ignoringCase ? "\(subject) LIKE \(bound: pattern)" : "\(subject) GLOB \(bound: globPattern(pattern))"
  }
}

/// The pattern for GLOB, which is case-sensitive, of one for LIKE.
private func globPattern(_ pattern: String) -> String {
  var glob = ""
  for scalar in pattern.unicodeScalars {
    switch scalar {
    case "%": glob += "*"
    case "_": glob += "?"
    case "*", "?", "[": glob += "[\(scalar)]"
    default: glob.unicodeScalars.append(scalar)
    }
  }
  return glob
}

extension FilterTest.Comparison {
  var sql: BoundSQL {
    switch self {
    case .equal: "="
    case .unequal: "<>"
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}

// MARK: Subjects with one value of a known kind

/// An expression with its kind.
private struct Scalar {
  var sql: BoundSQL
  let kind: RunAttribute.Kind
  /// For messages.
  let name: String
  var hasNaN = false
}

extension FilterCompiler {
  /// NULL where the subject is; with `NOT` before it, true where the subject is there and the test is not met.
  private func scalarTest(_ subject: Scalar, _ condition: FilterCondition) throws(FilterProblem) -> BoundSQL {
    let sql = subject.sql
    switch condition.test {
    case .isNull: return "\(sql) IS NULL"
    case .isTrue: return "\(sql) = 1"
    case .isNaN:
      guard subject.hasNaN else {
        throw FilterProblem(column: condition.column, message: "'\(subject.name)' is never NaN; ask 'is null'")
      }
      return "\(sql) = \(RunSubject.nan)"
    case .isLike(let pattern, let ignoringCase, _):
      switch subject.kind {
      case .text, .time, .status, .identifier: return like(sql, pattern, ignoringCase)
      case .number, .seconds, .flag, .seed:
        throw FilterProblem(column: condition.column, message: "'like' is for texts; this is a number")
      }
    case .compare(let comparison, let value): return try compare(subject, comparison, value)
    case .isBetween(let low, let high):
      if subject.hasNaN {
        return "\(sql) BETWEEN \(bound: try number(subject, low)) AND \(bound: try number(subject, high))"
      }
      return "(\(try compare(subject, .greaterOrEqual, low)) AND \(try compare(subject, .lessOrEqual, high)))"
    case .isOneOf(let values):
      var list: [BoundSQL] = []
      switch subject.kind {
      case .number, .seconds, .flag:
        for value in values { list.append("\(bound: try number(subject, value))") }
      case .text:
        for value in values { list.append("\(bound: try text(subject, value))") }
      case .identifier, .seed, .status, .time:
        for value in values { list.append(try compare(subject, .equal, value)) }
        return list.balanced(" OR ")
      }
      return "\(sql) IN (\(list.joined(", ")))"
    }
  }

  private func compare(_ subject: Scalar, _ comparison: FilterTest.Comparison, _ value: FilterValue)
    throws(FilterProblem) -> BoundSQL
  {
    switch subject.kind {
    case .number, .seconds, .flag:
      let number = try number(subject, value)
      if subject.hasNaN, comparison == .greaterOrEqual { return "\(subject.sql) BETWEEN \(bound: number) AND 9e999" }
      return "\(subject.sql) \(comparison.sql) \(bound: number)"
    case .text: return "\(subject.sql) \(comparison.sql) \(bound: try text(subject, value))"
    case .identifier: return try identifier(subject, comparison, text(subject, value), value)
    case .seed: return "\(seedKey) \(comparison.sql) \(bound: try seed(value))"
    case .status: return try status(subject, comparison, value)
    case .time:
      let time = try time(value)
      switch comparison {
      case .equal: return "(\(subject.sql) >= \(bound: time.beginning) AND \(subject.sql) < \(bound: time.end))"
      case .unequal: return "NOT (\(subject.sql) >= \(bound: time.beginning) AND \(subject.sql) < \(bound: time.end))"
      case .less: return "\(subject.sql) < \(bound: time.beginning)"
      case .lessOrEqual: return "\(subject.sql) < \(bound: time.end)"
      case .greater: return "\(subject.sql) >= \(bound: time.end)"
      case .greaterOrEqual: return "\(subject.sql) >= \(bound: time.beginning)"
      }
    }
  }

  private func number(_ subject: Scalar, _ value: FilterValue) throws(FilterProblem) -> StoreValue {
    switch value.kind {
    case .number(let number): return number.value
    case .text(let text): if let number = FilterNumber(text) { return number.value }
    case .flag(let flag): if subject.kind == .flag { return .integer(flag ? 1 : 0) }
    case .span(let seconds): if subject.kind == .seconds { return .real(seconds) }
    case .date: break
    }
    if subject.kind == .flag, case .text(let text) = value.kind, ["true", "false"].contains(text.lowercased()) {
      return .integer(text.lowercased() == "true" ? 1 : 0)
    }
    let wanted =
      subject.kind == .flag ? "true or false" : subject.kind == .seconds ? "seconds, as 90 or 2h" : "a number"
    throw FilterProblem(column: value.column, message: "this compares with \(wanted)")
  }

  private func text(_ subject: Scalar, _ value: FilterValue) throws(FilterProblem) -> String {
    guard case .text(let text) = value.kind else {
      throw FilterProblem(column: value.column, message: "'\(subject.name)' is a text; put the value in quotes")
    }
    return text
  }

  /// With or without its hyphens, in any case.
  private func identifier(
    _ subject: Scalar, _ comparison: FilterTest.Comparison, _ text: String, _ value: FilterValue
  ) throws(FilterProblem) -> BoundSQL {
    let lower = text.lowercased()
    let plain = lower.filter { $0 != "-" }
    guard comparison == .equal || comparison == .unequal else {
      return "\(subject.sql) \(comparison.sql) \(bound: lower)"
    }
    var forms = [lower]
    if plain.utf8.count == 32 {
      let ends = [0, 8, 12, 16, 20, 32]
      forms += [plain, zip(ends, ends.dropFirst()).map { plain.dropFirst($0).prefix($1 - $0) }.joined(separator: "-")]
    }
    let list = forms.map { "\(bound: $0)" as BoundSQL }.joined(", ")
    return comparison == .equal ? "\(subject.sql) IN (\(list))" : "\(subject.sql) NOT IN (\(list))"
  }

  /// Twenty digits.
  private func seed(_ value: FilterValue) throws(FilterProblem) -> String {
    let digits: String? =
      switch value.kind {
      case .number(let number): number.text
      case .text(let text): text
      default: nil
      }
    guard let seed = digits.flatMap({ UInt64($0) }) else {
      throw FilterProblem(column: value.column, message: "a seed is a whole number from 0 to \(UInt64.max)")
    }
    let text = String(seed)
    return String(repeating: "0", count: 20 - text.count) + text
  }

  private func status(_ subject: Scalar, _ comparison: FilterTest.Comparison, _ value: FilterValue)
    throws(FilterProblem) -> BoundSQL
  {
    guard comparison == .equal || comparison == .unequal else {
      throw FilterProblem(column: value.column, message: "a status has no order; compare with '=' or '!='")
    }
    let word = try text(subject, value).lowercased()
    let known = RunStatus.allCases.map(\.rawValue)
    let meant: [String]
    switch word {
    case _ where known.contains(word): meant = [word]
    // MLflow's: its runs can be stopped from outside, or wait for a place; and its documentation asks for ACTIVE.
    case "killed": meant = ["interrupted", "crashed"]
    case "active": meant = ["running"]
    case "scheduled": meant = []
    default:
      let nearest = nearestName(to: word, among: known)
      throw FilterProblem(
        column: value.column,
        message: "there is no status '\(word)'"
          + (nearest.map { "; did you mean '\($0)'?" } ?? "; there are \(known.listed)"))
    }
    let list = meant.map { "\(bound: $0)" as BoundSQL }.joined(", ")
    return comparison == .equal ? "\(subject.sql) IN (\(list))" : "\(subject.sql) NOT IN (\(list))"
  }

  private func time(_ value: FilterValue) throws(FilterProblem) -> FilterTime {
    if case .span(let seconds) = value.kind, seconds > 0 {
      throw FilterProblem(column: value.column, message: "this time lies ahead; seven days ago is -7d")
    }
    let time: FilterTime? =
      switch value.kind {
      case .text(let text): FilterTime(text)
      case .date(let text): FilterTime(text)
      // MLflow's milliseconds since 1970.
      case .number(let number): Int64(exactly: number.value.double).flatMap { FilterTime(milliseconds: $0) }
      case .span(let seconds):
        Int64(exactly: (1000 * seconds).rounded()).flatMap { span in
          let (moment, overflow) = now.addingReportingOverflow(span)
          return overflow ? nil : FilterTime(milliseconds: moment)
        }
      case .flag: nil
      }
    guard let time else {
      throw FilterProblem(
        column: value.column,
        message: "this is no time; write 2026-11-25, '2026-11-25T08:30', -7d, or milliseconds since 1970")
    }
    return time
  }
}
