// Random stores of a few runs, and random filters in random spellings.
import Digests
import Foundation
import RunStore
import StoreFixtures
import TestSupport

private let paramNames = [
  "whole", "real", "learning rate", "x.y/z", "we`ird", "select", "a\"b", "'); DROP TABLE run; --",
]
private let tagNames = ["t", "mlflow.user", "n\u{e9}", "it's", "not"]
private let seriesNames = ["loss", "f1 score", "ks.P"]
private let metricNames = ["ks.P", "auc", "test/auc", "train/ks.P", "loss", "f1 score"]
private let roles = ["train", "validation", "test", "calibration"]
private let texts = [
  "2", "2.0", "abc", "ABC", "a%c", "a_c", "a*c", "[a]?", "true", "False", "NaN", "nan", "", "it's", "\"", "`",
  "'; DROP TABLE run; --", "\u{e9}\u{c9}", "0.5", "1e0", " 3 ", "-1", "null", "?", ":name",
]
private let numbers = [-1, 0, 0.5, 1, 2, 2.5, 3, 100, 1e300, .infinity, -.infinity]
private let patterns = [
  "%", "a%", "%c", "A_c", "%\u{e9}%", "", "_", "2%", "%.5", "[a]?", "a*c", "tr%e", "%e%0%", "____", "%'%",
]
private let functions = ["last", "min", "max", "mean", "count", "first_nan"]
private let kinds = [
  "finished", "interrupted", "failed", "crashed", "FINISHED", "KILLED", "Failed", "ACTIVE", "SCHEDULED",
]

/// A clock of the tests, which advances a little each time it is read.
final class TestClock: @unchecked Sendable {
  private let lock = NSLock()
  private var milliseconds: Int64 = 1_700_000_000_000

  func now() -> String {
    lock.withLock {
      milliseconds += 7_777_777
      return TestClock.text(milliseconds)
    }
  }

  static func text(_ milliseconds: Int64) -> String {
    let date = Date(timeIntervalSince1970: Double(milliseconds / 1000))
    let fraction = String(format: ".%03dZ", Int(milliseconds % 1000))
    return date.formatted(.iso8601).replacingOccurrences(of: "Z", with: fraction)
  }

  static func milliseconds(_ text: String) -> Int64 {
    let whole = try? Date(text.prefix(19) + "Z", strategy: .iso8601)
    return 1000 * Int64(whole?.timeIntervalSince1970 ?? 0) + (Int64(text.dropFirst(20).prefix(3)) ?? 0)
  }
}

