// A polynomial density in Chebyshev polynomials of the first kind.
internal import CKernels

/// (1 + sum of c_k T_k(t))/I with t = 2(m-lo)/(hi-lo) - 1 and I = (hi-lo)/2 · (2 + sum over even k of 2c_k/(1-k²)).
struct ChebyshevDensity: NormalisedDensity {
  private let coefficients: [Double]
  private let window: ClosedRange<Double>
  private let norm: Double

  /// Nil where the integral is not positive. The polynomial itself may dip below zero where the sum of all components
  /// stays positive; a finished fit is checked for that.
  init?(coefficients: [Double], window: ClosedRange<Double>) {
    var integral = 2.0
    for (index, coefficient) in coefficients.enumerated() { integral += coefficient * Self.integral(index + 1) }
    guard integral > 0, integral.isFinite else { return nil }
    self.coefficients = coefficients
    self.window = window
    self.norm = (window.upperBound - window.lowerBound) / 2 * integral
  }

  /// The largest |c_k| of any polynomial of this degree that is nowhere negative: 2cos(pi/(floor(degree/k) + 2)),
  /// Fejér's bound for trigonometric polynomials.
  static func bound(coefficient: Int, degree: Int) -> Double {
    2 * fs_cos(Double.pi / Double(degree / coefficient + 2))
  }

  /// The integral of T_k over [-1, 1].
  private static func integral(_ k: Int) -> Double {
    k.isMultiple(of: 2) ? 2 / (1 - Double(k) * Double(k)) : 0
  }

  func evaluate(_ block: DensityBlock) {
    let scale = 2 / (window.upperBound - window.lowerBound)
    let t = block.scratch
    let previous = block.scratch + block.stride
    let current = block.scratch + 2 * block.stride
    for index in 0..<block.count {
      t[index] = (block.masses[index] - window.lowerBound) * scale - 1
      previous[index] = 1
      current[index] = t[index]
      block.values[index] = 1
    }
    for (order, coefficient) in coefficients.enumerated() {
      block.derivative(order)?.update(from: current, count: block.count)
      for index in 0..<block.count {
        let value = current[index]
        block.values[index] += coefficient * value
        current[index] = 2 * t[index] * value - previous[index]
        previous[index] = value
      }
    }
    for index in 0..<block.count { block.values[index] /= norm }
    let halfLength = (window.upperBound - window.lowerBound) / 2
    for order in coefficients.indices {
      guard let column = block.derivative(order) else { return }
      let normDerivative = halfLength * Self.integral(order + 1)
      for index in 0..<block.count { column[index] = (column[index] - block.values[index] * normDerivative) / norm }
    }
  }
}
