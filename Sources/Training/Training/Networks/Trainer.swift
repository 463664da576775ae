// The training loop: steps, one after the other, from any state, with every loss kept.
internal import CKernels
internal import Configuration
internal import NeuralNetworks
internal import RunStore
internal import TensorGraph

/// The values of every series at consecutive generator steps.
package struct StepTraces: Equatable {
  /// The generator step, from 1, of the first value.
  package let firstStep: Int
  package private(set) var series: [(name: String, values: [Double])]

  package init(firstStep: Int, names: [String]) {
    self.firstStep = firstStep
    series = names.map { ($0, []) }
  }

  init(firstStep: Int, series: [(name: String, values: [Double])]) {
    (self.firstStep, self.series) = (firstStep, series)
  }

  package var count: Int { series.first?.values.count ?? 0 }

  package mutating func append(_ values: [Double]) {
    for index in series.indices { series[index].values.append(values[index]) }
  }

  /// The mean of each series, its values added in the order of the steps.
  package var means: [(name: String, value: Double)] {
    series.map { ($0.name, meanOverSteps($0.values)) }
  }

  package static func == (a: StepTraces, b: StepTraces) -> Bool {
    a.firstStep == b.firstStep
      && a.series.elementsEqual(b.series) { one, other in
        one.name == other.name && one.values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
      }
  }
}

/// Runs generator steps.
final class NetworkTrainer: Trainer {
  private let model: AdversarialModel
  let seriesNames: [String]
  private let configuration: Configuration
  private let events: TrainingEvents
  private let conditions: [Float]
  private let threads: Int
  private var indices: [Int64]
  private var values: [Double]

  /// - Parameters:
  ///   - events: training rows of targets, conditions and weight, as the networks see them.
  ///   - threads: how many gather cells.
  init(model: AdversarialModel, configuration: Configuration, events: TrainingEvents, threads: Int) {
    self.model = model
    self.configuration = configuration
    self.events = events
    self.threads = threads
    conditions = events.conditionRows(targets: model.inputs.targets)
    indices = [Int64](repeating: 0, count: model.inputs.batch)
    seriesNames = model.seriesNames
    values = [Double](repeating: 0, count: seriesNames.count)
  }

  var rowsPerStep: Int { (configuration.training.criticSteps + 1) * configuration.training.batch }

  /// One generator step with the critic steps before it.
  ///
  /// - Parameter step: generator steps done before, from 0.
  /// - Returns: the means of the critics' losses over its steps, where there are any, and the generator's losses.
  func run(step: Int) throws -> [Double] {
    let training = configuration.training
    let ofCritics = model.criticStep?.outputNames.count ?? 0
    if let critic = model.criticStep { try trainCritics(critic, step: step, series: ofCritics) }
    let program = model.generatorStep
    model.generatorOptimiser.prepare(
      program, rate: training.optimiserOfGenerator.rate.value(at: step), update: step)
    try run(program, draw: step * (training.criticSteps + 1) + training.criticSteps)
    model.updateAverage(step: step)
    for index in ofCritics..<values.count { values[index] = Double(program.output(seriesNames[index])[0]) }
    return values
  }

  /// - Parameter series: how many of the first values are the critics'.
  private func trainCritics(_ program: Program, step: Int, series: Int) throws {
    let training = configuration.training
    model.setPenaltyWeights(of: program, step: step)
    for index in 0..<series { values[index] = 0 }
    for criticStep in 0..<training.criticSteps {
      for adversary in model.adversaries {
        let rate = adversary.settings.rate ?? training.optimiserOfCritic.rate
        adversary.optimiser.prepare(
          program, rate: rate.value(at: step), update: step * training.criticSteps + criticStep)
      }
      try run(program, draw: step * (training.criticSteps + 1) + criticStep)
      for index in 0..<series { values[index] += Double(program.output(seriesNames[index])[0]) }
    }
    for index in 0..<series { values[index] /= Double(training.criticSteps) }
  }

  private func run(_ program: Program, draw: Int) throws {
    try fill(program, draw: draw)
    program.run(seed: configuration.seed, step: UInt64(draw))
  }

  /// Fills a minibatch: the events and both sets of conditions run through permutations of the training rows of their own.
  /// - Parameter draw: minibatches filled before this one, from 0.
  /// - Throws: `SampleError` where the file of the cells cannot be read any more.
  func fill(_ program: Program, draw: Int) throws {
    if let destination = program.input("events") {
      choose(RandomStream.realEvents, draw)
      try events.gather(indices, to: destination, threads: threads)
    }
    let columns = Int64(model.inputs.conditionColumns)
    for (name, stream) in [
      ("conditions.1", RandomStream.firstConditions), ("conditions.2", RandomStream.secondConditions),
    ] {
      guard let destination = program.input(name) else { continue }
      choose(stream, draw)
      fs_gather_rows(Int64(indices.count), columns, conditions, columns, indices, destination)
    }
  }

  /// The training rows of a stream's minibatch.
  private func choose(_ stream: UInt32, _ draw: Int) {
    let batch = Int64(indices.count)
    fs_permuted_indices(
      configuration.seed, stream, UInt64(events.rowCount), UInt64(draw) &* UInt64(batch), batch, &indices)
  }
}
