// How far apart two densities on a line are, by each objective's own measure, from quadrature.
internal import CKernels
internal import Numerics

/// The distances of a generator's density from that of the data.
///
///     let distances = Divergences(data: data, generator: GaussianMixture(mean: 5, sigma: 0.8))
///     distances.jensenShannon   // 0.1173 nats
package struct Divergences: Sendable {
  package let data: GaussianMixture
  package let generator: GaussianMixture
  private let low: Double
  private let step: Double
  private let points: Int

  /// - Parameter points: of the quadrature, which covers 12 sigma beyond both densities.
  package init(data: GaussianMixture, generator: GaussianMixture, points: Int = 40_001) {
    (self.data, self.generator, self.points) = (data, generator, points)
    low = min(data.support.lowerBound, generator.support.lowerBound)
    step = (max(data.support.upperBound, generator.support.upperBound) - low) / Double(points - 1)
  }

  /// By the trapezoidal rule, which converges fast for functions that vanish at both ends.
  private func integral(_ function: (Double) -> Double) -> Double {
    step * compensatedSum(points) { function(low + step * Double($0)) }
  }

  /// p_data / (p_data + p_gen), the best discriminator (Goodfellow et al., arXiv:1406.2661, proposition 1); one half where
  /// both densities vanish.
  package func optimalDiscriminator(_ x: Double) -> Double {
    let (p, q) = (data.density(x), generator.density(x))
    return p + q > 0 ? p / (p + q) : 0.5
  }

  /// The Jensen-Shannon divergence in nats: ln 2 where the densities do not overlap.
  package var jensenShannon: Double {
    integral { x in
      let (p, q) = (data.density(x), generator.density(x))
      return 0.5 * (term(p, p + q) + term(q, p + q))
    }
  }

  /// The derivative of the Jensen-Shannon divergence when the generator's density is shifted: what reaches the generator
  /// of an original GAN with its best discriminator, per unit of x.
  package var jensenShannonGradient: Double {
    // d JSD = 1/2 integral of dq ln(2q / (p + q)), and a shift changes q by its derivative with the sign reversed.
    integral { x in
      let (p, q) = (data.density(x), generator.density(x))
      guard q > 0, p + q > 0 else { return 0 }
      let slope = generator.components.reduce(0) { sum, part in
        let z = (x - part.mean) / part.sigma
        return sum + part.weight * z / part.sigma * fs_exp(-0.5 * z * z)
          / (part.sigma * (2 * Double.pi).squareRoot())
      }
      return 0.5 * slope * fs_log(2 * q / (p + q))
    }
  }

  /// The Wasserstein-1 distance, in units of x: the integral of |F − G|.
  package var wasserstein: Double {
    integral { x in fs_abs(data.distribution(x) - generator.distribution(x)) }
  }

  /// The derivative of the Wasserstein-1 distance when the generator's density is shifted: of no unit, 1 for densities of
  /// one shape.
  package var wassersteinGradient: Double {
    integral { x in
      let difference = data.distribution(x) - generator.distribution(x)
      return difference > 0 ? generator.density(x) : difference < 0 ? -generator.density(x) : 0
    }
  }

  /// Cramér's l₂²: the integral of (F − G)², in units of x; half the energy distance.
  package var cramer: Double {
    integral { x in
      let difference = data.distribution(x) - generator.distribution(x)
      return difference * difference
    }
  }

  /// p ln(2p / sum), 0 where p vanishes.
  private func term(_ p: Double, _ sum: Double) -> Double { p > 0 ? p * fs_log(2 * p / sum) : 0 }
}
