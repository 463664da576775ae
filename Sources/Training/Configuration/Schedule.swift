// Values that change with the generator step: learning rates and penalty weights.

/// A value as a function of the generator step, which counts from 0.
///
/// Only the settings stand here; the trainer computes the values.
package enum Schedule: Sendable, Equatable {
  /// The same value at every step. Written as a plain number.
  case constant(Double)
  /// max(minimum, start · factor^(step / every)), continuous in the step.
  case exponential(start: Double, factor: Double, every: Int, minimum: Double)
  /// floor + (start − floor) · exp(−step / scale).
  case decay(start: Double, floor: Double, scale: Double)
  /// start + (end − start) · min(step, steps) / steps.
  case linear(start: Double, end: Double, steps: Int)
  /// limit · (2/π) · atan(step / scale): 0 at first, half the limit at `scale`.
  case arctangent(limit: Double, scale: Double)
}

extension Schedule {
  /// The kinds of schedule as a config names them, with the keys of each.
  private enum Kind: String, CaseIterable {
    case exponential, decay, linear, arctangent

    var keys: [String] {
      switch self {
      case .exponential: ["start", "factor", "every", "minimum"]
      case .decay: ["start", "floor", "scale"]
      case .linear: ["start", "end", "steps"]
      case .arctangent: ["limit", "scale"]
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
    switch kind {
    case .exponential:
      self = .exponential(
        start: try section["start"].number(range), factor: try section["factor"].number(.above(0, to: 1)),
        every: try section["every"].integer(1...1_000_000_000),
        minimum: try section["minimum"].given?.number(range) ?? 0)
    case .decay:
      self = .decay(
        start: try section["start"].number(range), floor: try section["floor"].given?.number(range) ?? 0,
        scale: try section["scale"].number(.above(0, to: 1e9)))
    case .linear:
      self = .linear(
        start: try section["start"].number(range), end: try section["end"].number(range),
        steps: try section["steps"].integer(1...1_000_000_000))
    case .arctangent:
      self = .arctangent(
        limit: try section["limit"].number(range), scale: try section["scale"].number(.above(0, to: 1e9)))
    }
  }

  var tree: ConfigurationTree {
    switch self {
    case .constant(let value): .number(value)
    case .exponential(let start, let factor, let every, let minimum):
      .section([
        ("schedule", .text(Kind.exponential.rawValue)), ("start", .number(start)), ("factor", .number(factor)),
        ("every", .integer(every)), ("minimum", .number(minimum)),
      ])
    case .decay(let start, let floor, let scale):
      .section([
        ("schedule", .text(Kind.decay.rawValue)), ("start", .number(start)), ("floor", .number(floor)),
        ("scale", .number(scale)),
      ])
    case .linear(let start, let end, let steps):
      .section([
        ("schedule", .text(Kind.linear.rawValue)), ("start", .number(start)), ("end", .number(end)),
        ("steps", .integer(steps)),
      ])
    case .arctangent(let limit, let scale):
      .section([
        ("schedule", .text(Kind.arctangent.rawValue)), ("limit", .number(limit)), ("scale", .number(scale)),
      ])
    }
  }
}
