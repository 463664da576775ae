// A fit as plain numbers for a picture: histogram, curves and pulls.

/// The binned data and the fitted curves, everything in events per bin.
package struct MassCurves: Sendable, Equatable {
  /// bins + 1 edges of equal steps over the window.
  package let edges: [Double]
  /// Events in each bin; the last bin includes its upper edge.
  package let counts: [Double]
  /// Expected events in each bin: the integral of the total density.
  package let expected: [Double]
  /// (count - expected)/sqrt(expected), zero where nothing is expected.
  package let pulls: [Double]
  /// Masses at which the curves are given.
  package let positions: [Double]
  package let total: [Double]
  /// One curve per component, in the model's order.
  package let components: [(name: String, values: [Double])]

  package static func == (left: MassCurves, right: MassCurves) -> Bool {
    left.edges == right.edges && left.counts == right.counts && left.expected == right.expected
      && left.pulls == right.pulls && left.positions == right.positions && left.total == right.total
      && left.components.map(\.name) == right.components.map(\.name)
      && left.components.map(\.values) == right.components.map(\.values)
  }
}
