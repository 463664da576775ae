// Random runs and random filters, and what the filters must select by a plain reading of docs/filter.md.
import Digests
import Foundation
import RunStore
import StoreFixtures

/// A value that a run has.
enum ModelValue {
  case number(Double)
  case text(String)
  case flag(Bool)
}

/// The values that a test gave to a run.
struct ModelRun {
  var attributes: [String: ModelValue] = [:]
  var created: Int64 = 0
  var seed: UInt64 = 0
  var params: [String: ModelValue] = [:]
  var tags: [String: String] = [:]
  var series: [String: [Double]] = [:]
  var metrics: [(name: String, role: String, epoch: Int, value: Double)] = []
  var datasets: [(role: String, name: String, rows: Double)] = []
}

/// The subject of a condition.
enum Ask {
  case number(String)
  case text(String)
  case status
  case created
  case seed
  case flag
  case param(String)
  case tag(String)
  case metric(String)
  case dataset(role: String?, isRows: Bool)
  case function(String, String)
  case point(String, Int)
}

/// A literal: as it is written, and what it means.
struct Literal {
  let text: String
  var number: Double?
  var string: String?
  var flag: Bool?
  /// Of times: from the first millisecond to the one after the last.
  var time: Range<Int64> = 0..<1
}

indirect enum Formula {
  case and([Formula])
  case or([Formula])
  case not(Formula)
  case compare(Ask, String, Literal)
  case oneOf(Ask, [Literal])
  case between(Ask, Literal, Literal)
  case like(Ask, String, ignoringCase: Bool)
  case isNull(Ask)
  case isNaN(Ask)
  case alone(Ask)
}

// MARK: The plain reading

extension ModelRun {
  /// True, false, or neither.
  func truth(_ formula: Formula) -> Bool? {
    switch formula {
    case .and(let parts):
      let truths = parts.map(truth)
      return truths.contains(false) ? false : truths.contains(nil) ? nil : true
    case .or(let parts):
      let truths = parts.map(truth)
      return truths.contains(true) ? true : truths.contains(nil) ? nil : false
    case .not(let inner): return truth(inner).map { !$0 }
    case .compare(let ask, let sign, let literal): return some(ask) { holds(ask, $0, sign, literal) }
    case .oneOf(let ask, let literals):
      return some(ask) { value in literals.contains { holds(ask, value, "=", $0) } }
    case .between(let ask, let low, let high):
      return some(ask) { holds(ask, $0, ">=", low) && holds(ask, $0, "<=", high) }
    case .like(let ask, let pattern, let ignoringCase):
      return some(ask) { value in
        text(value, ask).map { fits(Array($0.unicodeScalars), Array(pattern.unicodeScalars), ignoringCase) } ?? false
      }
    case .isNull(let ask): return values(ask).isEmpty
    case .isNaN(let ask):
      return some(ask) { value in
        switch value {
        case .number(let number): number.isNaN
        case .text(let text): asciiLowercase(text) == "nan"
        case .flag: false
        }
      }
    case .alone(let ask): return some(ask) { if case .flag(true) = $0 { true } else { false } }
    }
  }

  /// Neither where there is no value; of several one is enough.
  private func some(_ ask: Ask, _ test: (ModelValue) -> Bool) -> Bool? {
    let values = values(ask)
    return values.isEmpty ? nil : values.contains(where: test)
  }

  private func values(_ ask: Ask) -> [ModelValue] {
    func list(_ value: ModelValue?) -> [ModelValue] { value.map { [$0] } ?? [] }
    switch ask {
    case .number(let name), .text(let name): return list(attributes[name])
    case .flag: return list(attributes["dirty"])
    case .status: return list(attributes["status"])
    case .created: return [.number(Double(created))]
    case .seed: return [.number(Double(seed))]
    case .param(let name): return list(params[name])
    case .tag(let name): return list(tags[name].map(ModelValue.text))
    case .metric(let name): return list(present(name).map(ModelValue.number))
    case .dataset(let role, let isRows):
      return datasets.filter { role == nil || $0.role == role }.map { isRows ? .number($0.rows) : .text($0.name) }
    case .function(let function, let name):
      guard let values = series[name] else { return [] }
      let numbers = values.filter { !$0.isNaN }
      switch function {
      case "last": return [.number(values[values.count - 1])]
      case "min": return [.number(numbers.min() ?? .nan)]
      case "max": return [.number(numbers.max() ?? .nan)]
      case "count": return [.number(Double(values.count))]
      case "first_nan": return list(values.firstIndex { $0.isNaN }.map { .number(Double($0 + 1)) })
      default: return [.number(values.reduce(0, +) / Double(values.count))]
      }
    case .point(let name, let epoch):
      guard let values = series[name], epoch <= values.count else { return [] }
      return [.number(values[epoch - 1])]
    }
  }

  private func present(_ name: String) -> Double? {
    let rank = ["validation": 0, "test": 1, "train": 2]
    func best(_ fits: [(name: String, role: String, epoch: Int, value: Double)]) -> Double? {
      fits.max { left, right in
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        return (rank[left.role] ?? 3, left.role) > (rank[right.role] ?? 3, right.role)
      }?.value
    }
    if let value = best(metrics.filter { $0.name == name }) { return value }
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2, let value = best(metrics.filter { $0.role == parts[0] && $0.name == parts[1] }) {
      return value
    }
    return series[name]?.last
  }

