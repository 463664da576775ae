// A pure beam of one species at given conditions, to study the detector or to compare with a trained generator.
package import Samples
package import ToyDescriptions

/// Shoots particles of one species with given momenta, pseudorapidities and numbers of tracks.
///
///     let gun = RichGun(species: .pion, seed: 1)
///     let table = try gun.table(momenta: [20, 20], pseudorapidities: [3, 3], trackCounts: [100, 300])
///
/// Row i depends on species, seed, i and its own conditions alone.
package struct RichGun: Sendable {
  /// The conditions, and the response to them, as in `RichColumns.sample`.
  package static let columns = RichColumns.conditions + RichColumns.responses

  private static let stream: UInt32 = 0x5249_4700
  private static let momenta = 0.001...100_000.0
  private static let pseudorapidities = -1000...1000.0
  private static let trackCounts = 0...100_000.0

  package let species: RichSpecies
  package let seed: UInt64
  package let threads: Int?
  private let detector = RichDetector()

  /// - Parameter threads: the largest number of threads, 1 or more; nil for all cores. The result does not depend on it.
  package init(species: RichSpecies, seed: UInt64, threads: Int? = nil) {
    self.species = species
    self.seed = seed
    self.threads = threads
  }

  /// The detector's response to one particle for each row of conditions.
  /// - Parameters:
  ///   - momenta: GeV, 0.001 … 10⁵.
  ///   - pseudorapidities: -1000 … 1000.
  ///   - trackCounts: 0 … 10⁵.
  ///   - progress: called now and then with the number of rows done, ascending, by one thread at a time.
  /// - Returns: `columns`.
  /// - Throws: `SimulationError` for conditions that differ in length or are out of range, for none at all, or for more
  ///   than the memory holds.
  package func table(
    momenta: [Double], pseudorapidities: [Double], trackCounts: [Double],
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> Table {
    let rows = momenta.count
    guard pseudorapidities.count == rows, trackCounts.count == rows else {
      throw SimulationError.unequalConditions(
        momenta: rows, pseudorapidities: pseudorapidities.count, trackCounts: trackCounts.count)
    }
    try require(momenta, within: Self.momenta, name: "P")
    try require(pseudorapidities, within: Self.pseudorapidities, name: "ETA")
    try require(trackCounts, within: Self.trackCounts, name: "nTracks")
    let responses = RichColumns.responses
    let loop = try RowLoop(rows: rows, columns: responses.count, threads: threads, progress: progress)
    let stream = Self.stream + UInt32(species.index)
    let values = loop.columns(responses.count) { range, columns in
      var likelihood = PhotonLikelihood()
      for row in range {
        var random = EventRandom(seed: seed, stream: stream, event: UInt64(row))
        let track = RichTrack(
          species: species, momentum: momenta[row], pseudorapidity: pseudorapidities[row],
          trackCount: trackCounts[row])
        let response = detector.respond(to: track, random: &random, likelihood: &likelihood)
        columns.store(response, row: row, firstColumn: 0)
      }
    }
    let all = [momenta, pseudorapidities, trackCounts] + values
    return try Table(
      columns: zip(Self.columns, all).map { Column(name: $0, values: $1) }, origin: "\(species.rawValue) gun")
  }

  private func require(_ values: [Double], within range: ClosedRange<Double>, name: String) throws {
    if let row = values.firstIndex(where: { !range.contains($0) }) {
      throw SimulationError.condition(name: name, row: row, value: values[row], range: range)
    }
  }
}
