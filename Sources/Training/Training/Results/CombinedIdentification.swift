// Identification by the Cherenkov detector together with a toy of the muon chambers and the calorimeter.
internal import Configuration
package import Evaluation
internal import Samples
package import ToyDescriptions
internal import ToySimulation

/// A linear combination of all log-likelihoods and the variables of the other detectors, learnt from simulated tracks whose
/// species is known: equal weights for the sought species and the four others together.
///
/// All species fly with the same momenta, pseudorapidities and numbers of tracks, those of the sought species' calibration
/// sample, so that nothing is learnt from the kinematics.
package struct CombinedIdentification: Sendable {
  package let species: RichSpecies
  /// Tracks of each species that it was learnt from.
  private static let tracks = 5000
  private let combination: LogisticCombination
  private let seed: UInt64
  private let threads: Int

  /// - Parameter seed: of all simulated tracks.
  /// - Throws: `SimulationError`, `EvaluationError`.
  package init(of species: RichSpecies, seed: UInt64, threads: Int) throws {
    let flights = try RichSimulation(species: species, seed: seed, threads: threads, purity: 1).table(rows: Self.tracks)
    let (momenta, others) = (
      try flights.column("P").values, (try flights.column("ETA").values, try flights.column("nTracks").values)
    )
    var columns = [[Double]](repeating: [], count: RichColumns.responses.count + MuonCalorimeterToy.columns.count)
    var isPositive: [Bool] = []
    for kind in RichSpecies.allCases {
      let tracks = try RichGun(species: kind, seed: seed, threads: threads).table(
        momenta: momenta, pseudorapidities: others.0, trackCounts: others.1)
      // A seed of its own for each species, because the toy's numbers depend on the row alone.
      let toy = try MuonCalorimeterToy(seed: seed &+ UInt64(kind.index), purpose: .training, threads: threads).table(
        species: [RichSpecies](repeating: kind, count: momenta.count), momenta: momenta)
      let values = try RichColumns.responses.map { try tracks.column($0).values } + toy.columns.map(\.values)
      for place in columns.indices { columns[place] += values[place] }
      isPositive += [Bool](repeating: kind == species, count: momenta.count)
    }
    combination = try LogisticCombination(columns: columns, isPositive: isPositive)
    (self.species, self.seed, self.threads) = (species, seed, threads)
  }

  /// The measures of a cut on the combination, in the momentum bins of the run's config: `combined_efficiency.<species>.*`, or of
  /// tracks of another species `combined_misidentification.<theirs>_<species>.*`.
  ///
  /// The muon and calorimeter variables of real tracks are simulated for their true species, background included, so that
  /// only a simulated sample will do; those of generated tracks for the species of the run. They are no part of what the model
  /// generates.
  /// - Parameter events: a run's events of the source `.simulation`.
  /// - Throws: ``TrainingError/notDrawable(run:reason:)``, `SimulationError`, `EvaluationError`.
  package func efficiency(of events: SpeciesEvents, above cut: Double) throws -> [Measure] {
    guard case .simulate(let source) = events.configuration.data.source,
      case .rich(let species, let correlatedMass) = source.kind,
      let sampleSeed = events.sampleSeed
    else {
      throw TrainingError.notDrawable(
        run: events.run,
        reason: "the true species of its real tracks are not known, so that no other detector can be added")
    }
    for name in RichColumns.responses where !events.comparison.names.contains(name) {
      throw TrainingError.notDrawable(run: events.run, reason: "its model has no target \(name)")
    }
    let (real, generated) = (events.comparison.real, events.comparison.generated)
    let momenta = try events.momenta
    // Row i of a simulation is a function of its seed and i.
    let truth = try RichSimulation(
      species: species, seed: sampleSeed, threads: threads, correlatedMass: correlatedMass
    ).table(rows: momenta.count, truth: true)
    guard try truth.column("P").values == momenta else {
      throw TrainingError.notDrawable(run: events.run, reason: "its momentum is not the simulated one")
    }
    let kinds = try truth.column("species").values.map { RichSpecies.allCases[Int($0)] }
    let replicas = events.replicas
    let generatedMomenta = (0..<replicas).flatMap { _ in momenta }
    let scores = try AUCClass(
      real: score(events.comparison.names, real.columns, kinds, momenta, .real),
      generated: score(
        events.comparison.names, generated.columns, [RichSpecies](repeating: species, count: generatedMomenta.count),
        generatedMomenta, .generated), replicas: replicas, weights: real.weights, momentum: momenta)
    return try EfficiencyCurve(
      of: scores, above: cut, momentumEdges: events.configuration.evaluation.momentumEdges
    ).measures(name(of: species)).map { measure in
      var measure = measure
      measure.parameters = (measure.parameters.map { $0 + ", " } ?? "") + "combination seed \(seed)"
      return measure
    }
  }

  /// The first parts of the names under which a cut on tracks of some species is stored.
  package func name(of other: RichSpecies) -> String {
    other == species
      ? "combined_efficiency.\(species.shortName)"
      : "combined_misidentification.\(other.shortName)_\(species.shortName)"
  }

  private func score(
    _ names: [String], _ columns: [[Double]], _ species: [RichSpecies], _ momenta: [Double],
    _ purpose: MuonCalorimeterToy.Purpose
  ) throws -> [Double] {
    let toy = try MuonCalorimeterToy(seed: seed, purpose: purpose, threads: threads).table(
      species: species, momenta: momenta)
    let responses = RichColumns.responses.compactMap(names.firstIndex).map { columns[$0] }
    return try combination.logOdds(responses + toy.columns.map(\.values))
  }
}
