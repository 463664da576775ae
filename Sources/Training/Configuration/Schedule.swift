// Values that change with the generator step: learning rates and penalty weights.
internal import Numerics

/// A value as a function of the generator step, which counts from 0.
///
/// Only the settings stand here; the trainer computes the values.
package indirect enum Schedule: Sendable, Equatable {
  /// The same value at every step. Written as a plain number.
  case constant(Double)
  /// max(minimum, start · factor^(step / every)), continuous in the step.
  case exponential(start: Double, factor: Double, every: Int, minimum: Double)
  /// floor + (start − floor) · exp(−step / scale).
  case decay(start: Double, floor: Double, scale: Double)
  /// start + (end − start) · min(step, steps) / steps.
  case linear(start: Double, end: Double, steps: Int)
  /// end + (start − end) · (1 + cos(π · min(step, steps) / steps)) / 2 (arXiv:1608.03983, one period).
  case cosine(start: Double, end: Double, steps: Int)
  /// limit · (2/π) · atan(step / scale): 0 at first, half the limit at `scale`.
  case arctangent(limit: Double, scale: Double)
  /// From 0 in equal steps to the first value of another schedule, which begins at step `steps`.
  case warmUp(steps: Int, then: Schedule)
}

extension Schedule {
  /// The kinds of schedule as a config names them, with the keys of each.
  private enum Kind: String, CaseIterable {
    case exponential, decay, linear, cosine, arctangent
    case warmUp = "warm-up"

    var keys: [String] {
      switch self {
      case .exponential: ["start", "factor", "every", "minimum"]
      case .decay: ["start", "floor", "scale"]
      case .linear, .cosine: ["start", "end", "steps"]
      case .arctangent: ["limit", "scale"]
      case .warmUp: ["steps", "then"]
      }
    }
  }

  /// A plain number, or a section with the key `schedule`.
  /// - Parameter range: what the value may be at any step; 0 is in it.
  init(_ field: ConfigurationField, in range: NumberRange) throws {
    guard field.isSection else {
      guard field.isNumber else { throw field.problem(expected: "\(range.description), or a section with a schedule") }
      self = .constant(try field.number(range))
      return
    }
    var known = ["schedule"]
    for kind in Kind.allCases { known += kind.keys.filter { !known.contains($0) } }
    let section = try field.section(known)
    let kind: Kind = try section["schedule"].choice()
    try section.allow(["schedule"] + kind.keys)
    func steps() throws -> Int { try section["steps"].integer(.scheduleSteps) }
    func value(_ key: String) throws -> Double { try section[key].number(range) }
    func scale() throws -> Double { try section["scale"].number(.above(0, to: 1e9)) }
    switch kind {
    case .exponential:
      self = .exponential(
        start: try value("start"), factor: try section["factor"].number(.above(0, to: 1)),
        every: try section["every"].integer(.scheduleSteps),
        minimum: try section["minimum"].given?.number(range) ?? 0)
    case .decay:
      self = .decay(
        start: try value("start"), floor: try section["floor"].given?.number(range) ?? 0, scale: try scale())
    case .linear: self = .linear(start: try value("start"), end: try value("end"), steps: try steps())
    case .cosine: self = .cosine(start: try value("start"), end: try value("end"), steps: try steps())
    case .arctangent: self = .arctangent(limit: try value("limit"), scale: try scale())
    case .warmUp: self = .warmUp(steps: try steps(), then: try Schedule(section["then"], in: range))
    }
  }

  var tree: ConfigurationTree {
    func section(_ kind: Kind, _ entries: [ConfigurationTree.Entry]) -> ConfigurationTree {
      .section([("schedule", .text(kind.rawValue))] + entries)
    }
    func ramp(_ kind: Kind, _ start: Double, _ end: Double, _ steps: Int) -> ConfigurationTree {
      section(kind, [("start", .number(start)), ("end", .number(end)), ("steps", .integer(steps))])
    }
    return switch self {
    case .constant(let value): .number(value)
    case .exponential(let start, let factor, let every, let minimum):
      section(
        .exponential,
        [
          ("start", .number(start)), ("factor", .number(factor)), ("every", .integer(every)),
          ("minimum", .number(minimum)),
        ])
    case .decay(let start, let floor, let scale):
      section(.decay, [("start", .number(start)), ("floor", .number(floor)), ("scale", .number(scale))])
    case .linear(let start, let end, let steps): ramp(.linear, start, end, steps)
    case .cosine(let start, let end, let steps): ramp(.cosine, start, end, steps)
    case .arctangent(let limit, let scale):
      section(.arctangent, [("limit", .number(limit)), ("scale", .number(scale))])
    case .warmUp(let steps, let then): section(.warmUp, [("steps", .integer(steps)), ("then", then.tree)])
    }
  }
}
