// The five families of mass densities that a component of a fit may follow, and their names in configurations.

/// A family of densities on the mass window; each is normalised to 1 there.
///
///     let density = try MassDensity.parse("double-gaussian")
///     density.parameterNames  // ["mu", "s1", "s2", "f1"]
package enum MassDensity: Sendable, Equatable {
  /// The side of a Crystal Ball on which the power law stands.
  package enum Tail: Sendable, Equatable {
    /// Below the peak: energy lost to radiation.
    case left
    /// Above the peak.
    case right
  }

  /// exp(-(m-mu)²/2sigma²)
  case gaussian
  /// f1 · gaussian(mu, s1) + (1-f1) · gaussian(mu, s2), each normalised in the window first, s1 < s2
  case doubleGaussian
  /// A Gaussian core joined smoothly, `alpha` widths from the peak, to a power law of exponent `n`
  /// (T. Skwarnicki, DESY F31-86-02, appendix E).
  case crystalBall(tail: Tail)
  /// exp(lam · m)
  case exponential
  /// 1 + sum of c_k T_k(t), k = 1 … degree, with t = 2(m-lo)/(hi-lo) - 1
  case chebyshev(degree: Int)

  /// The highest Chebyshev degree that is accepted.
  package static let maximumChebyshevDegree = 8

  /// The names that `parse` knows, for messages and help texts.
  package static let knownNames = [
    "gaussian", "double-gaussian", "crystal-ball", "crystal-ball-right", "exponential", "chebyshev", "chebyshev-N",
  ]

  /// The density of a name such as `gaussian`, `crystal-ball-right` or `chebyshev-3`; `chebyshev` has degree 1.
  /// - Throws: `SPlotError.unknownDensity`, which lists the known names.
  package static func parse(_ text: String) throws -> MassDensity {
    switch text {
    case "gaussian": return .gaussian
    case "double-gaussian": return .doubleGaussian
    case "crystal-ball", "crystal-ball-left": return .crystalBall(tail: .left)
    case "crystal-ball-right": return .crystalBall(tail: .right)
    case "exponential": return .exponential
    case "chebyshev": return .chebyshev(degree: 1)
    default:
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "chebyshev", let degree = Int(parts[1]),
        (1...maximumChebyshevDegree).contains(degree)
      else { throw SPlotError.unknownDensity(text) }
      return .chebyshev(degree: degree)
    }
  }

  /// The name that `parse` reads back.
  package var name: String {
    switch self {
    case .gaussian: "gaussian"
    case .doubleGaussian: "double-gaussian"
    case .crystalBall(tail: .left): "crystal-ball"
    case .crystalBall(tail: .right): "crystal-ball-right"
    case .exponential: "exponential"
    case .chebyshev(degree: 1): "chebyshev"
    case .chebyshev(let degree): "chebyshev-\(degree)"
    }
  }

  /// The shape parameters in their order: masses and widths in the unit of the mass, `lam` in its inverse.
  package var parameterNames: [String] {
    switch self {
    case .gaussian: ["mu", "sigma"]
    case .doubleGaussian: ["mu", "s1", "s2", "f1"]
    case .crystalBall: ["mu", "sigma", "alpha", "n"]
    case .exponential: ["lam"]
    case .chebyshev(let degree): degree < 1 ? [] : (1...degree).map { "c\($0)" }
    }
  }

  /// Whether the density is a peak, as signals are, rather than a smooth background.
  package var isPeak: Bool {
    switch self {
    case .gaussian, .doubleGaussian, .crystalBall: true
    case .exponential, .chebyshev: false
    }
  }
}
