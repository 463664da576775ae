// The penalty that keeps the critic's slope near one.

/// A gradient penalty; never weighted by the events' weights.
package struct PenaltyConfiguration: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// E max(0, |∇f| − 1)² between real and generated events (arXiv:1704.00028).
    case oneSided = "one-sided"
    /// E (|∇f| − 1)² between real and generated events.
    case twoSided = "two-sided"
    /// E (|∇f| − 1)² around real events (arXiv:1705.07215).
    case dragan
    case none
  }

  /// The columns by which the critic's slope is taken.
  package enum Scope: String, Sendable, CaseIterable {
    /// All that the critic sees, conditions too.
    case inputs
    /// The generated columns alone.
    case outputs
  }

  package let kind: Kind
  /// λ as a function of the generator step; constant 0 where there is no penalty.
  package let weight: Schedule
  package let scope: Scope
  /// DRAGAN alone: how far from the events the slope is taken, in standard deviations of the batch.
  package let noise: Double?

  static let oneSided = PenaltyConfiguration(kind: .oneSided, weight: .constant(10))
  static let twoSided = PenaltyConfiguration(kind: .twoSided, weight: .constant(10))
  static let none = PenaltyConfiguration(kind: .none, weight: .constant(0))

  private init(kind: Kind, weight: Schedule, scope: Scope = .inputs, noise: Double? = nil) {
    (self.kind, self.weight, self.scope, self.noise) = (kind, weight, scope, noise)
  }

  /// `none`, or a section with a kind and a weight.
  /// - Parameter kinds: those that the objective can have.
  init(_ field: ConfigurationField, kinds: [Kind]) throws {
    guard field.isSection else {
      _ = try field.choice([Kind.none.rawValue], otherwise: "none, or a section with kind and weight")
      self = .none
      return
    }
    let section = try field.section(["kind", "weight", "on", "noise"])
    let name = try section["kind"].choice(kinds.map(\.rawValue))
    let kind = Kind(rawValue: name) ?? .none
    try section.allow(kind.keys)
    guard kind != .none else {
      self = .none
      return
    }
    let weight: Schedule? = try section["weight"].given.map { try Schedule($0, in: .from(0, to: 1e6)) }
    // Other kinds have to say what they weigh; DRAGAN's weight is the published one.
    self.init(
      kind: kind,
      weight: kind == .dragan ? weight ?? .constant(10) : try Schedule(section["weight"], in: .from(0, to: 1e6)),
      scope: try section["on"].given?.choice() ?? .inputs,
      noise: kind == .dragan ? try section["noise"].given?.number(.above(0, to: 1e6)) ?? 0.5 : nil)
  }

  var tree: ConfigurationTree {
    guard kind != .none else { return .text(kind.rawValue) }
    return .section(
      [("kind", .text(kind.rawValue)), ("weight", weight.tree), ("on", .text(scope.rawValue))]
        + ConfigurationTree.optional("noise", noise.map(ConfigurationTree.number)))
  }
}

extension PenaltyConfiguration.Kind {
  fileprivate var keys: [String] {
    switch self {
    case .oneSided, .twoSided: ["kind", "weight", "on"]
    case .dragan: ["kind", "weight", "on", "noise"]
    case .none: ["kind"]
    }
  }
}
