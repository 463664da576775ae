// How parameters follow their gradients.

/// An optimiser and its learning rate.
package struct OptimiserConfiguration: Sendable, Equatable {
  package enum Rule: Sendable, Equatable {
    /// s ← decay·s + (1 − decay)·g², p ← p − rate·g / (√s + epsilon).
    case rmsprop(decay: Double, epsilon: Double)
    /// Adam (arXiv:1412.6980, algorithm 1).
    case adam(beta1: Double, beta2: Double, epsilon: Double)
  }

  package let rule: Rule
  /// The learning rate, a function of the generator step for both networks.
  package let rate: Schedule

  private enum Kind: String, CaseIterable { case rmsprop, adam }

  init(_ field: ConfigurationField) throws {
    let section = try field.section(["kind", "rate", "decay", "epsilon", "beta1", "beta2"])
    let kind: Kind = try section["kind"].choice()
    let epsilon = try section["epsilon"].given?.number(.above(0, to: 1)) ?? 1e-8
    switch kind {
    case .rmsprop:
      try section.allow(["kind", "rate", "decay", "epsilon"])
      rule = .rmsprop(decay: try section["decay"].given?.number(.from(0, below: 1)) ?? 0.9, epsilon: epsilon)
    case .adam:
      try section.allow(["kind", "rate", "beta1", "beta2", "epsilon"])
      rule = .adam(
        beta1: try section["beta1"].given?.number(.from(0, below: 1)) ?? 0.9,
        beta2: try section["beta2"].given?.number(.from(0, below: 1)) ?? 0.999, epsilon: epsilon)
    }
    rate = try Schedule(section["rate"], in: .from(0, to: 1000))
  }

  var tree: ConfigurationTree {
    let settings: [ConfigurationTree.Entry] =
      switch rule {
      case .rmsprop(let decay, let epsilon):
        [("kind", .text(Kind.rmsprop.rawValue)), ("decay", .number(decay)), ("epsilon", .number(epsilon))]
      case .adam(let beta1, let beta2, let epsilon):
        [
          ("kind", .text(Kind.adam.rawValue)), ("beta1", .number(beta1)), ("beta2", .number(beta2)),
          ("epsilon", .number(epsilon)),
        ]
      }
    return .section(settings + [("rate", rate.tree)])
  }
}
