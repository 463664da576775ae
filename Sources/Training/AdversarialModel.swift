// A run's networks, with the critic's step, the generator's step and plain generation compiled for its batch.
internal import Adversarial
internal import CKernels
internal import Digests
internal import NeuralNetworks
internal import TensorGraph

/// The sizes that come from the data and not from the config's `model` section.
struct ModelInputs: Equatable {
  let targets: Int
  let conditions: Int
  let weighted: Bool
  let batch: Int

  /// Columns of a real event's row: targets, conditions and, where there are weights, the weight.
  var eventColumns: Int { targets + conditionColumns }
  /// Columns of a condition row: conditions and, where there are weights, the weight.
  var conditionColumns: Int { conditions + (weighted ? 1 : 0) }
}

/// The conditional, weighted networks of a config.
final class AdversarialModel {
  let inputs: ModelInputs
  let generator: DenseNetwork
  let critic: DenseNetwork
  /// The generator whose parameters are averages over the steps; it answers in the trained one's place.
  private let average: ParameterAverage?
  let generatorOptimiser: Optimiser
  let criticOptimiser: Optimiser
  let variables: Variables
  let criticStep: Program
  let generatorStep: Program
  private let latent: Int
  private let engine: Engine
  private var scratch: [Float]

  /// - Throws: `ShapeError` where layers do not fit together.
  init(_ model: ModelConfiguration, training: TrainingConfiguration, inputs: ModelInputs, engine: Engine) throws {
    self.inputs = inputs
    self.engine = engine
    latent = model.latent
    generator = DenseNetwork(
      name: "generator", inputs: model.latent + inputs.conditions, layers: model.generator.layers,
      units: model.generator.units, outputs: inputs.targets, activation: Activation(model.generator.activation),
      residual: model.generator.residual)
    critic = DenseNetwork(
      name: "critic", inputs: inputs.targets + inputs.conditions, layers: model.critic.layers,
      units: model.critic.units, outputs: model.criticOutputs, activation: Activation(model.critic.activation),
      residual: model.critic.residual)
    generatorOptimiser = Optimiser(rule: UpdateRule(training.optimiserOfGenerator.rule), scope: "generator")
    criticOptimiser = Optimiser(rule: UpdateRule(training.optimiserOfCritic.rule), scope: "critic")
    average =
      training.generatorAverage > 0
      ? ParameterAverage(of: generator, name: "average", decay: training.generatorAverage) : nil
    variables = Variables(
      generator.parameters + critic.parameters + (average?.average.parameters ?? [])
        + generatorOptimiser.state(of: generator.parameters)
        + criticOptimiser.state(of: critic.parameters))

    scratch = [Float](repeating: 0, count: generator.parameters.map(\.count).max() ?? 0)
    let objective = objective(of: model)
    let minibatch = try Minibatch(inputs, latent: latent, generator: generator, objective: objective)
    let losses = try objective.criticLosses(
      critic: critic, minibatch.events, penaltyWeight: minibatch.graph.scalar("penalty_weight"))
    criticStep = try Program(
      graph: minibatch.graph,
      outputs: [("critic_loss", losses.loss)] + losses.terms.map { ($0.name, $0.value) },
      updates: criticOptimiser.updates(
        of: critic.parameters, gradient(of: losses.loss, withRespectTo: critic.tensors(in: minibatch.graph))),
      variables: variables, pool: engine.pool, kernels: engine.kernels)

    let other = try Minibatch(inputs, latent: latent, generator: generator, objective: objective)
    let loss = try objective.generatorLoss(critic: critic, other.events)
    generatorStep = try Program(
      graph: other.graph, outputs: [("generator_loss", loss)],
      updates: generatorOptimiser.updates(
        of: generator.parameters, gradient(of: loss, withRespectTo: generator.tensors(in: other.graph))),
      variables: variables, pool: engine.pool, kernels: engine.kernels)
  }

  /// SHA-256 of the canonical texts of both steps: the run's program digest.
  var programDigest: Digest {
    Digest(of: "fastsim program 1\ncritic step\n\(criticStep.text)generator step\n\(generatorStep.text)")
  }

  /// Every trained number of both networks.
  var parameterCount: Int { (generator.parameters + critic.parameters).reduce(0) { $0 + $1.count } }

  /// Parameters of the first step, optimiser state zero.
  func initialise(seed: UInt64) {
    for variable in variables.declarations where variable.role == .optimiser {
      variables[variable] = [Float](repeating: 0, count: variable.count)
    }
    initialiseGlorot(
      generator.parameters, in: variables, seed: seed, firstStream: RandomStream.generatorInitialisation,
      kernels: engine.kernels)
    initialiseGlorot(
      critic.parameters, in: variables, seed: seed, firstStream: RandomStream.criticInitialisation,
      kernels: engine.kernels)
    average?.reset(in: variables)
  }

  /// Takes the generator's parameters into their average.
  /// - Parameter step: generator steps done before this one.
  func updateAverage(step: Int) {
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let base = scratch.baseAddress else { return }
      average?.update(in: variables, updates: step, kernels: engine.kernels, scratch: base)
    }
  }

  /// A program that gives the critic's output for `batch` rows of targets and conditions at a time.
  func criticProgram(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let rows = graph.input("rows", columns: inputs.targets + inputs.conditions)
    return try Program(
      graph: graph, outputs: [("values", try critic(rows))], variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }

  /// A program that generates `batch` rows at a time for given conditions.
  func generation(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let noise = graph.normal(stream: RandomStream.evaluationNoise, columns: latent)
    let given = inputs.conditions > 0 ? [graph.input("conditions", columns: inputs.conditions)] : []
    let generated = try (average?.average ?? generator)(concatenate([noise] + given))
    return try Program(
      graph: graph, outputs: [("generated", generated)], variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }
}

/// The tensors of one minibatch: real events, and two generated batches.
private struct Minibatch {
  let graph: Graph
  let events: AdversarialBatch

  init(_ inputs: ModelInputs, latent: Int, generator: DenseNetwork, objective: any Objective) throws {
    let graph = Graph(batch: inputs.batch)
    self.graph = graph
    func split(_ rows: Tensor, at column: Int) throws -> (rows: Tensor, weights: Tensor) {
      (
        try rows.columns(0..<column),
        inputs.weighted ? try rows.columns(column..<column + 1) : graph.constant(1, .batch(1))
      )
    }
    let known = inputs.targets + inputs.conditions
    let events = try split(graph.input("events", columns: inputs.eventColumns), at: known)
    func generated(_ name: String, noise: UInt32) throws -> WeightedEvents {
      let noise = graph.normal(stream: noise, columns: latent)
      guard inputs.conditions > 0 else {
        // Weights belong to drawn conditions; an event that has none weighs their mean.
        return WeightedEvents(rows: try generator(noise), weights: graph.constant(1, .batch(1)))
      }
      let (conditions, weights) =
        objective.sharesConditions
        ? (try events.rows.columns(inputs.targets..<known), events.weights)
        : try split(graph.input(name, columns: inputs.conditionColumns), at: inputs.conditions)
      let values = try generator(concatenate([noise, conditions]))
      return WeightedEvents(rows: try concatenate([values, conditions]), weights: weights)
    }
    self.events = AdversarialBatch(
      real: WeightedEvents(rows: events.rows, weights: events.weights),
      first: try generated("conditions.1", noise: RandomStream.firstNoise),
      second: try generated("conditions.2", noise: RandomStream.secondNoise),
      mixing: graph.uniform(stream: RandomStream.mixing, columns: 1))
  }
}
