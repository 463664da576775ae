// What muon chambers and an electromagnetic calorimeter would add to the Cherenkov detector, as one number each.
internal import CKernels
package import Samples
package import ToyDescriptions

/// Simulates a variable of the muon chambers and one of the calorimeter for tracks of known species.
///
///     let toy = MuonCalorimeterToy(seed: 1, purpose: .real)
///     let table = try toy.table(species: species, momenta: [20, 35])
///
/// A track that reaches the chambers as a muon (P above 3 GeV) leaves a hit in each of four stations with probability
/// 0.97, any other with 0.08. Muons reach them, and pions and kaons that decay within 12 m, with probability
/// 1 - exp(-12 m M / (P cτ)).
///
///     ToyMuonDLL = n ln(0.97 / 0.08) + (4 - n) ln(0.03 / 0.92)        for n stations hit
///
/// `ToyEoverP` is the energy in the calorimeter over the momentum: 1 for an electron, min(1, 0.3 GeV / P) for a muon, for a
/// hadron that likewise with probability 0.35 and else Beta(1.5, 3), times 1 + s g with a standard normal g and
/// s = sqrt(0.1^2 GeV / P + 0.02^2), cut off at 0. Sources: none, the numbers are of the size of LHCb's (JINST 3 (2008)
/// S08005) and invented. Row i depends on seed, purpose, i, its species and its momentum alone.
package struct MuonCalorimeterToy: Sendable {
  package static let columns = ["ToyMuonDLL", "ToyEoverP"]

  /// Whose tracks are simulated: each has random numbers of its own.
  package enum Purpose: UInt32, Sendable {
    case training, real, generated
  }

  private static let stream: UInt32 = 0x4D43_0000
  private static let stations = 4
  private static let smallestMuonMomentum = 3.0
  private static let decayPath = 12.0
  private static let efficiency = (muon: 0.97, other: 0.08)

  package let seed: UInt64
  package let purpose: Purpose
  package let threads: Int?

  /// - Parameter threads: the largest number of threads, 1 or more; nil for all cores. The result does not depend on it.
  package init(seed: UInt64, purpose: Purpose, threads: Int? = nil) {
    (self.seed, self.purpose, self.threads) = (seed, purpose, threads)
  }

  /// - Parameters:
  ///   - species: of each track.
  ///   - momenta: GeV, positive, as many.
  /// - Returns: `columns`.
  /// - Throws: `SimulationError` for a momentum out of range, no track, or more than the memory holds.
  /// - Precondition: both have as many elements.
  package func table(species: [RichSpecies], momenta: [Double]) throws -> Table {
    precondition(species.count == momenta.count, "a species for each momentum")
    let range = 0.001...100_000.0
    if let row = momenta.firstIndex(where: { !range.contains($0) }) {
      throw SimulationError.condition(name: "P", row: row, value: momenta[row], range: range)
    }
    let loop = try RowLoop(rows: momenta.count, columns: Self.columns.count, threads: threads, progress: nil)
    let values = loop.columns(Self.columns.count) { rows, columns in
      for row in rows {
        var random = EventRandom(seed: seed, stream: Self.stream + purpose.rawValue, event: UInt64(row))
        let (muon, energy) = Self.response(species[row], momentum: momenta[row], &random)
        columns.store(muon, row: row, column: 0)
        columns.store(energy, row: row, column: 1)
      }
    }
    return try Table(
      columns: zip(Self.columns, values).map { Column(name: $0, values: $1) }, origin: "muon and calorimeter toy")
  }

  private static func response(
    _ species: RichSpecies, momentum: Double, _ random: inout EventRandom
  ) -> (muon: Double, energy: Double) {
    let decays = 1 - fs_exp(-decayPath * species.mass / (momentum * species.decayLength))
    let isMuon = species == .muon || random.bernoulli(decays)
    let hit = isMuon && momentum > smallestMuonMomentum ? efficiency.muon : efficiency.other
    var hits = 0
    for _ in 0..<stations where random.bernoulli(hit) { hits += 1 }
    let muon =
      Double(hits) * fs_log(efficiency.muon / efficiency.other)
      + Double(stations - hits) * fs_log((1 - efficiency.muon) / (1 - efficiency.other))
    let ionisation = min(1, 0.3 / momentum)
    let share: Double =
      if isMuon {
        ionisation
      } else if species == .electron {
        1
      } else {
        random.bernoulli(0.35) ? ionisation : random.beta(1.5, 3)
      }
    let resolution = (0.01 / momentum + 0.0004).squareRoot()
    return (muon, max(0, share * (1 + resolution * random.normal())))
  }
}
