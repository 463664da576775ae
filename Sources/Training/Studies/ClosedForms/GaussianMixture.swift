// Densities on a line that have closed forms.
internal import CKernels

/// A weighted sum of normal distributions.
///
///     let data = GaussianMixture([(0.7, 5, 0.8), (0.3, -4, 1)])
package struct GaussianMixture: Sendable {
  package let components: [(weight: Double, mean: Double, sigma: Double)]

  /// - Parameter components: weights that add up to 1, and positive sigmas.
  package init(_ components: [(weight: Double, mean: Double, sigma: Double)]) {
    self.components = components
  }

  /// N(mean, sigma).
  package init(mean: Double, sigma: Double) { self.init([(1, mean, sigma)]) }

  package func density(_ x: Double) -> Double {
    components.reduce(0) { sum, part in
      let z = (x - part.mean) / part.sigma
      return sum + part.weight * fs_exp(-0.5 * z * z) / (part.sigma * (2 * Double.pi).squareRoot())
    }
  }

  /// The probability of a value below x.
  package func distribution(_ x: Double) -> Double {
    components.reduce(0) { sum, part in
      sum + part.weight * 0.5 * fs_erfc((part.mean - x) / (part.sigma * 2.0.squareRoot()))
    }
  }

  /// Where the density is not negligible: 12 sigma around every component.
  var support: ClosedRange<Double> {
    let low = components.map { $0.mean - 12 * $0.sigma }.min() ?? 0
    let high = components.map { $0.mean + 12 * $0.sigma }.max() ?? 1
    return low...max(high, low)
  }
}
