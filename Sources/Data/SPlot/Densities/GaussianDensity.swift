// One Gaussian, and two with a common mean.
internal import CKernels

/// exp(-t²/2)/I with t = (m-mu)/sigma, where I = sigma · integral of exp(-t²/2) over the window.
struct GaussianDensity: NormalisedDensity {
  let mean: Double
  let width: Double
  let norm: Double
  /// Derivatives of ln I with respect to mu and sigma.
  let normDerivatives: [Double]

  init?(mean: Double, width: Double, window: ClosedRange<Double>) {
    guard width > 0, mean.isFinite else { return nil }
    let low = (window.lowerBound - mean) / width
    let high = (window.upperBound - mean) / width
    let area = GaussianCore.integral(from: low, to: high)
    guard area > 0 else { return nil }
    let atLow = GaussianCore.value(low)
    let atHigh = GaussianCore.value(high)
    self.mean = mean
    self.width = width
    self.norm = width * area
    self.normDerivatives = [
      (atLow - atHigh) / norm, (area + low * atLow - high * atHigh) / norm,
    ]
  }

  func evaluate(_ block: DensityBlock) {
    let inverse = 1 / width
    for index in 0..<block.count {
      let distance = (block.masses[index] - mean) * inverse
      block.values[index] = -0.5 * distance * distance
    }
    if let byMean = block.derivative(0), let byWidth = block.derivative(1) {
      for index in 0..<block.count {
        let distance = (block.masses[index] - mean) * inverse
        byMean[index] = distance * inverse
        byWidth[index] = distance * distance * inverse
      }
    }
    block.exponentiate(norm: norm, normDerivatives: normDerivatives)
  }
}

/// The function exp(-t²/2) and its integrals.
enum GaussianCore {
  private static let rootHalf = 0.5.squareRoot()
  /// sqrt(pi/2)
  private static let rootHalfPi = (Double.pi / 2).squareRoot()

  static func value(_ t: Double) -> Double { fs_exp(-0.5 * t * t) }

  /// Taken from erfc on the side of the origin where both limits are, so that nothing cancels far in a tail.
  static func integral(from low: Double, to high: Double) -> Double {
    if low > 0 { return rootHalfPi * (fs_erfc(low * rootHalf) - fs_erfc(high * rootHalf)) }
    if high < 0 { return rootHalfPi * (fs_erfc(-high * rootHalf) - fs_erfc(-low * rootHalf)) }
    return rootHalfPi * (fs_erf(high * rootHalf) - fs_erf(low * rootHalf))
  }
}

/// f1 · gaussian(mu, s1) + (1-f1) · gaussian(mu, s2), each normalised in the window.
struct DoubleGaussianDensity: NormalisedDensity {
  private let first: GaussianDensity
  private let second: GaussianDensity
  private let fraction: Double

  init?(mean: Double, widths: (Double, Double), fraction: Double, window: ClosedRange<Double>) {
    guard let first = GaussianDensity(mean: mean, width: widths.0, window: window),
      let second = GaussianDensity(mean: mean, width: widths.1, window: window)
    else { return nil }
    self.first = first
    self.second = second
    self.fraction = fraction
  }

  func evaluate(_ block: DensityBlock) {
    let other = DensityBlock(
      count: block.count, masses: block.masses, values: block.scratch,
      derivatives: block.derivatives == nil ? nil : block.scratch + block.stride, stride: block.stride,
      scratch: block.scratch)
    first.evaluate(block)
    second.evaluate(other)
    let rest = 1 - fraction
    if let byMean = block.derivative(0), let byFirst = block.derivative(1), let bySecond = block.derivative(2),
      let byFraction = block.derivative(3), let otherByMean = other.derivative(0),
      let otherByWidth = other.derivative(1)
    {
      for index in 0..<block.count {
        byMean[index] = fraction * byMean[index] + rest * otherByMean[index]
        byFirst[index] *= fraction
        bySecond[index] = rest * otherByWidth[index]
        byFraction[index] = block.values[index] - other.values[index]
      }
    }
    for index in 0..<block.count {
      block.values[index] = fraction * block.values[index] + rest * other.values[index]
    }
  }
}