  private func holds(_ ask: Ask, _ value: ModelValue, _ sign: String, _ literal: Literal) -> Bool {
    if sign == "!=" { return !holds(ask, value, "=", literal) }
    switch ask {
    case .created:
      let range = literal.time
      switch sign {
      case "=": return range.contains(created)
      case "<": return created < range.lowerBound
      case "<=": return created < range.upperBound
      case ">": return created >= range.upperBound
      default: return created >= range.lowerBound
      }
    case .seed: return literal.string.flatMap { UInt64($0) }.map { ordered(seed, sign, $0) } ?? false
    case .status:
      guard case .text(let status) = value, let word = literal.string?.lowercased() else { return false }
      let meant = ["killed": ["interrupted", "crashed"], "active": ["running"], "scheduled": []][word] ?? [word]
      return meant.contains(status)
    case .param, .tag: return looselyHolds(value, sign, literal)
    default: break
    }
    switch value {
    case .number(let number): return literal.number.map { ordered(number, sign, $0) } ?? false
    case .text(let text): return literal.string.map { orderedTexts(text, sign, $0) } ?? false
    case .flag(let flag): return literal.flag == flag
    }
  }

  /// Settings and tags take on what they are compared with.
  private func looselyHolds(_ value: ModelValue, _ sign: String, _ literal: Literal) -> Bool {
    if let flag = literal.flag {
      switch value {
      case .flag(let own): return own == flag
      case .text(let text): return asciiLowercase(text) == (flag ? "true" : "false")
      case .number: return false
      }
    }
    if let number = literal.number {
      switch value {
      case .number(let own): return ordered(own, sign, number)
      case .flag(let own): return ordered(own ? 1 : 0, sign, number)
      case .text(let text): return decimal(text, padded: true).map { ordered($0, sign, number) } ?? false
      }
    }
    guard let string = literal.string else { return false }
    switch value {
    case .text(let text): return orderedTexts(text, sign, string)
    case .number(let own): return decimal(string, padded: false).map { ordered(own, sign, $0) } ?? false
    case .flag(let own):
      if sign == "=", asciiLowercase(string) == (own ? "true" : "false") { return true }
      return decimal(string, padded: false).map { ordered(own ? 1 : 0, sign, $0) } ?? false
    }
  }

  private func text(_ value: ModelValue, _ ask: Ask) -> String? {
    switch value {
    case .text(let text): return text
    case .flag(let flag): return flag ? "true" : "false"
    case .number(let number):
      if number.isNaN { return nil }
      if case .param(let name) = ask, name.hasPrefix("whole") { return String(Int(number)) }
      let digits = String(format: "%.15g", number)
      if digits.contains(".") { return digits }
      // SQLite never writes a real number without its point.
      return digits.contains("e") ? digits.replacingOccurrences(of: "e", with: ".0e") : digits + ".0"
    }
  }
}

private func ordered<Number: Comparable>(_ left: Number, _ sign: String, _ right: Number) -> Bool {
  switch sign {
  case "=": left == right
  case "<": left < right
  case "<=": left <= right
  case ">": left > right
  default: left >= right
  }
}

private func orderedTexts(_ left: String, _ sign: String, _ right: String) -> Bool {
  let (left, right) = (Array(left.utf8), Array(right.utf8))
  switch sign {
  case "=": return left == right
  case "<": return left.lexicographicallyPrecedes(right)
  case "<=": return !right.lexicographicallyPrecedes(left)
  case ">": return right.lexicographicallyPrecedes(left)
  default: return !left.lexicographicallyPrecedes(right)
  }
}

/// Digits with a point or not, a sign or not, an exponent or not, and nothing else.
private func decimal(_ text: String, padded: Bool) -> Double? {
  var rest = Substring(padded ? text.trimmingCharacters(in: .whitespaces) : text)
  let whole = String(rest)
  if let first = rest.first, "+-".contains(first) { rest = rest.dropFirst() }
  func digits() -> Int {
    let count = rest.prefix { $0.isASCII && $0.isNumber }.count
    rest = rest.dropFirst(count)
    return count
  }
  var count = digits()
  if rest.first == "." {
    rest = rest.dropFirst()
    count += digits()
  }
  guard count > 0 else { return nil }
  if let e = rest.first, "eE".contains(e) {
    rest = rest.dropFirst()
    if let sign = rest.first, "+-".contains(sign) { rest = rest.dropFirst() }
    guard digits() > 0 else { return nil }
  }
  return rest.isEmpty ? strtod(whole, nil) : nil
}

private func asciiLowercase(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map(lowered)))
}

private func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
}

/// `%` is any text, `_` any one character.
private func fits(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar], _ ignoringCase: Bool) -> Bool {
  var reached: Set<Int> = [0]
  for sign in pattern {
    if sign == "%" {
      guard let first = reached.min() else { return false }
      reached = Set(first...text.count)
    } else {
      reached = Set(
        reached.filter { place in
          guard place < text.count else { return false }
          if sign == "_" { return true }
          return ignoringCase ? lowered(text[place]) == lowered(sign) : text[place] == sign
        }.map { $0 + 1 })
    }
  }
  return reached.contains(text.count)
}
