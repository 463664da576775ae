// How many tracks a second a model generates, and how many the photon-level simulation makes on the same cores.
internal import Configuration
package import RunStore
internal import Samples
internal import ToyDescriptions
internal import ToySimulation

/// The rates of a model and of the simulation for one number of tracks at once. They depend on the machine and its load and
/// are never stored as results.
package struct ModelSpeed: Sendable {
  /// Tracks of one call.
  package let batch: Int
  /// Tracks a second, the median of several rounds.
  package let model: Double
  package let simulation: Double

  package var ratio: Double { model / simulation }

  private static let rounds = 5

  /// Times a run's generator, from conditions to targets in physical units, against the simulation of the same tracks.
  ///
  /// Both get conditions of the run's species from the toy and make batch after batch, in turns, with the same number of
  /// threads; the compilation of the model's program is not counted.
  /// - Parameters:
  ///   - batches: numbers of tracks at once, 1 or more each.
  ///   - seconds: how long each of the five rounds of each measurement takes at least.
  /// - Throws: ``TrainingError/notDrawable(run:reason:)`` for a model with other conditions than the simulation's.
  package static func measure(
    _ sampler: Sampler, store: RunStore, batches: [Int] = [1, 100, 10_000], seconds: Double = 0.2,
    progress: (Int) -> Void = { _ in }
  ) throws -> [ModelSpeed] {
    let species = try store.species(of: sampler.run)
    let names = sampler.configuration.data.conditions
    guard Set(names) == Set(RichColumns.conditions) else {
      throw TrainingError.notDrawable(
        run: sampler.run,
        reason: "its conditions are not those of the simulation (\(RichColumns.conditions.joined(separator: ", ")))")
    }
    let rows = batches.max() ?? 1
    let table = try RichSimulation(species: species, seed: 1, threads: sampler.engine.threads, purity: 1).table(
      rows: rows)
    let gun = RichGun(species: species, seed: 1, threads: sampler.engine.threads)
    return try batches.map { batch in
      progress(batch)
      let first = try names.map { Array(try table.column($0).values.prefix(batch)) }
      let flights = try RichColumns.conditions.map { Array(try table.column($0).values.prefix(batch)) }
      let generation = try Generation(model: sampler.model, seed: 1, rowsAtOnce: batch)
      func generate() throws {
        let seen = sampler.conditionTransform.forward(columns: first)
        _ = try generation.generate(
          conditions: floatMatrix(columns: seen), rows: batch, series: Generation.samplingSeries,
          transform: sampler.targetTransform)
      }
      func simulate() throws {
        _ = try gun.table(momenta: flights[0], pseudorapidities: flights[1], trackCounts: flights[2])
      }
      try generate()
      try simulate()
      var (model, simulation): ([Double], [Double]) = ([], [])
      for _ in 0..<rounds {
        model.append(try rate(of: batch, seconds: seconds, generate))
        simulation.append(try rate(of: batch, seconds: seconds, simulate))
      }
      return ModelSpeed(batch: batch, model: model.sorted()[rounds / 2], simulation: simulation.sorted()[rounds / 2])
    }
  }

  /// Tracks a second.
  private static func rate(of batch: Int, seconds: Double, _ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let began = clock.now
    var calls = 0
    var elapsed = 0.0
    repeat {
      try work()
      calls += 1
      elapsed = (clock.now - began) / .seconds(1)
    } while elapsed < seconds
    return Double(calls * batch) / elapsed
  }
}
