// What every density of a fit provides: values and shape derivatives of a block of masses, normalised in the window.

/// The masses of one block and the places for what is computed from them.
struct DensityBlock {
  let count: Int
  let masses: UnsafePointer<Double>
  /// `count` densities.
  let values: UnsafeMutablePointer<Double>
  /// One column of `count` derivatives per shape parameter, `stride` apart; nil where only values are wanted.
  let derivatives: UnsafeMutablePointer<Double>?
  let stride: Int
  /// `scratchColumns` columns, `stride` apart.
  let scratch: UnsafeMutablePointer<Double>

  static let scratchColumns = 4

  func derivative(_ parameter: Int) -> UnsafeMutablePointer<Double>? {
    derivatives.map { $0 + parameter * stride }
  }

  /// Turns the logarithms of unnormalised densities in `values` into densities, and the derivatives of those
  /// logarithms into derivatives of densities.
  /// - Parameter normDerivatives: derivatives of the logarithm of the norm.
  func exponentiate(norm: Double, normDerivatives: [Double]) {
    exponentials(values, count: count)
    for index in 0..<count { values[index] /= norm }
    for (parameter, shift) in normDerivatives.enumerated() {
      guard let column = derivative(parameter) else { return }
      for index in 0..<count { column[index] = values[index] * (column[index] - shift) }
    }
  }
}

/// A density with the constants of one set of shape parameters.
protocol NormalisedDensity: Sendable {
  /// Writes densities, and derivatives where there is room for them.
  func evaluate(_ block: DensityBlock)
}

extension MassDensity {
  /// The density at these shape values; nil where it cannot be normalised.
  /// - Parameter shape: one value per name of `parameterNames`.
  func normalised(shape: ArraySlice<Double>, window: ClosedRange<Double>) -> (any NormalisedDensity)? {
    let values = Array(shape)
    guard values.count == parameterNames.count else { return nil }
    return switch self {
    case .gaussian: GaussianDensity(mean: values[0], width: values[1], window: window)
    case .doubleGaussian:
      DoubleGaussianDensity(mean: values[0], widths: (values[1], values[2]), fraction: values[3], window: window)
    case .crystalBall(let tail):
      CrystalBallDensity(
        mean: values[0], width: values[1], alpha: values[2], exponent: values[3], tail: tail, window: window)
    case .exponential: ExponentialDensity(slope: values[0], window: window)
    case .chebyshev: ChebyshevDensity(coefficients: values, window: window)
    }
  }
}

extension MassDensity {
  /// Densities and their derivatives with respect to each shape parameter.
  /// - Parameters:
  ///   - masses: masses inside the window.
  ///   - shape: one value per name of `parameterNames`.
  /// - Returns: one density per mass, in the inverse of its unit, and one column of derivatives per parameter; nil
  ///   where the density cannot be normalised at these values.
  package func evaluate(
    at masses: [Double], shape: [Double], window: ClosedRange<Double>
  ) -> (values: [Double], derivatives: [[Double]])? {
    guard let density = normalised(shape: shape[...], window: window) else { return nil }
    let count = masses.count
    let work = Workspace(columns: 1 + shape.count + DensityBlock.scratchColumns, stride: count)
    masses.withUnsafeBufferPointer { masses in
      guard let start = masses.baseAddress else { return }
      density.evaluate(
        DensityBlock(
          count: count, masses: start, values: work.column(0), derivatives: work.column(1), stride: count,
          scratch: work.column(1 + shape.count)))
    }
    func column(_ index: Int) -> [Double] { Array(UnsafeBufferPointer(start: work.column(index), count: count)) }
    return (column(0), shape.indices.map { column(1 + $0) })
  }
}
