// A fit as plain numbers for a picture: histogram, curves and pulls.

/// The binned data and the fitted curves, everything in events per bin.
package struct MassCurves: Sendable, Equatable {
  /// The curve of one component.
  package struct Component: Sendable, Equatable {
    package let name: String
    /// One value per position.
    package let values: [Double]
  }

  /// bins + 1 edges of equal steps over the window.
  package let edges: [Double]
  /// Events in each bin; the last bin includes its upper edge.
  package let counts: [Double]
  /// Expected events in each bin: the integral of the total density.
  package let expected: [Double]
  /// (count - expected)/sqrt(expected), zero where nothing is expected.
  package let pulls: [Double]
  /// Masses at which the curves are given, edges included.
  package let positions: [Double]
  package let total: [Double]
  /// In the model's order.
  package let components: [Component]
}

extension MassFit {
  /// The histogram of the data and the curves of the fit.
  /// - Parameter bins: 1 to 10000; numbers outside are moved to the nearer end.
  package func curves(bins: Int) -> MassCurves {
    let bins = min(max(bins, 1), 10000)
    // An even number of steps in each bin, for Simpson's rule; at least 400 in all, for smooth curves.
    let steps = max(8, 2 * ((399 / bins + 2) / 2))
    let length = window.upperBound - window.lowerBound
    func position(_ index: Int, of count: Int) -> Double {
      index == count ? window.upperBound : window.lowerBound + length * Double(index) / Double(count)
    }
    let positions = (0...bins * steps).map { position($0, of: bins * steps) }
    let width = length / Double(bins)
    let components = zip(yields, densities(at: positions)).map { yield, density in
      MassCurves.Component(name: yield.component, values: density.map { $0 * yield.value * width })
    }
    let total = positions.indices.map { index in components.reduce(0) { $0 + $1.values[index] } }
    var counts = [Double](repeating: 0, count: bins)
    for value in mass where window.contains(value) {
      counts[min(max(Int((value - window.lowerBound) / length * Double(bins)), 0), bins - 1)] += 1
    }
    let expected = counts.indices.map { bin in
      var sum = 0.0
      for step in 0...steps {
        let weight: Double = step == 0 || step == steps ? 1 : step.isMultiple(of: 2) ? 2 : 4
        sum += weight * total[bin * steps + step]
      }
      return sum / Double(3 * steps)
    }
    return MassCurves(
      edges: (0...bins).map { position($0, of: bins) }, counts: counts, expected: expected,
      pulls: zip(counts, expected).map { $1 > 0 ? ($0 - $1) / $1.squareRoot() : 0 }, positions: positions,
      total: total, components: components)
  }
}
