// Densities: norms, derivatives, names.
import SPlot
import Testing

/// A density at some shape on the window 5100 … 5400.
struct DensityCase: CustomTestStringConvertible {
  let density: MassDensity
  let shape: [Double]

  var testDescription: String { "\(density.name) \(shape)" }

  static let window = 5100.0...5400.0

  static let all = [
    DensityCase(density: .gaussian, shape: [5250, 15]),
    DensityCase(density: .gaussian, shape: [5105, 40]),
    DensityCase(density: .gaussian, shape: [5700, 60]),
    DensityCase(density: .gaussian, shape: [4700, 60]),
    DensityCase(density: .gaussian, shape: [5250, 400]),
    DensityCase(density: .doubleGaussian, shape: [5260, 9, 22, 0.7]),
    DensityCase(density: .doubleGaussian, shape: [5390, 9, 60, 0.2]),
    DensityCase(density: .crystalBall(tail: .left), shape: [5260, 14, 1.3, 3]),
    DensityCase(density: .crystalBall(tail: .left), shape: [5260, 14, 0.4, 1.2]),
    DensityCase(density: .crystalBall(tail: .left), shape: [5260, 14, 2, 80]),
    DensityCase(density: .crystalBall(tail: .left), shape: [5260, 14, 9, 3]),
    DensityCase(density: .crystalBall(tail: .left), shape: [5500, 30, 1, 3]),
    DensityCase(density: .crystalBall(tail: .right), shape: [5230, 14, 1.3, 3]),
    DensityCase(density: .crystalBall(tail: .right), shape: [5020, 14, 1.1, 2.5]),
    DensityCase(density: .exponential, shape: [-0.004]),
    DensityCase(density: .exponential, shape: [0.02]),
    DensityCase(density: .exponential, shape: [0]),
    DensityCase(density: .exponential, shape: [1e-12]),
    DensityCase(density: .exponential, shape: [-2e-5]),
    DensityCase(density: .exponential, shape: [-0.5]),
    DensityCase(density: .chebyshev(degree: 1), shape: [0.3]),
    DensityCase(density: .chebyshev(degree: 3), shape: [-0.3, 0.2, 0.1]),
    DensityCase(density: .chebyshev(degree: 6), shape: [0.1, -0.2, 0.1, 0.1, -0.05, 0.2]),
  ]
}

@Suite(.timeLimit(.minutes(20))) struct DensityTests {
  @Test(arguments: DensityCase.all)
  func densitiesIntegrateToOneInTheWindow(one: DensityCase) throws {
    let window = DensityCase.window
    let steps = 60_000
    let width = (window.upperBound - window.lowerBound) / Double(steps)
    let masses = (0..<steps).map { window.lowerBound + (Double($0) + 0.5) * width }
    let values = try #require(one.density.evaluate(at: masses, shape: one.shape, window: window)).values
    #expect(values.allSatisfy { $0 >= 0 })
    #expect(abs(values.reduce(0, +) * width - 1) < 1e-6)
  }

  @Test(arguments: DensityCase.all)
  func derivativesAgreeWithFiniteDifferences(one: DensityCase) throws {
    let window = DensityCase.window
    // None of these masses is where the tail of a Crystal Ball begins.
    let masses = (0..<61).map { window.lowerBound + 0.123 + 4.9 * Double($0) }
    let found = try #require(one.density.evaluate(at: masses, shape: one.shape, window: window))
    for parameter in one.shape.indices {
      let step = one.density == .exponential ? 1e-6 : 1e-5 * max(1, abs(one.shape[parameter]) * 1e-1)
      func values(_ shift: Double) throws -> [Double] {
        var shape = one.shape
        shape[parameter] += shift
        return try #require(one.density.evaluate(at: masses, shape: shape, window: window)).values
      }
      // Five-point differences.
      let (near, far) = (try zip(values(step), values(-step)), try zip(values(2 * step), values(-2 * step)))
      let slopes = zip(near, far).map { (8 * ($0.0 - $0.1) - ($1.0 - $1.1)) / (12 * step) }
      let scale = max(slopes.map { abs($0) }.max() ?? 0, (found.values.max() ?? 0) * 1e-3)
      for index in masses.indices {
        #expect(abs(found.derivatives[parameter][index] - slopes[index]) < 1e-5 * scale)
      }
    }
  }

  @Test func shapesThatCannotBeNormalisedGiveNothing() {
    let window = DensityCase.window
    #expect(MassDensity.gaussian.evaluate(at: [5200], shape: [5200, 0], window: window) == nil)
    #expect(MassDensity.gaussian.evaluate(at: [5200], shape: [1e9, 1], window: window) == nil)
    #expect(MassDensity.crystalBall(tail: .left).evaluate(at: [5200], shape: [5200, 10, 1, 1], window: window) == nil)
    #expect(MassDensity.chebyshev(degree: 2).evaluate(at: [5200], shape: [0, 3], window: window) == nil)
    #expect(MassDensity.chebyshev(degree: 2).evaluate(at: [5200], shape: [0.1], window: window) == nil)
  }

  @Test func densityNamesAreReadBackAndUnknownOnesAreListed() throws {
    let all: [MassDensity] = [
      .gaussian, .doubleGaussian, .crystalBall(tail: .left), .crystalBall(tail: .right), .exponential,
      .chebyshev(degree: 1), .chebyshev(degree: 3),
    ]
    for density in all { #expect(try MassDensity.parse(density.name) == density) }
    #expect(try MassDensity.parse("chebyshev-1") == .chebyshev(degree: 1))
    for wrong in ["gauss", "", "chebyshev-0", "chebyshev-9", "chebyshev-", "chebyshev-2-3", "Gaussian"] {
      let error = #expect(throws: SPlotError.unknownDensity(wrong)) { try MassDensity.parse(wrong) }
      #expect(error?.description.contains("double-gaussian, crystal-ball") == true)
    }
  }
}
