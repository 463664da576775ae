// The calibration samples as tables: reproducibility, columns, selection, masses, composition and refusals.
import Foundation
import Samples
import Synchronization
import Testing
import ToyDescriptions
import ToySimulation

private func bits(_ table: Table) -> [[UInt64]] {
  table.columns.map { $0.values.map(\.bitPattern) }
}

/// What a sample promises: windows and cuts, fractions, and the mass spectra by their cumulative distributions.
struct SampleCase: Sendable, CustomTestStringConvertible {
  let species: RichSpecies
  let window: ClosedRange<Double>
  let minimumTransverseMomentum: Double
  let purity: Double
  let backgroundMix: [Double]
  let signal: @Sendable (Double) -> Double
  let background: @Sendable (Double) -> Double
  var testDescription: String { species.rawValue }

  static let all = [
    SampleCase(
      species: .kaon, window: d0, minimumTransverseMomentum: 0.25, purity: 0.65,
      backgroundMix: [0.04, 0.03, 0.65, 0.20, 0.08], signal: { doubleGaussian($0, 1864.84, 6.5, 11, 0.65) },
      background: { exponential($0, -0.004, d0) }),
    SampleCase(
      species: .pion, window: d0, minimumTransverseMomentum: 0.25, purity: 0.65,
      backgroundMix: [0.03, 0.01, 0.70, 0.18, 0.08], signal: { doubleGaussian($0, 1864.84, 6.5, 11, 0.65) },
      background: { exponential($0, -0.004, d0) }),
    SampleCase(
      species: .proton, window: lambda, minimumTransverseMomentum: 0.25, purity: 0.75,
      backgroundMix: [0.02, 0.01, 0.75, 0.12, 0.10], signal: { doubleGaussian($0, 1115.683, 1.1, 2.2, 0.70) },
      background: { chebyshev($0, 0.15, lambda) }),
    SampleCase(
      species: .muon, window: jpsi, minimumTransverseMomentum: 0.8, purity: 0.55,
      backgroundMix: [0.01, 0.35, 0.50, 0.10, 0.04], signal: { crystalBall($0, 3096.9, 13.5, 1.9, 3) },
      background: { exponential($0, -0.0018, jpsi) }),
    SampleCase(
      species: .electron, window: jpsi, minimumTransverseMomentum: 0.5, purity: 0.55,
      backgroundMix: [0.30, 0.01, 0.54, 0.10, 0.05], signal: { crystalBall($0, 3096.9, 13.5, 1.9, 3) },
      background: { exponential($0, -0.0018, jpsi) }),
  ]

  private static let d0 = 1815.0...1915.0
  private static let lambda = 1100.683...1130.683
  private static let jpsi = 2990.0...3200.0

  /// Unnormalised cumulative distributions of the peaks; the test normalises them to the window.
  private static func doubleGaussian(
    _ m: Double, _ mean: Double, _ narrow: Double, _ wide: Double, _ fraction: Double
  ) -> Double {
    func normal(_ width: Double) -> Double { 0.5 * erfc((mean - m) / (width * 2.0.squareRoot())) }
    return fraction * normal(narrow) + (1 - fraction) * normal(wide)
  }

  private static func crystalBall(
    _ m: Double, _ mean: Double, _ width: Double, _ alpha: Double, _ n: Double
  ) -> Double {
    func tail(_ t: Double) -> Double {
      pow(n / alpha, n) * exp(-alpha * alpha / 2) / (n - 1) * pow(n / alpha - alpha - t, 1 - n)
    }
    let t = (m - mean) / width
    guard t > -alpha else { return tail(t) }
    return tail(-alpha) + (Double.pi / 2).squareRoot() * (erf(t / 2.0.squareRoot()) + erf(alpha / 2.0.squareRoot()))
  }

  private static func exponential(_ m: Double, _ slope: Double, _ window: ClosedRange<Double>) -> Double {
    expm1(slope * (m - window.lowerBound)) / expm1(slope * (window.upperBound - window.lowerBound))
  }

  private static func chebyshev(_ m: Double, _ slope: Double, _ window: ClosedRange<Double>) -> Double {
    let t = 2 * (m - window.lowerBound) / (window.upperBound - window.lowerBound) - 1
    return (t + 1) / 2 + slope * (t * t - 1) / 4
  }
}

