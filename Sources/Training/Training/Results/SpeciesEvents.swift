// The events of one species for a figure: real ones, and those of a stored run's model for the same conditions.
package import Configuration
internal import Digests
package import Evaluation
package import RunStore
package import ToyDescriptions

/// A run's species with its real and generated events.
///
///     let kaons = try SpeciesEvents("3", at: .best, on: .part(nil), store: store, engine: engine) { _ in }
///     let tracks = try kaons.tracks(score: .dll(of: .kaon))
package struct SpeciesEvents {
  package let run: RunNumber
  package let uuid: String
  package let epoch: Int
  package let configuration: Configuration
  package let species: RichSpecies
  /// What the store keeps of both samples.
  package let record: EvaluationRecord
  package let comparison: SampleComparison
  /// The seed of the simulated sample; nil for events of another source.
  let sampleSeed: UInt64?
  private let step: Int

  /// The run's tag that names the species of a sample that was read from a file.
  package static let speciesTag = "species"

  /// - Parameters: as of ``RunEvaluation``.
  /// - Throws: as ``RunEvaluation``; ``TrainingError/noSpecies(run:)``.
  package init(
    _ reference: String, at choice: EpochChoice, on source: JudgedSource, store: RunStore, engine: Engine,
    observer: @escaping TrainingObserver
  ) throws {
    let number = try store.resolve(reference)
    species = try store.species(of: number)
    let evaluation = try RunEvaluation(
      "\(number)", at: choice, on: source, measures: [], store: store, engine: engine, observer: observer)
    let found = try evaluation.evaluate([], takesFloors: false)
    (run, epoch, step, configuration) = (number, evaluation.epoch, evaluation.step, evaluation.configuration)
    uuid = try store.run(number).uuid
    (record, comparison) = (found.record, found.comparison)
    if case .simulation(let seed, _, _) = source {
      sampleSeed = seed ?? configuration.calibrationSeed
    } else {
      sampleSeed = nil
    }
  }

  /// Scores of real and generated tracks with their weights and momenta.
  /// - Parameter needsPseudorapidity: whether the tracks have pseudorapidities too.
  /// - Throws: ``TrainingError/notDrawable(run:reason:)`` where the run has no momentum, no `ETA`, or not the score's
  ///   targets.
  package func tracks(score: SpeciesScore, needsPseudorapidity: Bool = false) throws -> AUCClass {
    AUCClass(
      real: try score.values(of: comparison.real.columns, names: comparison.names, run: run),
      generated: try score.values(of: comparison.generated.columns, names: comparison.names, run: run),
      replicas: replicas, weights: comparison.real.weights, momentum: try momenta,
      pseudorapidity: needsPseudorapidity ? try condition("ETA") : nil)
  }

  /// Generated events of each real one.
  package var replicas: Int { configuration.evaluation.replicas }

  /// In GeV, of the real tracks.
  package var momenta: [Double] {
    get throws {
      guard let momentum = configuration.evaluation.momentum else {
        throw TrainingError.notDrawable(run: run, reason: "its config names no momentum (evaluation.momentum)")
      }
      return try condition(momentum)
    }
  }

  private func condition(_ name: String) throws -> [Double] {
    guard let conditions = comparison.conditions, let place = conditions.names.firstIndex(of: name) else {
      throw TrainingError.notDrawable(run: run, reason: "its model has no condition \(name)")
    }
    return conditions.real[place]
  }

  /// Values as they are stored with the run.
  package func metrics(_ measures: [Measure]) -> [MetricRecord] {
    measures.map { MetricRecord($0, role: record.role, epoch: epoch, step: step) }
  }

  /// What a value of two runs says about this one.
  var identity: String {
    "\(species.shortName) of run \(uuid) epoch \(epoch) \(record.role), generated \(record.generatedDigest.hex.prefix(12))"
  }
}

extension RunStore {
  /// The species that a run's model generates: that of its simulated sample, or that of its tag `species`.
  /// - Throws: ``TrainingError/noSpecies(run:)``, ``TrainingError/eventsOfCells(run:)``, `StoreError`.
  package func species(of run: RunNumber) throws -> RichSpecies {
    try requireTrained(try self.run(run))
    let configuration = try Configuration.load(canonicalJSON: self.configuration(of: run).json)
    guard configuration.data.cells == nil else { throw TrainingError.eventsOfCells(run: run) }
    var name: String?
    switch configuration.data.source {
    case .simulate(let simulation): name = simulation.species
    case .file: name = try tags(of: run).first { $0.key == SpeciesEvents.speciesTag }?.value
    }
    guard let species = name.flatMap(RichSpecies.init(rawValue:)) else { throw TrainingError.noSpecies(run: run) }
    return species
  }
}

extension RichSpecies {
  /// As physicists write it in plain letters: `K`, `pi`.
  package var shortName: String {
    switch self {
    case .electron: "e"
    case .muon: "mu"
    case .pion: "pi"
    case .kaon: "K"
    case .proton: "p"
    }
  }
}
