// The toy of muon chambers and calorimeter against the means of its formula.
import Samples
import Testing
import ToyDescriptions
import ToySimulation

#if canImport(Glibc)
  import Glibc
#endif

@Suite(.timeLimit(.minutes(20))) struct MuonCalorimeterToyTests {
  private let tracks = 40_000

  /// The columns of tracks of one species and momentum, with mean and error of the mean.
  private func means(_ species: RichSpecies, momentum: Double) throws -> [(mean: Double, error: Double)] {
    try MuonCalorimeterToy(seed: 5, purpose: .real).table(
      species: [RichSpecies](repeating: species, count: tracks),
      momenta: [Double](repeating: momentum, count: tracks)
    ).columns.map { column in
      let mean = column.values.reduce(0, +) / Double(tracks)
      let variance = column.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(tracks)
      return (mean, (variance / Double(tracks)).squareRoot())
    }
  }

  /// The mean of the muon variable where a station is hit with this probability.
  private func muonMean(_ hit: Double) -> Double {
    4 * (hit * log(0.97 / 0.08) + (1 - hit) * log(0.03 / 0.92))
  }

  @Test(arguments: [
    (RichSpecies.muon, 20, 1.0), (.muon, 2.5, 0), (.proton, 20, 0), (.electron, 20, 0),
    (.kaon, 5, 1 - exp(-12 * 0.493677 / (5 * 3.711))), (.pion, 40, 1 - exp(-12 * 0.1395704 / (40 * 7.804))),
  ])
  func muonsAndDecaysLeaveHits(_ species: RichSpecies, momentum: Double, muons: Double) throws {
    let found = try means(species, momentum: momentum)[0]
    let expected = muons * muonMean(0.97) + (1 - muons) * muonMean(0.08)
    #expect(abs(found.mean - expected) < 4 * found.error, "\(found) \(expected)")
  }

  @Test func electronsLeaveTheirEnergyAndHadronsAThird() throws {
    let electrons = try means(.electron, momentum: 25)[1]
    #expect(abs(electrons.mean - 1) < 4 * electrons.error)
    // The error of the mean holds the resolution sqrt(0.01/25 + 0.0004).
    #expect(abs(electrons.error * Double(tracks).squareRoot() - 0.0008.squareRoot()) < 0.001)
    let protons = try means(.proton, momentum: 25)[1]
    #expect(abs(protons.mean - (0.35 * 0.012 + 0.65 / 3)) < 4 * protons.error)
    let muons = try means(.muon, momentum: 25)[1]
    #expect(abs(muons.mean - 0.012) < 4 * muons.error)
  }

  @Test func rowsDependOnNothingElseAndPurposesDiffer() throws {
    let species = (0..<5000).map { RichSpecies.allCases[$0 % 5] }
    let momenta = (0..<5000).map { 2 + Double($0 % 140) }
    func columns(_ count: Int, _ purpose: MuonCalorimeterToy.Purpose, threads: Int) throws -> [[Double]] {
      try MuonCalorimeterToy(seed: 9, purpose: purpose, threads: threads).table(
        species: Array(species.prefix(count)), momenta: Array(momenta.prefix(count))
      ).columns.map(\.values)
    }
    let whole = try columns(5000, .real, threads: 3)
    #expect(try columns(5000, .real, threads: 1) == whole)
    #expect(try columns(100, .real, threads: 1) == whole.map { Array($0.prefix(100)) })
    #expect(try columns(5000, .generated, threads: 1) != whole)
  }

  @Test func momentaOutOfRangeAreRefused() {
    #expect(throws: SimulationError.self) {
      try MuonCalorimeterToy(seed: 1, purpose: .real).table(species: [.pion], momenta: [0])
    }
    #expect(throws: SimulationError.self) {
      try MuonCalorimeterToy(seed: 1, purpose: .real).table(species: [.pion], momenta: [.nan])
    }
    #expect(throws: SimulationError.self) {
      try MuonCalorimeterToy(seed: 1, purpose: .real).table(species: [], momenta: [])
    }
  }
}