@Suite(.timeLimit(.minutes(20))) struct RichSimulationTests {
  @Test func sameSeedGivesTheSameBytesAtAnyThreadCount() throws {
    func simulate(_ threads: Int?) throws -> [[UInt64]] {
      try bits(RichSimulation(species: .kaon, seed: 7, threads: threads).table(rows: 5001, truth: true))
    }
    let one = try simulate(1)
    #expect(try simulate(2) == one)
    #expect(try simulate(3) == one)
    #expect(try simulate(1000) == one)
    #expect(try simulate(nil) == one)
  }

  /// Bits of mass and RichDLLbt in row 40 of seed 20240601, found on x86-64 in debug and release builds alike. They
  /// change only with the model, the order of its draws or the arithmetic of the double-precision functions.
  @Test(
    arguments: [
      (RichSpecies.electron, 0x40a8_3611_a3cb_c4cb, 0x4026_8c05_642a_87d2),
      (.muon, 0x40a8_2537_e513_cdd3, 0xc01c_870d_6ab8_ff8a),
      (.pion, 0x409d_169f_64ce_6be5, 0xc054_9764_0136_5af5), (.kaon, 0x409d_221f_0fa9_1aa9, 0x4035_6df2_d554_3116),
      (.proton, 0x4091_7c77_2b52_9063, 0x4030_bcb6_54db_5e34),
    ] as [(RichSpecies, UInt64, UInt64)])
  func bitsAreThoseOfEveryOtherMachine(_ species: RichSpecies, _ mass: UInt64, _ response: UInt64) throws {
    let table = try RichSimulation(species: species, seed: 20_240_601).table(rows: 41)
    #expect(try table.column("mass").values[40].bitPattern == mass)
    #expect(try table.column("RichDLLbt").values[40].bitPattern == response)
  }

  @Test func aShortTableIsThePrefixOfALongOne() throws {
    let simulation = RichSimulation(species: .muon, seed: 3)
    let long = try bits(simulation.table(rows: 3000, truth: true))
    for rows in [1, 100, 1024, 1025] {
      #expect(try bits(simulation.table(rows: rows, truth: true)) == long.map { Array($0.prefix(rows)) })
    }
  }

  @Test func seedsAndSpeciesDiffer() throws {
    func momenta(_ species: RichSpecies, _ seed: UInt64) throws -> [Double] {
      try RichSimulation(species: species, seed: seed).table(rows: 10).column("P").values
    }
    let reference = try momenta(.kaon, 1)
    #expect(try momenta(.kaon, 2) != reference)
    #expect(try momenta(.kaon, 1 << 33) != reference)
    #expect(try momenta(.pion, 1) != reference)
  }

  @Test func truthColumnsComeOnlyWhereAskedFor() throws {
    let columns = [
      "mass", "P", "ETA", "nTracks", "RichDLLe", "RichDLLk", "RichDLLmu", "RichDLLp", "RichDLLbt",
    ]
    #expect(RichColumns.sample == columns)
    let simulation = RichSimulation(species: .proton, seed: 1)
    let plain = try simulation.table(rows: 50)
    #expect(plain.columns.map(\.name) == columns)
    #expect(plain.rowCount == 50)
    let withTruth = try simulation.table(rows: 50, truth: true)
    #expect(withTruth.columns.map(\.name) == columns + ["isSignal", "species"])
    #expect(bits(plain) == Array(bits(withTruth).prefix(9)))
  }

  @Test(arguments: SampleCase.all)
  func aSampleKeepsItsSelectionFractionsAndMassSpectra(_ promise: SampleCase) throws {
    let rows = 20_000
    let table = try RichSimulation(species: promise.species, seed: 12).table(rows: rows, truth: true)
    try table.requireFinite()
    let masses = try table.column("mass").values
    let momenta = try table.column("P").values
    let pseudorapidities = try table.column("ETA").values
    let trackCounts = try table.column("nTracks").values
    let isSignal = try table.column("isSignal").values
    let species = try table.column("species").values

    #expect(masses.allSatisfy { promise.window.contains($0) })
    #expect(momenta.allSatisfy { $0 > 2 && $0 < 150 })
    #expect(pseudorapidities.allSatisfy { $0 > 1.8 && $0 < 5 })
    #expect(
      zip(momenta, pseudorapidities).allSatisfy { $0 / cosh($1) > promise.minimumTransverseMomentum * (1 - 1e-12) })
    #expect(trackCounts.allSatisfy { $0 >= 8 && $0 == $0.rounded() })
    #expect(isSignal.allSatisfy { $0 == 0 || $0 == 1 })

    let signalRows = (0..<rows).filter { isSignal[$0] == 1 }
    let backgroundRows = (0..<rows).filter { isSignal[$0] == 0 }
    let purityError = (promise.purity * (1 - promise.purity) / Double(rows)).squareRoot()
    #expect(abs(Double(signalRows.count) / Double(rows) - promise.purity) < 5 * purityError)
    #expect(signalRows.allSatisfy { species[$0] == Double(promise.species.index) })
    for (index, fraction) in promise.backgroundMix.enumerated() {
      let found = Double(backgroundRows.count { species[$0] == Double(index) }) / Double(backgroundRows.count)
      #expect(abs(found - fraction) < 5 * (fraction * (1 - fraction) / Double(backgroundRows.count)).squareRoot())
    }

    let low = promise.signal(promise.window.lowerBound)
    let all = promise.signal(promise.window.upperBound) - low
    #expect(scaledKolmogorovDistance(signalRows.map { masses[$0] }) { (promise.signal($0) - low) / all } < 2.3)
    #expect(scaledKolmogorovDistance(backgroundRows.map { masses[$0] }, cumulative: promise.background) < 2.3)

    // floor(8 + G) with G of shape 4: mean 8 + 162 s - 1/2, standard deviation 81 s.
    for (subset, scale) in [(signalRows, 1.0), (backgroundRows, 1.2)] {
      let found = moments(subset.map { trackCounts[$0] })
      #expect(abs(found.mean - (7.5 + 162 * scale)) < 5 * 81 * scale / Double(subset.count).squareRoot())
    }
  }

  @Test func purityCanBeSet() throws {
    for (purity, fraction) in [(0.0, 0.0), (1, 1)] {
      let simulation = RichSimulation(species: .pion, seed: 1, purity: purity)
      let isSignal = try simulation.table(rows: 200, truth: true).column("isSignal").values
      #expect(isSignal.allSatisfy { $0 == fraction })
    }
    for purity in [-0.1, 1.1, .nan] {
      #expect(throws: SimulationError.self) {
        try RichSimulation(species: .pion, seed: 1, purity: purity).table(rows: 1)
      }
    }
  }

  @Test func correlatedMassWidensThePeakWithMomentum() throws {
    let simulation = RichSimulation(species: .kaon, seed: 1, purity: 1, correlatedMass: true)
    let table = try simulation.table(rows: 10_000)
    let masses = try table.column("mass").values
    let momenta = try table.column("P").values
    func width(_ isSelected: (Double) -> Bool) -> Double {
      moments(zip(masses, momenta).filter { isSelected($0.1) }.map(\.0)).variance.squareRoot()
    }
    #expect(width { $0 < 8 } * 1.3 < width { $0 > 40 })
  }

  @Test func progressCountsUpToAllRows() throws {
    let reports = Mutex<[Int]>([])
    _ = try RichSimulation(species: .electron, seed: 1, threads: 2).table(rows: 3000) { done in
      reports.withLock { $0.append(done) }
    }
    let seen = reports.withLock { $0 }
    #expect(seen.count == 3)
    #expect(seen.last == 3000)
    #expect(seen == seen.sorted())
  }

  @Test func impossibleRequestsAreRefusedInOneLine() throws {
    let simulation = RichSimulation(species: .kaon, seed: 1)
    for rows in [0, -1, Int.min, 1_000_000_001, Int.max] {
      #expect(throws: SimulationError.rowCount(rows)) { try simulation.table(rows: rows) }
    }
    for threads in [0, -4] {
      #expect(throws: SimulationError.threadCount(threads)) {
        try RichSimulation(species: .kaon, seed: 1, threads: threads).table(rows: 1)
      }
    }
    let errors: [SimulationError] = [
      .rowCount(0), .threadCount(0), .purity(2), .memory(rows: 9, needed: 1, available: 0),
      .unequalConditions(momenta: 1, pseudorapidities: 2, trackCounts: 3),
      .condition(name: "P", row: 0, value: -1, range: 0...1),
    ]
    #expect(errors.allSatisfy { !$0.description.contains("\n") })
  }

  @Test func aSpeciesIndexIsItsPlace() {
    #expect(RichSpecies.allCases.map(\.index) == Array(RichSpecies.allCases.indices))
  }
}
