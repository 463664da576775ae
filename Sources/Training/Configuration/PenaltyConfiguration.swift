// The penalty that keeps the critic's slope near one.

/// A gradient penalty (Gulrajani et al., arXiv:1704.00028); never weighted by the events' weights.
package struct PenaltyConfiguration: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// E max(0, |∇f| − 1)².
    case oneSided = "one-sided"
    /// E (|∇f| − 1)².
    case twoSided = "two-sided"
    case none
  }

  package let kind: Kind
  /// λ as a function of the generator step; constant 0 where there is no penalty.
  package let weight: Schedule

  /// A one-sided penalty of weight 10 where nothing is said.
  static let standard = PenaltyConfiguration(kind: .oneSided, weight: .constant(10))

  static let twoSided = PenaltyConfiguration(kind: .twoSided, weight: .constant(10))
  static let none = PenaltyConfiguration(kind: .none, weight: .constant(0))

  private init(kind: Kind, weight: Schedule) {
    (self.kind, self.weight) = (kind, weight)
  }

  /// `none`, or a section with a kind and a weight.
  init(_ field: ConfigurationField) throws {
    guard field.isSection else {
      _ = try field.choice([Kind.none.rawValue], otherwise: "none, or a section with kind and weight")
      (kind, weight) = (.none, .constant(0))
      return
    }
    let section = try field.section(["kind", "weight"])
    kind = try section["kind"].choice()
    try section.allow(kind == .none ? ["kind"] : ["kind", "weight"])
    weight = kind == .none ? .constant(0) : try Schedule(section["weight"], in: .from(0, to: 1e6))
  }

  var tree: ConfigurationTree {
    kind == .none ? .text(kind.rawValue) : .section([("kind", .text(kind.rawValue)), ("weight", weight.tree)])
  }
}
