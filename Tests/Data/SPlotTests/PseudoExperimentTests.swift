// Whether errors and weights mean what they say, on many generated samples.
import CKernels
import SPlot
import Testing

private let model = MassModel(
  components: [
    MassComponent(name: "signal", density: .gaussian), MassComponent(name: "background", density: .exponential),
  ], window: ToySpectrum.window)

@Suite(.timeLimit(.minutes(20))) struct PseudoExperimentTests {
  @Test func pullsOfTheSignalYieldAreStandardNormal() throws {
    var pulls: [Double] = []
    for experiment in 0..<500 {
      let toy = ToySpectrum(seed: 20261, stream: UInt32(experiment), signal: 1200, background: 1800)
      let fit = try fitMass(toy.mass, model: model, options: MassFitOptions(threads: 1))
      #expect(fit.converged && fit.hessianPositiveDefinite)
      pulls.append((fit.yields[0].value - 1200) / fit.yields[0].error)
    }
    let mean = pulls.reduce(0, +) / Double(pulls.count)
    let width = (pulls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pulls.count - 1)).squareRoot()
    #expect(abs(mean) < 0.15)
    #expect((0.9...1.1).contains(width))
  }

  @Test func unfoldedControlHistogramAgreesWithAnIndependentSignalSample() throws {
    // Bins 0 … 6 in steps of 0.6: the exact contents of an exponential of mean 1.5.
    let bins = 10
    var chi2 = 0.0
    let experiments = 20
    for experiment in 0..<experiments {
      let toy = ToySpectrum(seed: 77, stream: UInt32(experiment), signal: 1200, background: 1800)
      let fit = try fitMass(toy.mass, model: model, options: MassFitOptions(threads: 1))
      let weights = try fit.weights(component: "signal")
      for bin in 0..<bins {
        let (low, high) = (0.6 * Double(bin), 0.6 * Double(bin + 1))
        var (sum, squares) = (0.0, 0.0)
        for (value, weight) in zip(toy.control, weights) where value >= low && value < high {
          sum += weight
          squares += weight * weight
        }
        let expected = 1200 * (fs_exp(-low / 1.5) - fs_exp(-high / 1.5))
        chi2 += (sum - expected) * (sum - expected) / squares
      }
    }
    #expect((0.7...1.3).contains(chi2 / Double(bins * experiments)))
  }

  @Test func minosErrorsOfALargeSampleAgreeWithHesse() throws {
    let toy = ToySpectrum(seed: 3, stream: 0, signal: 4000, background: 6000)
    let fit = try fitMass(toy.mass, model: model, options: MassFitOptions(minos: ["signal"]))
    let signal = fit.yields[0]
    let minos = try #require(signal.minos)
    #expect(abs(minos.lower - signal.error) < 0.03 * signal.error)
    #expect(abs(minos.upper - signal.error) < 0.03 * signal.error)
    #expect(fit.yields[1].minos == nil)
    #expect(signal.fixedShapeError < signal.error)
  }

  @Test func independenceIsFoundWhereItHoldsAndMissedWhereItDoesNot() throws {
    let toy = ToySpectrum(seed: 9, stream: 0, signal: 3000, background: 6000)
    let fit = try fitMass(toy.mass, model: model)
    let good = try independence(of: toy.control, mass: toy.mass, fit: fit)
    #expect(good.warnings.isEmpty)
    #expect(good.regions.map(\.name) == ["lower sideband", "signal region", "upper sideband"])
    #expect(try #require(good.sidebandProbability) > 1e-3)
    // A background whose control variable drifts with the mass.
    let drifting = zip(toy.control, toy.mass).map { $0 + 0.01 * ($1 - 5150) }
    let bad = try independence(of: drifting, mass: toy.mass, fit: fit)
    #expect(bad.warnings.count == 3)
    #expect(try #require(bad.sidebandProbability) < 1e-6)
    #expect(bad.regions.allSatisfy { ($0.tau ?? 0) > 0 })
  }

  @Test func theMixtureTestIsStandardNormalWhereTheColumnIsIndependent() throws {
    let significances = try (0..<60).map { stream -> Double in
      let toy = ToySpectrum(seed: 21, stream: UInt32(stream), signal: 1500, background: 2500)
      let check = try independence(of: toy.control, mass: toy.mass, fit: fitMass(toy.mass, model: model))
      return try #require(check.mixtureSignificance)
    }
    let mean = significances.reduce(0, +) / 60
    let width = (significances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 59).squareRoot()
    #expect(abs(mean) < 0.45)
    #expect((0.7...1.3).contains(width))
  }

  /// The sidebands see nothing of it: only events of the peak depend on their column.
  @Test func aColumnThatDecidesTheWidthOfThePeakIsFound() throws {
    var toy = ToySpectrum(seed: 22, stream: 0, signal: 4000, background: 6000)
    for row in toy.mass.indices where toy.isSignal[row] && toy.control[row] > 1 {
      toy.mass[row] = 5280 + 1.8 * (toy.mass[row] - 5280)
    }
    let inside = toy.mass.indices.filter { ToySpectrum.window.contains(toy.mass[$0]) }
    let masses = inside.map { toy.mass[$0] }
    let check = try independence(of: inside.map { toy.control[$0] }, mass: masses, fit: fitMass(masses, model: model))
    #expect(try #require(check.mixtureSignificance).magnitude > 5)
    #expect(check.warnings.count == 1)
    #expect(check.warnings.first?.contains("within the peak") == true)
  }
}
