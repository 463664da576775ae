// The mass spectrum of a calibration sample: a peak for the signal, a smooth background, one window.
internal import CKernels

/// Densities of the parent's reconstructed mass inside a window, in MeV.
struct MassModel: Sendable {
  enum Peak: Sendable {
    /// Two normals with one mean; the first, of width `narrow`, has the given fraction.
    case doubleGaussian(mean: Double, narrow: Double, wide: Double, fraction: Double)
    /// A normal with a power-law tail to the left (Gaiser, SLAC-R-255, appendix F).
    case crystalBall(mean: Double, width: Double, alpha: Double, power: Double)
  }

  enum Continuum: Sendable {
    /// exp(slope × mass), slope in 1/MeV and not 0.
    case exponential(slope: Double)
    /// 1 + slope × t, t running from -1 to 1 across the window; 0 < |slope| ≤ 1.
    case chebyshev(slope: Double)
  }

  let window: ClosedRange<Double>
  let peak: Peak
  let continuum: Continuum

  /// A signal mass inside the window; the peak's widths are multiplied by `widthFactor`.
  func sampleSignal(widthFactor: Double, _ random: inout EventRandom) -> Double {
    while true {
      let mass = samplePeak(widthFactor: widthFactor, &random)
      if window.contains(mass) { return mass }
    }
  }

  /// A background mass inside the window, by the inverse of its cumulative distribution.
  func sampleBackground(_ random: inout EventRandom) -> Double {
    let length = window.upperBound - window.lowerBound
    let u = random.uniform()
    switch continuum {
    case .exponential(let slope):
      let mass = window.lowerBound + fs_log1p(u * fs_expm1(slope * length)) / slope
      return min(max(mass, window.lowerBound), window.upperBound)
    case .chebyshev(let slope):
      let t = (-1 + ((1 - slope) * (1 - slope) + 4 * slope * u).squareRoot()) / slope
      let mass = window.lowerBound + 0.5 * (t + 1) * length
      return min(max(mass, window.lowerBound), window.upperBound)
    }
  }

  private func samplePeak(widthFactor: Double, _ random: inout EventRandom) -> Double {
    switch peak {
    case .doubleGaussian(let mean, let narrow, let wide, let fraction):
      let width = random.bernoulli(fraction) ? narrow : wide
      return mean + widthFactor * width * random.normal()
    case .crystalBall(let mean, let width, let alpha, let power):
      return mean + widthFactor * width * sampleCrystalBall(alpha: alpha, power: power, &random)
    }
  }

  /// A standardised Crystal Ball number.
  private func sampleCrystalBall(alpha: Double, power: Double, _ random: inout EventRandom) -> Double {
    let tail = power / (alpha * (power - 1)) * fs_exp(-0.5 * alpha * alpha)
    let core = (Double.pi / 2).squareRoot() * (1 + fs_erf(alpha / 2.0.squareRoot()))
    if random.bernoulli(tail / (tail + core)) {
      let ratio = power / alpha
      return ratio - alpha - ratio * fs_pow(random.positiveUniform(), -1 / (power - 1))
    }
    while true {
      let t = random.normal()
      if t > -alpha { return t }
    }
  }
}
