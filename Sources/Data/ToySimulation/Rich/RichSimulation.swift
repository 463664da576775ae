// The simulated calibration sample of one species, as a table.
package import Samples
package import ToyDescriptions

/// A calibration sample as a detector would record it: signal and background, known apart only by the mass.
///
///     let simulation = RichSimulation(species: .kaon, seed: 1)
///     let table = try simulation.table(rows: 100_000)
///
/// Row i depends on species, seed, options and i alone: the same bytes come at any number of threads, and the first
/// rows of a long table are those of a short one.
package struct RichSimulation: Sendable {
  private static let stream: UInt32 = 0x5249_4300

  package let species: RichSpecies
  package let seed: UInt64
  package let threads: Int?
  /// Fraction of signal, 0 … 1; nil for the sample's own (kaon and pion 0.65, proton 0.75, muon and electron 0.55).
  package let purity: Double?
  /// Lets the signal's mass resolution grow with momentum, by 0.6 + 0.5 √(p / 40 GeV): s-weights are then biased.
  package let correlatedMass: Bool

  private let sample: CalibrationSample
  private let detector = RichDetector()

  /// - Parameter threads: the largest number of threads, 1 or more; nil for all cores. The result does not depend on
  ///   it.
  package init(
    species: RichSpecies, seed: UInt64, threads: Int? = nil, purity: Double? = nil, correlatedMass: Bool = false
  ) {
    self.species = species
    self.seed = seed
    self.threads = threads
    self.purity = purity
    self.correlatedMass = correlatedMass
    sample = CalibrationSample(of: species)
  }

  /// The first rows of the sample.
  /// - Parameters:
  ///   - rows: 1 … 10⁹; a row takes 72 bytes, with truth 88.
  ///   - truth: adds `truthColumns`.
  ///   - progress: called now and then with the number of rows done, ascending, by one thread at a time.
  /// - Returns: `RichColumns.sample` in that order, then the truth columns where requested.
  /// - Throws: `SimulationError` for rows, threads or purity out of range, or for more than the memory holds.
  package func table(
    rows: Int, truth: Bool = false, progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> Table {
    let purity = purity ?? sample.purity
    guard purity >= 0, purity <= 1 else { throw SimulationError.purity(purity) }
    let names = truth ? RichColumns.sample + RichColumns.truth : RichColumns.sample
    let loop = try RowLoop(rows: rows, columns: names.count, threads: threads, progress: progress)
    let stream = Self.stream + UInt32(species.index)
    let values = loop.columns(names.count) { range, columns in
      var likelihood = PhotonLikelihood()
      for row in range {
        var random = EventRandom(seed: seed, stream: stream, event: UInt64(row))
        let event = sample.sample(purity: purity, correlatedMass: correlatedMass, &random)
        let response = detector.respond(to: event.track, random: &random, likelihood: &likelihood)
        columns.store(event.parentMass, row: row, column: 0)
        columns.store(event.track.momentum, row: row, column: 1)
        columns.store(event.track.pseudorapidity, row: row, column: 2)
        columns.store(event.track.trackCount, row: row, column: 3)
        columns.store(response, row: row, firstColumn: 4)
        if truth {
          columns.store(event.isSignal ? 1 : 0, row: row, column: 9)
          columns.store(Double(event.track.species.index), row: row, column: 10)
        }
      }
    }
    return try Table(
      columns: zip(names, values).map { Column(name: $0, values: $1) }, origin: "simulated \(species.rawValue)s")
  }
}

extension ColumnPointers {
  /// Stores the five log-likelihoods in the order of `RichColumns.responses`.
  func store(_ response: RichResponse, row: Int, firstColumn: Int) {
    store(response.electron, row: row, column: firstColumn)
    store(response.kaon, row: row, column: firstColumn + 1)
    store(response.muon, row: row, column: firstColumn + 2)
    store(response.proton, row: row, column: firstColumn + 3)
    store(response.belowThreshold, row: row, column: firstColumn + 4)
  }
}
