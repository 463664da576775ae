// How parameters follow their gradients.

/// An optimiser and its learning rate.
package struct OptimiserConfiguration: Sendable, Equatable {
  package enum Rule: Sendable, Equatable {
    /// v ← momentum·v + g, p ← p − rate·v.
    case sgd(momentum: Double)
    /// s ← decay·s + (1 − decay)·g², p ← p − rate·g / (√s + epsilon), or / √(s + epsilon).
    case rmsprop(decay: Double, epsilon: Double, place: EpsilonPlace = .outside)
    /// Adam (arXiv:1412.6980, algorithm 1).
    case adam(beta1: Double, beta2: Double, epsilon: Double)
    /// Adam with decoupled weight decay (arXiv:1711.05101): p ← p − rate·weightDecay·p first.
    case adamw(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double)
  }

  /// Where RMSProp's epsilon stands: outside the root as in PyTorch, or inside as in TensorFlow 1.
  package enum EpsilonPlace: String, Sendable, CaseIterable { case outside, inside }

  package let rule: Rule
  /// The learning rate, a function of the generator step for both networks.
  package let rate: Schedule

  private enum Kind: String, CaseIterable {
    case sgd, rmsprop, adam, adamw

    var keys: [String] {
      switch self {
      case .sgd: ["kind", "rate", "momentum"]
      case .rmsprop: ["kind", "rate", "decay", "epsilon", "epsilon_place"]
      case .adam: ["kind", "rate", "beta1", "beta2", "epsilon"]
      case .adamw: ["kind", "rate", "beta1", "beta2", "epsilon", "weight_decay"]
      }
    }
  }

  init(rule: Rule, rate: Double) {
    (self.rule, self.rate) = (rule, .constant(rate))
  }

  init(_ field: ConfigurationField) throws {
    let section = try field.section([
      "kind", "rate", "momentum", "decay", "epsilon", "epsilon_place", "beta1", "beta2", "weight_decay",
    ])
    let kind: Kind = try section["kind"].choice()
    try section.allow(kind.keys)
    func fraction(_ key: String, _ otherwise: Double) throws -> Double {
      try section[key].given?.number(.from(0, below: 1)) ?? otherwise
    }
    let epsilon = try section["epsilon"].given?.number(.above(0, to: 1)) ?? 1e-8
    switch kind {
    case .sgd: rule = .sgd(momentum: try fraction("momentum", 0))
    case .rmsprop:
      rule = .rmsprop(
        decay: try fraction("decay", 0.9), epsilon: epsilon,
        place: try section["epsilon_place"].given?.choice() ?? .outside)
    case .adam:
      rule = .adam(beta1: try fraction("beta1", 0.9), beta2: try fraction("beta2", 0.999), epsilon: epsilon)
    case .adamw:
      rule = .adamw(
        beta1: try fraction("beta1", 0.9), beta2: try fraction("beta2", 0.999), epsilon: epsilon,
        weightDecay: try section["weight_decay"].given?.number(.from(0, to: 1000)) ?? 0.01)
    }
    rate = try Schedule(section["rate"], in: .from(0, to: 1000))
  }

  var tree: ConfigurationTree {
    func moments(_ kind: Kind, _ beta1: Double, _ beta2: Double, _ epsilon: Double) -> [ConfigurationTree.Entry] {
      [
        ("kind", .text(kind.rawValue)), ("beta1", .number(beta1)), ("beta2", .number(beta2)),
        ("epsilon", .number(epsilon)),
      ]
    }
    let settings: [ConfigurationTree.Entry] =
      switch rule {
      case .sgd(let momentum): [("kind", .text(Kind.sgd.rawValue)), ("momentum", .number(momentum))]
      case .rmsprop(let decay, let epsilon, let place):
        [
          ("kind", .text(Kind.rmsprop.rawValue)), ("decay", .number(decay)), ("epsilon", .number(epsilon)),
          ("epsilon_place", .text(place.rawValue)),
        ]
      case .adam(let beta1, let beta2, let epsilon): moments(.adam, beta1, beta2, epsilon)
      case .adamw(let beta1, let beta2, let epsilon, let weightDecay):
        moments(.adamw, beta1, beta2, epsilon) + [("weight_decay", .number(weightDecay))]
      }
    return .section(settings + [("rate", rate.tree)])
  }
}
