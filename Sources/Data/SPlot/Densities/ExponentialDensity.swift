// An exponential fall or rise over the window.
internal import CKernels

/// exp(lam (m - origin))/I; the origin is the edge of the window where the density is largest, so that nothing overflows.
struct ExponentialDensity: NormalisedDensity {
  private let slope: Double
  private let origin: Double
  private let norm: Double
  /// The derivative of ln I: the mean of m - origin.
  private let meanDistance: Double

  init?(slope: Double, window: ClosedRange<Double>) {
    guard slope.isFinite else { return nil }
    let length = window.upperBound - window.lowerBound
    let exponent = slope.magnitude * length
    self.slope = slope
    self.origin = slope > 0 ? window.upperBound : window.lowerBound
    let fall = slope > 0 ? -1.0 : 1.0
    // Both are Taylor series where the closed forms would cancel.
    if exponent < 1e-8 {
      norm = length * (1 - exponent / 2)
    } else {
      norm = length * (-fs_expm1(-exponent) / exponent)
    }
    if exponent < 1e-2 {
      let square = exponent * exponent
      let series = 0.5 - exponent / 12 + exponent * square / 720 - exponent * square * square / 30240
      meanDistance = fall * length * series
    } else {
      meanDistance = fall * length * (1 / exponent - 1 / fs_expm1(exponent))
    }
  }

  func evaluate(_ block: DensityBlock) {
    for index in 0..<block.count { block.values[index] = slope * (block.masses[index] - origin) }
    if let bySlope = block.derivative(0) {
      for index in 0..<block.count { bySlope[index] = block.masses[index] - origin }
    }
    block.exponentiate(norm: norm, normDerivatives: [meanDistance])
  }
}
