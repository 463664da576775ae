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
  /// The columns that the generator is given.
  let conditionNames: [String]
  let weighted: Bool
  let batch: Int
  /// The extents of an event's cells, where the targets are cells.
  var cells: [Int]?
  /// Whether the targets are square roots of energies, of which sums are taken.
  var cellsAreRoots = false

  var conditions: Int { conditionNames.count }
  /// Columns of a real event's row: targets, conditions and, where there are weights, the weight.
  var eventColumns: Int { targets + conditionColumns }
  /// Columns of a condition row: conditions and, where there are weights, the weight.
  var conditionColumns: Int { conditions + (weighted ? 1 : 0) }
}

/// The networks of a config.
final class AdversarialModel: GenerativeModel {
  let inputs: ModelInputs
  let generator: Network
  let generatorOptimiser: Optimiser
  /// The critics and regressions, in the order of their names; none where the objective needs none.
  let adversaries: [Adversary]
  /// The generator whose parameters are averages over the steps; it answers in the trained one's place.
  let average: ParameterAverage?
  let variables: Variables
  /// Trains all critics at once; nil where there are none.
  let criticStep: Program?
  let generatorStep: Program
  let latent: Int
  let engine: Engine
  private var scratch: [Float]

  /// - Throws: `ConfigurationError` where layers do not fit together, `MemoryError` where they take more memory than there
  ///   is.
  init(_ model: ModelConfiguration, training: TrainingConfiguration, inputs: ModelInputs, engine: Engine) throws {
    guard let settings = model.generator else { preconditionFailure("the config of networks has a generator") }
    self.inputs = inputs
    self.engine = engine
    latent = model.latent
    let generator = try Network(generator: settings, latent: model.latent, inputs: inputs)
    let adversaries = try model.critics.enumerated().map {
      try Adversary($1, number: $0, inputs: inputs, optimiser: training.optimiserOfCritic)
    }
    (self.generator, self.adversaries) = (generator, adversaries)
    generatorOptimiser = Optimiser(training.optimiserOfGenerator, scope: "generator")
    average =
      training.generatorAverage > 0
      ? try ParameterAverage(of: generator, name: "average", decay: training.generatorAverage) : nil
    variables = try Variables(
      generator.parameters + adversaries.flatMap(\.network.parameters) + (average?.average.parameters ?? [])
        + generatorOptimiser.state(of: generator.parameters)
        + adversaries.flatMap { $0.optimiser.state(of: $0.network.parameters) }
        + adversaries.flatMap(\.network.states) + generator.states + (average?.average.states ?? []),
      within: MemoryLimit(bytes: engine.memoryLimit))
    scratch = [Float](repeating: 0, count: (generator.parameters + generator.states).map(\.count).max() ?? 0)

    let clipping = training.gradientClipping.map(GradientClipping.init)
    func updates(
      of network: Network, by optimiser: Optimiser, _ loss: Tensor, limit: Double? = nil
    ) throws -> [Update] {
      let gradients = try gradient(of: loss, withRespectTo: network.tensors(in: loss.graph))
      return optimiser.updates(
        of: network.parameters, try clipping.map { try $0(gradients) } ?? gradients, limit: limit.map(Float.init))
    }
    func program(_ batch: Minibatch, _ series: [(name: String, tensor: Tensor)], _ updates: [Update]) throws -> Program
    {
      try Program(
        graph: batch.graph, outputs: series, updates: updates, variables: variables, pool: engine.pool,
        kernels: engine.kernels)
    }
    let variables = variables
    let losses = try StepLosses(model, inputs: inputs, generator: generator, adversaries: adversaries)
    criticStep = try losses.critics.map { batch, parts in
      var changes: [Update] = []
      for (adversary, part) in zip(adversaries, parts) {
        changes += try updates(
          of: adversary.network, by: adversary.optimiser, part.loss, limit: adversary.settings.game?.clip)
        changes += try adversary.network.stateUpdates(adversary.momentRows(batch.events))
      }
      return try program(batch, parts.flatMap(\.series), changes)
    }
    let (batch, part) = losses.generator
    generatorStep = try program(
      batch, part.series,
      updates(of: generator, by: generatorOptimiser, part.loss) + generator.stateUpdates(batch.generatorRows))
  }

