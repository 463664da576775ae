// A run's networks, with the critic's step, the generator's step and plain generation compiled for its batch.
internal import Adversarial
internal import CKernels
internal import Configuration
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

/// A compiled step that trains one network.
struct NetworkStep {
  let network: DenseNetwork
  let optimiser: Optimiser
  let program: Program
}

/// The networks of a config.
final class AdversarialModel: GenerativeModel {
  let inputs: ModelInputs
  let generator: DenseNetwork
  /// The generator whose parameters are averages over the steps; it answers in the trained one's place.
  let average: ParameterAverage?
  let variables: Variables
  /// nil where the objective needs no critic.
  let criticStep: NetworkStep?
  let generatorStep: NetworkStep
  let latent: Int
  let engine: Engine
  private var scratch: [Float]

  /// - Throws: `ShapeError` where layers do not fit together, `MemoryError` where they take more memory than there is.
  init(_ model: ModelConfiguration, training: TrainingConfiguration, inputs: ModelInputs, engine: Engine) throws {
    guard let settings = model.generator else { preconditionFailure("the config of networks has a generator") }
    self.inputs = inputs
    self.engine = engine
    latent = model.latent
    let generator = DenseNetwork(
      name: "generator", inputs: model.latent + inputs.conditions, layers: settings.layers,
      units: settings.units, outputs: inputs.targets, activation: Activation(settings.activation),
      residual: settings.residual)
    self.generator = generator
    let critic = model.critic.map { DenseNetwork(critic: $0, inputs: inputs.targets + inputs.conditions) }
    let generatorOptimiser = Optimiser(training.optimiserOfGenerator, scope: "generator")
    let criticOptimiser = Optimiser(training.optimiserOfCritic, scope: "critic")
    average =
      training.generatorAverage > 0
      ? ParameterAverage(of: generator, name: "average", decay: training.generatorAverage) : nil
    let criticParameters = critic?.parameters ?? []
    variables = try Variables(
      generator.parameters + criticParameters + (average?.average.parameters ?? [])
        + generatorOptimiser.state(of: generator.parameters)
        + criticOptimiser.state(of: criticParameters) + (critic?.states ?? []),
      within: MemoryLimit(bytes: engine.memoryLimit))
    scratch = [Float](repeating: 0, count: generator.parameters.map(\.count).max() ?? 0)

    let clipping = training.gradientClipping.map(GradientClipping.init)
    let variables = variables
    func step(
      _ network: DenseNetwork, _ optimiser: Optimiser, _ graph: Graph, loss: Tensor,
      outputs: [(name: String, tensor: Tensor)], limit: Double? = nil
    ) throws -> NetworkStep {
      let gradients = try gradient(of: loss, withRespectTo: network.tensors(in: graph))
      let updates = optimiser.updates(
        of: network.parameters, try clipping.map { try $0(gradients) } ?? gradients, limit: limit.map(Float.init))
      return NetworkStep(
        network: network, optimiser: optimiser,
        program: try Program(
          graph: graph, outputs: outputs, updates: updates + network.stateUpdates(in: graph), variables: variables,
          pool: engine.pool, kernels: engine.kernels))
    }

    let losses = try StepLosses(model, inputs: inputs, generator: generator, critic: critic)
    if let critic, let (graph, losses) = losses.critic {
      criticStep = try step(
        critic, criticOptimiser, graph, loss: losses.loss,
        outputs: [("critic_loss", losses.loss)] + losses.terms.map { ($0.name, $0.value) }, limit: model.clip)
    } else {
      criticStep = nil
    }
    let (graph, loss) = losses.generator
    generatorStep = try step(
      generator, generatorOptimiser, graph, loss: loss, outputs: [("generator_loss", loss)])
  }

  /// SHA-256 of the canonical texts of the steps.
  var programDigest: Digest {
    let critic = criticStep.map { "critic step\n\($0.program.text)" } ?? ""
    return Digest(of: "fastsim program 1\n\(critic)generator step\n\(generatorStep.program.text)")
  }

  /// Every trained number of the networks.
  var parameterCount: Int {
    (generator.parameters + (criticStep?.network.parameters ?? [])).reduce(0) { $0 + $1.count }
  }

  /// The series of a step's values: the critic's first.
  var seriesNames: [String] { (criticStep?.program.outputNames ?? []) + generatorStep.program.outputNames }

  /// Parameters of the first step, optimiser state zero.
  func initialise(seed: UInt64) {
    for variable in variables.declarations where variable.role == .optimiser {
      variables[variable] = [Float](repeating: 0, count: variable.count)
    }
    NeuralNetworks.initialise(
      generator.parameters, in: variables, seed: seed, firstStream: RandomStream.generatorInitialisation,
      kernels: engine.kernels)
    if let critic = criticStep?.network {
      NeuralNetworks.initialise(
        critic.parameters, in: variables, seed: seed, firstStream: RandomStream.criticInitialisation,
        kernels: engine.kernels)
      NeuralNetworks.initialise(
        critic.states, in: variables, seed: seed, firstStream: RandomStream.criticStates, kernels: engine.kernels)
    }
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

  func trainer(_ configuration: Configuration, events: [Float]) -> any Trainer {
    NetworkTrainer(model: self, configuration: configuration, events: events)
  }

  func generator(seed: UInt64, rowsAtOnce: Int?) throws -> any EventGenerator {
    try NetworkGenerator(model: self, seed: seed, rowsAtOnce: rowsAtOnce)
  }

  /// A program that gives a critic's output for `batch` rows of targets and conditions at a time.
  func program(of critic: DenseNetwork, batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let rows = graph.input("rows", columns: inputs.targets + inputs.conditions)
    return try Program(
      graph: graph, outputs: [("values", try critic(rows))], variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }

  /// A program that compares what latent points make of given conditions with given events, `batch` rows at a time.
  ///
  /// Inputs `latent`, `conditions` and `events`; outputs `errors` |G(z, c) - x|^2 [batch, 1], and `slope`, their derivatives
  /// with respect to z [batch, latent].
  func reconstruction(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let points = graph.input("latent", columns: latent)
    let given = inputs.conditions > 0 ? [graph.input("conditions", columns: inputs.conditions)] : []
    let difference =
      try (average?.average ?? generator)(concatenate([points] + given))
      - graph.input("events", columns: inputs.targets)
    let errors = try (difference * difference).sumOfColumns()
    let slope = try gradient(of: errors.sumOfRows(), withRespectTo: [points])[0]
    return try Program(
      graph: graph, outputs: [("errors", errors), ("slope", slope)], variables: variables, pool: engine.pool,
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