/// A store of a few random runs, and what they are.
func randomRuns(_ folder: Folder, _ dice: inout Dice, count: Int) throws -> (store: RunStore, runs: [ModelRun]) {
  let clock = TestClock()
  let store = try folder.store(settings: StoreSettings(now: clock.now))
  var runs: [ModelRun] = []
  for _ in 0..<count {
    var model = ModelRun()
    model.seed = dice.one(of: [0, 1, 7, 9_223_372_036_854_775_807, 9_223_372_036_854_775_808, .max])
    for name in paramNames where dice.happens(70) {
      model.params[name] =
        name == "whole"
        ? .number(dice.one(of: [-1, 0, 1, 2, 3, 100]))
        : dice.one(
          of: [
            .number(dice.one(of: [-1, 0.5, 2, 2.5, 1e300, .nan])), .text(dice.one(of: texts)), .flag(dice.happens(50)),
          ])
    }
    var parameters: [(path: String, value: ParameterValue)] = model.params.map { name, value in
      switch value {
      case .number(let number): (name, name == "whole" ? .integer(Int64(number)) : .real(number))
      case .text(let text): (name, .text(text))
      case .flag(let flag): (name, .boolean(flag))
      }
    }
    // A setting that is null counts as none.
    for name in paramNames where model.params[name] == nil && dice.happens(50) { parameters.append((name, .null)) }
    for role in roles where dice.happens(40) {
      model.datasets.append((role, dice.one(of: texts.filter { !$0.isEmpty }), Double(dice.one(of: [1, 2, 100]))))
    }
    let name = dice.one(of: texts.filter { !$0.isEmpty })
    let run = try store.create(
      NewRun(
        name: name, experiment: dice.happens(50) ? "abc" : nil, seed: model.seed,
        config: ("seed: 1\n", #"{"seed":1}"#, Digest(of: #"{"seed":1}"#)), programDigest: Digest(of: "program"),
        parameters: parameters, datasets: model.datasets.map { named($0.name, role: $0.role, rows: Int($0.rows)) },
        parameterCount: nil))
    let dirty: Bool? = dice.one(of: [true, false, nil])
    let host = dice.one(of: ["node1", "NODE1", "a%c"])
    let attempt = try store.beginAttempt(of: run, attempt(host: host, dirty: dirty))
    let epochs = Int(dice.next() % 4)
    let used = seriesNames.filter { _ in dice.happens(70) }
    for number in 1..<(epochs + 1) where !used.isEmpty {
      let points = used.map { ($0, dice.one(of: [-1, 0, 0.5, 2, .nan, .infinity, 100])) }
      for (name, value) in points { model.series[name, default: []].append(value) }
      try store.commit(
        EpochRecord(
          run: run, epoch: number, step: number, rows: 1, seconds: 0.5, points: points.map { (series: $0, value: $1) },
          traces: [], parameterDigest: Digest(of: "p"), checkpoint: nil, metrics: []), in: attempt)
    }
    for name in ["ks.P", "auc"] {
      for role in roles where dice.happens(40) {
        for epoch in [1, 2] where dice.happens(60) {
          model.metrics.append((name, role, epoch, dice.one(of: [-1, 0, 0.5, 2, .nan])))
        }
      }
    }
    try store.addMetrics(
      model.metrics.map { MetricRecord(epoch: $0.epoch, step: 1, role: $0.role, name: $0.name, value: $0.value) }
        // Neither bins nor what was masked is a present value.
        + [
          MetricRecord(epoch: 9, step: 9, role: "validation", name: "auc", bin: "P=1", value: 3),
          MetricRecord(epoch: 9, step: 9, role: "validation", name: "auc", value: 3, masked: true),
        ], to: run)
    for name in tagNames where dice.happens(60) {
      model.tags[name] = dice.one(of: texts)
      try store.setTag(name, to: model.tags[name] ?? "", of: run)
    }
    let outcome = dice.one(of: [RunStatus.finished, .interrupted, .failed, .crashed])
    try store.end(attempt, outcome: outcome)
    let record = try store.run(run)
    model.created = TestClock.milliseconds(record.created)
    model.attributes = [
      "number": .number(Double(run.value)), "name": .text(name), "status": .text(outcome.rawValue), "host": .text(host),
      "epoch": .number(Double(record.epoch)), "seconds": .number(record.seconds), "user": nil, "parent": nil,
      "experiment": record.experiment.map(ModelValue.text), "dirty": dirty.map(ModelValue.flag),
      "duration": record.ended.flatMap { ended in
        record.started.map { .number(Double(TestClock.milliseconds(ended) - TestClock.milliseconds($0)) / 1000) }
      },
    ].compactMapValues { $0 }
    runs.append(model)
  }
  return (store, runs)
}

func named(_ name: String, role: String, rows: Int) -> RunDataset {
  let columns = [DatasetColumn(name: "P", role: "condition", type: "float64", digest: Digest(of: "\(name) \(rows)"))]
  let lines = columns.map { "\($0.role)\t\($0.digest.hex)\n" }.joined()
  return RunDataset(
    role: role, name: name, source: "\(name).csv", recipe: "{}", rows: rows, weightSum: Double(rows),
    weightSumSquares: Double(rows), columns: columns, digest: Digest(of: "fastsim dataset 1\n" + lines),
    splitDigest: nil)
}

func attempt(host: String, dirty: Bool?) -> NewAttempt {
  NewAttempt(
    host: host, cpu: "cpu", isa: "avx2", threads: 2, toolchain: "Swift", sourceRevision: "abc", sourceDirty: dirty,
    version: "0.1", os: "Linux", workingDirectory: "/home/physicist", commandLine: "fastsim train rich.yaml")
}

// MARK: Formulas

extension Dice {
  mutating func formula(_ depth: Int = 0) -> Formula {
    if depth < 4, happens(depth == 0 ? 70 : 40) {
      switch next() % 3 {
      case 0: return .not(formula(depth + 1))
      case 1: return .and((0..<(2 + next() % 2)).map { _ in formula(depth + 1) })
      default: return .or((0..<(2 + next() % 2)).map { _ in formula(depth + 1) })
      }
    }
    let ask = ask()
    let isText: Bool
    var hasOrder = true
    var mayBeNaN = true
    switch ask {
    case .text: (isText, mayBeNaN) = (true, false)
    case .status: (isText, hasOrder, mayBeNaN) = (true, false, false)
    case .flag: (isText, hasOrder, mayBeNaN) = (false, false, false)
    case .created, .number, .seed: (isText, mayBeNaN) = (false, false)
    case .dataset(_, let isRows): (isText, mayBeNaN) = (!isRows, false)
    case .param, .tag: isText = true
    default: isText = false
    }
    switch next() % 10 {
    case 0: return .isNull(ask)
    case 1 where mayBeNaN: return .isNaN(ask)
    case 2 where isText: return .like(ask, one(of: patterns), ignoringCase: happens(50))
    case 3: return .oneOf(ask, (0..<(1 + next() % 3)).map { _ in literal(ask) })
    case 4 where hasOrder:
      if let (low, high) = ends(ask) { return .between(ask, low, high) }
      return .compare(ask, "=", literal(ask))
    case 5:
      if case .flag = ask { return .alone(ask) }
      return .compare(ask, "!=", literal(ask))
    default:
      let literal = literal(ask)
      let signs = hasOrder && literal.flag == nil ? ["=", "!=", "<", "<=", ">", ">="] : ["=", "!="]
      return .compare(ask, one(of: signs), literal)
    }
  }

  private mutating func ends(_ ask: Ask) -> (Literal, Literal)? {
    let ends = (literal(ask), literal(ask))
    return ends.0.flag == nil && ends.1.flag == nil ? ends : nil
  }

  private mutating func ask() -> Ask {
    switch next() % 12 {
    case 0: .number(one(of: ["number", "epoch", "seconds", "parent", "duration"]))
    case 1: .text(one(of: ["name", "host", "experiment"]))
    case 2: one(of: [.status, .created, .seed, .flag])
    case 3, 4, 5: .param(one(of: paramNames))
    case 6: .tag(one(of: tagNames))
    case 7, 8: .metric(one(of: metricNames))
    case 9: .dataset(role: happens(50) ? nil : one(of: roles), isRows: happens(40))
    case 10: .function(one(of: functions), one(of: seriesNames))
    default: .point(one(of: seriesNames), Int(1 + next() % 3))
    }
  }

  private mutating func literal(_ ask: Ask) -> Literal {
    switch ask {
    case .created: return timeLiteral()
    case .seed:
      let seed = String(one(of: [0, 1, 7, 9_223_372_036_854_775_807, 9_223_372_036_854_775_808, UInt64.max]))
      return Literal(text: happens(50) ? seed : quoted(seed), string: seed)
    case .flag:
      let flag = happens(50)
      return Literal(text: one(of: flag ? ["true", "TRUE", "1", "'true'"] : ["false", "False", "0"]), flag: flag)
    case .status:
      let word = one(of: kinds)
      return Literal(text: quoted(word), string: word)
    case .text, .dataset(_, false): return textLiteral()
    case .param, .tag:
      if happens(10) {
        let flag = happens(50)
        return Literal(text: flag ? "true" : "false", flag: flag)
      }
      return happens(50) ? textLiteral() : numberLiteral()
    default: return numberLiteral()
    }
  }

  private mutating func textLiteral() -> Literal {
    let text = one(of: texts)
    return Literal(text: quoted(text), string: text)
  }

  private mutating func numberLiteral() -> Literal {
    let number = one(of: numbers)
    let isWhole = number.isFinite && number.rounded() == number && number.magnitude < 1e6
    return Literal(text: isWhole && happens(60) ? String(Int(number)) : "\(number)", number: number)
  }

  private mutating func timeLiteral() -> Literal {
    let instant = 1_700_000_000_000 + Int64(next() % 2_000_000_000)
    let length = one(of: [1, 1000, 60_000, 86_400_000] as [Int64])
    let start = instant / length * length
    let full = TestClock.text(start)
    let text: String
    switch length {
    case 1:
      if happens(50) { return Literal(text: String(start), time: start..<(start + 1)) }
      text = full
    case 1000: text = String(full.prefix(19)) + one(of: ["Z", ""])
    case 60_000: text = String(full.prefix(16)) + one(of: ["Z", "", "+00:00"])
    default: text = String(full.prefix(10))
    }
    return Literal(text: happens(50) ? text : quoted(text), time: start..<(start + length))
  }

  private mutating func quoted(_ text: String) -> String {
    let quote = one(of: ["'", "\""])
    return quote + text.replacingOccurrences(of: quote, with: quote + quote) + quote
  }

  // MARK: Spellings

  mutating func spelling(_ formula: Formula) -> String {
    switch formula {
    case .and(let parts): return joined(parts, "and")
    case .or(let parts): return joined(parts, "or")
    case .not(let inner):
      if happens(60), let text = negated(inner) { return text }
      return word("not") + " (" + spelling(inner) + ")"
    case .compare(let ask, let sign, let literal):
      let signs = ["=": ["=", "=="], "!=": ["!=", "<>"]]
      let gap = happens(50) ? " " : ""
      return name(ask) + gap + one(of: signs[sign] ?? [sign]) + gap + literal.text
    case .oneOf(let ask, let literals):
      return "\(name(ask)) \(word("in")) (\(literals.map(\.text).joined(separator: happens(50) ? ", " : ",")))"
    case .between(let ask, let low, let high):
      return "\(name(ask)) \(word("between")) \(low.text) \(word("and")) \(high.text)"
    case .like(let ask, let pattern, let ignoringCase):
      return "\(name(ask)) \(word(ignoringCase ? "ilike" : "like")) \(quoted(pattern))"
    case .isNull(let ask): return "\(name(ask)) \(word("is null"))"
    case .isNaN(let ask): return "\(name(ask)) \(word("is nan"))"
    case .alone(let ask): return name(ask)
    }
  }

  /// `x not in (…)` and its like.
  private mutating func negated(_ formula: Formula) -> String? {
    switch formula {
    case .oneOf(let ask, let literals):
      return "\(name(ask)) \(word("not in")) (\(literals.map(\.text).joined(separator: ",")))"
    case .between(let ask, let low, let high):
      return "\(name(ask)) \(word("not between")) \(low.text) \(word("and")) \(high.text)"
    case .like(let ask, let pattern, let ignoringCase):
      return "\(name(ask)) \(word(ignoringCase ? "not ilike" : "not like")) \(quoted(pattern))"
    case .isNull(let ask): return "\(name(ask)) \(word("is not null"))"
    case .isNaN(let ask): return "\(name(ask)) \(word("is not nan"))"
    default: return nil
    }
  }

  private mutating func joined(_ parts: [Formula], _ keyword: String) -> String {
    parts.map { "(\(spelling($0)))" }.joined(separator: happens(20) ? "\n \(word(keyword)) " : " \(word(keyword)) ")
  }

  private mutating func word(_ keyword: String) -> String { happens(50) ? keyword : keyword.uppercased() }

  private mutating func name(_ ask: Ask) -> String {
    switch ask {
    case .number(let name), .text(let name): one(of: ["", "attributes.", "attr.", "run."]) + name
    case .status: one(of: ["status", "attributes.status", "Status"])
    case .created: one(of: ["created", "attributes.Created", "run.created"])
    case .seed: "seed"
    case .flag: one(of: ["dirty", "run.dirty"])
    case .param(let name): one(of: ["params.", "param.", "parameters.", "Params."]) + quotedName(name)
    case .tag(let name): one(of: ["tags.", "tag."]) + quotedName(name)
    case .metric(let name): one(of: ["metrics.", "metric."]) + quotedName(name)
    case .dataset(let role, let isRows):
      one(of: ["datasets.", "dataset."]) + (role.map { $0 + "." } ?? "") + (isRows ? "rows" : "name")
    case .function(let function, let series): "\(word(function))(\(seriesName(series)))"
    case .point(let series, let epoch): "\(word("at"))(\(seriesName(series)), \(epoch))"
    }
  }

  private mutating func seriesName(_ name: String) -> String {
    happens(30) || name.contains(" ") || name.contains(".") ? "metrics." + quotedName(name) : name
  }

  private mutating func quotedName(_ name: String) -> String {
    let plain = name.allSatisfy { $0.isLetter || $0.isNumber || "./_".contains($0) }
    if plain, happens(60) { return name }
    let quote = one(of: ["`", "\"", "'"])
    return quote + name.replacingOccurrences(of: quote, with: quote + quote) + quote
  }
}