  /// SHA-256 of the canonical texts of the steps.
  var programDigest: Digest {
    let critic = criticStep.map { "critic step\n\($0.text)" } ?? ""
    return Digest(of: "fastsim program 1\n\(critic)generator step\n\(generatorStep.text)")
  }

  /// Every trained number of the networks.
  var parameterCount: Int {
    (generator.parameters + adversaries.flatMap(\.network.parameters)).reduce(0) { $0 + $1.count }
  }

  /// The series of a step's values: the critics' first.
  var seriesNames: [String] { (criticStep?.outputNames ?? []) + generatorStep.outputNames }

  /// The critic that tells whole events apart, whose values are an event's.
  var judge: Adversary? { adversaries.first { $0.view == .whole && $0.objective != nil } }

  /// Parameters of the first step, optimiser state zero.
  func initialise(seed: UInt64) {
    for variable in variables.declarations where variable.role == .optimiser {
      variables[variable] = [Float](repeating: 0, count: variable.count)
    }
    func initialise(_ declarations: [Variable], _ stream: UInt32) {
      NeuralNetworks.initialise(declarations, in: variables, seed: seed, firstStream: stream, kernels: engine.kernels)
    }
    initialise(generator.parameters, RandomStream.generatorInitialisation)
    initialise(generator.states, RandomStream.generatorStates)
    for adversary in adversaries {
      initialise(
        adversary.network.parameters, RandomStream.ofCritic(adversary.number, RandomStream.criticInitialisation))
      initialise(adversary.network.states, RandomStream.ofCritic(adversary.number, RandomStream.criticStates))
    }
    average?.reset(in: variables)
  }

  /// - Parameters:
  ///   - program: minimises losses of the critics.
  ///   - step: generator steps done before.
  func setPenaltyWeights(of program: Program, step: Int) {
    for adversary in adversaries {
      guard let game = adversary.settings.game else { continue }
      program.setScalar(adversary.penaltyWeightName, Float(game.penalty.weight.value(at: step)))
    }
  }

  /// Takes the generator's parameters into their average.
  /// - Parameter step: generator steps done before this one.
  func updateAverage(step: Int) {
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let base = scratch.baseAddress else { return }
      average?.update(in: variables, updates: step, kernels: engine.kernels, scratch: base)
    }
  }

  func trainer(_ configuration: Configuration, events: TrainingEvents) -> any Trainer {
    NetworkTrainer(model: self, configuration: configuration, events: events, threads: engine.threads)
  }

  func generator(seed: UInt64, rowsAtOnce: Int?) throws -> any EventGenerator {
    try NetworkGenerator(model: self, seed: seed, rowsAtOnce: rowsAtOnce)
  }

  /// A program that gives a critic's outputs for `batch` rows of targets and conditions at a time.
  func program(of critic: Adversary, batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let rows = graph.input("rows", columns: inputs.targets + inputs.conditions)
    return try answering(graph, [("values", try critic.values(rows))])
  }

  /// A program that compares what latent points make of given conditions with given events, `batch` rows at a time.
  ///
  /// Inputs `latent`, `conditions` and `events`; outputs `errors` |G(z, c) - x|^2 [batch, 1], and `slope`, their derivatives
  /// with respect to z [batch, latent].
  func reconstruction(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let points = graph.input("latent", columns: latent)
    let difference =
      try generating.withRunningMoments(concatenate([points] + given(graph)))
      - graph.input("events", columns: inputs.targets)
    let errors = try (difference * difference).sumOfColumns()
    let slope = try gradient(of: errors.sumOfRows(), withRespectTo: [points])[0]
    return try answering(graph, [("errors", errors), ("slope", slope)])
  }

  /// A program that generates `batch` rows at a time for given conditions.
  func generation(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let noise = graph.normal(stream: RandomStream.evaluationNoise, columns: latent)
    return try answering(
      graph, [("generated", try generating.withRunningMoments(concatenate([noise] + given(graph))))])
  }

  /// The generator's conditions as an input; none for a generator without conditions.
  func given(_ graph: Graph) -> [Tensor] {
    inputs.conditions > 0 ? [graph.input("conditions", columns: inputs.conditions)] : []
  }

  /// A program that trains nothing.
  func answering(_ graph: Graph, _ outputs: [(name: String, tensor: Tensor)]) throws -> Program {
    try Program(graph: graph, outputs: outputs, variables: variables, pool: engine.pool, kernels: engine.kernels)
  }
}
