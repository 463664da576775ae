// The Crystal Ball line shape: a Gaussian core with a power-law tail on one side.
internal import CKernels

/// With t = (m-mu)/sigma: exp(-t²/2) for t > -alpha, else A (n/alpha - alpha - t)^-n with A = (n/alpha)^n exp(-alpha²/2).
/// A right tail is the mirror image, t = (mu-m)/sigma.
struct CrystalBallDensity: NormalisedDensity {
  private let mean: Double
  private let width: Double
  private let shape: CrystalBallShape
  /// 1 for a left tail, -1 for a right one.
  private let side: Double
  private let norm: Double
  /// Derivatives of the logarithm of the norm with respect to mu, sigma, alpha and n.
  private let normDerivatives: [Double]

  init?(
    mean: Double, width: Double, alpha: Double, exponent: Double, tail: MassDensity.Tail, window: ClosedRange<Double>
  ) {
    guard width > 0, alpha > 0, exponent > 1, mean.isFinite else { return nil }
    let side: Double = tail == .left ? 1 : -1
    let edges = (side * (window.lowerBound - mean) / width, side * (window.upperBound - mean) / width)
    let (low, high) = tail == .left ? edges : (edges.1, edges.0)
    let shape = CrystalBallShape(alpha: alpha, exponent: exponent)
    let area = shape.integral(from: low, to: high)
    guard area.value > 0, area.value.isFinite else { return nil }
    let atLow = fs_exp(shape.logarithm(low))
    let atHigh = fs_exp(shape.logarithm(high))
    self.mean = mean
    self.width = width
    self.shape = shape
    self.side = side
    self.norm = width * area.value
    self.normDerivatives = [
      side * (atLow - atHigh) / norm, (area.value + low * atLow - high * atHigh) / norm,
      area.byAlpha / area.value, area.byExponent / area.value,
    ]
  }

  func evaluate(_ block: DensityBlock) {
    let inverse = side / width
    for index in 0..<block.count {
      block.values[index] = shape.logarithm((block.masses[index] - mean) * inverse)
    }
    if let byMean = block.derivative(0), let byWidth = block.derivative(1), let byAlpha = block.derivative(2),
      let byExponent = block.derivative(3)
    {
      for index in 0..<block.count {
        let t = (block.masses[index] - mean) * inverse
        let slopes = shape.slopes(t)
        byMean[index] = -slopes.byT * inverse
        byWidth[index] = -slopes.byT * t / width
        byAlpha[index] = slopes.byAlpha
        byExponent[index] = slopes.byExponent
      }
    }
    block.exponentiate(norm: norm, normDerivatives: normDerivatives)
  }
}

/// The unnormalised shape as a function of t, tail on the left. Powers are evaluated as exp(n · ln …).
struct CrystalBallShape {
  let alpha: Double
  let exponent: Double
  /// n/alpha - alpha
  private let offset: Double
  /// ln A = n ln(n/alpha) - alpha²/2
  private let logScale: Double
  /// ln(n/alpha)
  private let logRatio: Double

  init(alpha: Double, exponent: Double) {
    self.alpha = alpha
    self.exponent = exponent
    offset = exponent / alpha - alpha
    logRatio = fs_log(exponent / alpha)
    logScale = exponent * logRatio - 0.5 * alpha * alpha
  }

  /// The logarithm of the shape.
  func logarithm(_ t: Double) -> Double {
    t > -alpha ? -0.5 * t * t : logScale - exponent * fs_log(offset - t)
  }

  /// Derivatives of the logarithm.
  func slopes(_ t: Double) -> (byT: Double, byAlpha: Double, byExponent: Double) {
    guard t <= -alpha else { return (-t, 0, 0) }
    let base = offset - t
    let ratio = exponent / alpha
    return (
      exponent / base, -ratio + exponent * (ratio / alpha + 1) / base - alpha,
      logRatio - fs_log(base) + 1 - ratio / base
    )
  }

  /// The integral over t and its derivatives at fixed limits.
  func integral(from low: Double, to high: Double) -> (value: Double, byAlpha: Double, byExponent: Double) {
    var result = (value: 0.0, byAlpha: 0.0, byExponent: 0.0)
    if high > -alpha { result.value = GaussianCore.integral(from: max(low, -alpha), to: high) }
    guard low < -alpha else { return result }
    let upper = antiderivative(min(high, -alpha))
    let lower = antiderivative(low)
    result.value += upper.value - lower.value
    result.byAlpha += upper.byAlpha - lower.byAlpha
    result.byExponent += upper.byExponent - lower.byExponent
    return result
  }

  /// A/(n-1) · (n/alpha - alpha - t)^(1-n), whose derivative with respect to t is the tail.
  private func antiderivative(_ t: Double) -> (value: Double, byAlpha: Double, byExponent: Double) {
    let base = offset - t
    let logBase = fs_log(base)
    let ratio = exponent / alpha
    let value = fs_exp(logScale + (1 - exponent) * logBase) / (exponent - 1)
    let byAlpha = -ratio - alpha + (exponent - 1) * (ratio / alpha + 1) / base
    let byExponent = logRatio + 1 - logBase + (1 - exponent) / (base * alpha) - 1 / (exponent - 1)
    return (value, value * byAlpha, value * byExponent)
  }
}
