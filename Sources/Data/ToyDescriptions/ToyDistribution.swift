// The toy distributions: densities with known modes on a line or in a plane.

/// A distribution whose modes are known exactly.
///
///     let distribution = ToyDistribution.Name.eightGaussians.distribution
package enum ToyDistribution: Sendable, Equatable {
  /// N(mean, sigma).
  case gaussian(mean: Double, sigma: Double)
  /// 1 with this probability, else 0.
  case bernoulli(probability: Double)
  /// 0.7 N(5, 0.8) + 0.3 N(−4, 1).
  case twoGaussians
  /// Equal Gaussians of σ 0.02 at 2 (cos, sin)(2πk/8), all divided by 1.414 (arXiv:1704.00028, gan_toy.py).
  case eightGaussians
  /// Equal Gaussians of σ 0.05 at (2i, 2j) for i, j = −2 … 2, all divided by 2.828 (arXiv:1704.00028, gan_toy.py).
  case twentyFiveGaussians
  /// (t cos t, t sin t) for t = 1.5π (1 + 2u) with Gaussian noise of σ 0.25, all divided by 7.5.
  case swissRoll

  /// What the distribution is called in configs and on the command line.
  package enum Name: String, Sendable, CaseIterable {
    case gaussian, bernoulli
    case twoGaussians = "two-gaussians"
    case eightGaussians = "eight-gaussians"
    case twentyFiveGaussians = "twenty-five-gaussians"
    case swissRoll = "swiss-roll"

    /// What it is, in a line.
    package var summary: String {
      switch self {
      case .gaussian: "N(0, 1), or of another mean and sigma"
      case .bernoulli: "1 with probability 0.6, or another one, else 0"
      case .twoGaussians: "0.7 N(5, 0.8) + 0.3 N(-4, 1)"
      case .eightGaussians: "8 equal Gaussians on a circle"
      case .twentyFiveGaussians: "25 equal Gaussians on a 5 x 5 grid"
      case .swissRoll: "a spiral of two turns with Gaussian noise"
      }
    }

    /// The distribution with its standard parameters.
    package var distribution: ToyDistribution {
      switch self {
      case .gaussian: .gaussian(mean: 0, sigma: 1)
      case .bernoulli: .bernoulli(probability: 0.6)
      case .twoGaussians: .twoGaussians
      case .eightGaussians: .eightGaussians
      case .twentyFiveGaussians: .twentyFiveGaussians
      case .swissRoll: .swissRoll
      }
    }
  }

  package var name: Name {
    switch self {
    case .gaussian: .gaussian
    case .bernoulli: .bernoulli
    case .twoGaussians: .twoGaussians
    case .eightGaussians: .eightGaussians
    case .twentyFiveGaussians: .twentyFiveGaussians
    case .swissRoll: .swissRoll
    }
  }

  /// x, or x and y; of no unit.
  package var columns: [String] {
    switch self {
    case .gaussian, .bernoulli, .twoGaussians: ["x"]
    case .eightGaussians, .twentyFiveGaussians, .swissRoll: ["x", "y"]
    }
  }
}
