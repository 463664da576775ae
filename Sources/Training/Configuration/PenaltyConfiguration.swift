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
}
