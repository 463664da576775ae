// A small case of the critic's and the generator's step that any program can rebuild: is it the same mathematics?
internal import Adversarial
package import CKernels
internal import NeuralNetworks
internal import TensorGraph

/// What a program finds in the reference case; the names are those of Tests/Fixtures/w1_reference.json.
package struct ReferenceAnswers: Codable {
  package var criticLoss = 0.0
  package var energy = 0.0
  package var penalty = 0.0
  package var generatorLoss = 0.0
  /// Euclidean norms of the gradients, tensor by tensor: weight, bias, weight, ….
  package var criticGradNorms: [Double] = []
  package var generatorGradNorms: [Double] = []
  package var criticLossAfterCriticStep = 0.0
  package var generatorLossAfterBothSteps = 0.0
}

/// The case of Tests/Fixtures/w1_reference.py: eight events, networks of the benchmark's size, all values from a linear
/// congruential generator.
package struct ReferenceCase {
  private static let batch = 8
  private static let sizes = NetworkSizes.large
  private let generator = sizes.generator
  private let critic = sizes.critic
  private let values: [String: Matrix]

  package init() {
    var state: UInt32 = 12345
    var values: [String: Matrix] = [:]
    func draw(_ name: String, _ rows: Int, _ columns: Int, _ scale: Double, offset: Double = 0) {
      values[name] = Matrix(rows: rows, columns: columns) { _, _ in
        state = 1_664_525 &* state &+ 1_013_904_223
        return offset + scale * (2 * (Double(state) / 4_294_967_296) - 1)
      }
    }
    for parameter in generator.parameters + critic.parameters {
      let scale = parameter.rows > 1 ? (6 / Double(parameter.rows)).squareRoot() : 0.1
      draw(parameter.name, parameter.rows, parameter.columns, scale)
    }
    for (name, columns) in [("real", 8), ("c1", 3), ("c2", 3), ("z1", 64), ("z2", 64)] {
      draw(name, Self.batch, columns, 1.5)
    }
    for name in ["w_real", "w1", "w2"] { draw(name, Self.batch, 1, 0.9, offset: 0.7) }
    draw("alpha", Self.batch, 1, 0.5, offset: 0.5)
    self.values = values
  }

  /// Both steps as graphs, with the losses and gradients of each.
  private struct Steps {
    let graph = Graph(batch: batch)
    let critic: CriticLosses
    let criticGradients: [Tensor]
    let generatorLoss: Tensor
    let generatorGradients: [Tensor]

    init(generator: DenseNetwork, critic network: DenseNetwork) throws {
      let graph = graph
      func events(_ noise: String, _ conditions: String, _ weights: String) throws -> WeightedEvents {
        let given = graph.input(conditions, columns: 3)
        let targets = try generator(concatenate([graph.input(noise, columns: 64), given]))
        return WeightedEvents(rows: try concatenate([targets, given]), weights: graph.input(weights, columns: 1))
      }
      let real = WeightedEvents(rows: graph.input("real", columns: 8), weights: graph.input("w_real", columns: 1))
      let (first, second) = (try events("z1", "c1", "w1"), try events("z2", "c2", "w2"))
      let objective = CramerObjective(
        penalty: GradientPenalty(.oneSided), estimator: .diagonal(generatorLoss: .surrogate))
      let batch = AdversarialBatch(
        real: real, first: first, second: second, mixing: graph.input("alpha", columns: 1),
        perturbation: graph.uniform(stream: 9, columns: 8), targets: 5)
      critic = try objective.criticLosses(critic: network, batch, penaltyWeight: graph.constant(10, .scalar))
      criticGradients = try gradient(of: critic.loss, withRespectTo: network.tensors(in: graph))
      generatorLoss = try objective.generatorLoss(critic: network, batch)
      generatorGradients = try gradient(of: generatorLoss, withRespectTo: generator.tensors(in: graph))
    }

    /// The energy and the penalty.
    var criticTerms: [Tensor] { critic.terms.prefix(2).map(\.value) }

    /// Losses and gradients in one list: critic's loss, energy, penalty, generator's loss, then the gradients.
    var all: [Tensor] {
      [critic.loss] + criticTerms + [generatorLoss] + criticGradients + generatorGradients
    }
  }

  /// The answers by the operations' definitions in float64.
  package func answersInFloat64() throws -> ReferenceAnswers {
    let steps = try Steps(generator: generator, critic: critic)
    var values = values
    func compute() -> [Matrix] {
      let graph = steps.graph
      let parameters = (generator.parameters + critic.parameters).map { variable in
        (graph.parameter(variable.name, rows: variable.rows, columns: variable.columns), values[variable.name]!)
      }
      let inputs = ["real", "c1", "c2", "z1", "z2", "w_real", "w1", "w2", "alpha"].map { name in
        (graph.input(name, columns: values[name]!.columns), values[name]!)
      }
      return evaluate(steps.all, bindings: parameters + inputs)
    }
    func update(_ network: DenseNetwork, _ gradients: some Sequence<Matrix>) {
      for (parameter, gradient) in zip(network.parameters, gradients) {
        for (place, g) in gradient.values.enumerated() {
          values[parameter.name]!.values[place] -= 5e-4 * g / ((0.1 * g * g).squareRoot() + 1e-8)
        }
      }
    }
    let results = compute()
    let count = critic.parameters.count
    var answers = ReferenceAnswers(results.prefix(4).map { $0.values[0] })
    answers.criticGradNorms = results[4..<4 + count].map { norm($0.values) }
    answers.generatorGradNorms = results[(4 + count)...].map { norm($0.values) }
    update(critic, results[4..<4 + count])
    answers.criticLossAfterCriticStep = compute()[0].values[0]
    update(generator, results[(4 + count)...])
    answers.generatorLossAfterBothSteps = compute()[3].values[0]
    return answers
  }

  /// The answers of compiled programs.
  package func answersInFloat32(threads: Int, kernels: UnsafePointer<fs_kernels>) throws -> ReferenceAnswers {
    let steps = try Steps(generator: generator, critic: critic)
    let pool = ThreadPool(threads: threads)
    let rule = UpdateRule.rmsprop(decay: 0.9, epsilon: 1e-8)
    let optimisers = (
      critic: Optimiser(rule: rule, scope: "critic"), generator: Optimiser(rule: rule, scope: "generator")
    )
    let variables = Variables(
      generator.parameters + critic.parameters + optimisers.critic.state(of: critic.parameters)
        + optimisers.generator.state(of: generator.parameters))
    for variable in variables.declarations where variable.role == .parameter {
      variables[variable] = values[variable.name]!.values.map(Float.init)
    }
    func program(_ outputs: [(String, Tensor)], _ network: DenseNetwork, _ optimiser: Optimiser, _ gradients: [Tensor])
      throws -> Program
    {
      let program = try Program(
        graph: steps.graph, outputs: outputs + zip(network.parameters, gradients).map { ("d." + $0.name, $1) },
        updates: optimiser.updates(of: network.parameters, gradients), variables: variables, pool: pool,
        kernels: kernels)
      optimiser.prepare(program, rate: 5e-4, update: 0)
      for (name, matrix) in values {
        guard let input = program.input(name) else { continue }
        for (place, value) in matrix.values.enumerated() { input[place] = Float(value) }
      }
      return program
    }
    let criticStep = try program(
      [
        ("loss", steps.critic.loss), ("energy", steps.criticTerms[0]), ("penalty", steps.criticTerms[1]),
      ],
      critic, optimisers.critic, steps.criticGradients)
    let generatorStep = try program(
      [("loss", steps.generatorLoss)], generator, optimisers.generator, steps.generatorGradients)
    func run(_ program: Program) -> Double {
      program.run(seed: 0, step: 0)
      return Double(program.output("loss")[0])
    }
    func norms(_ program: Program, _ network: DenseNetwork) -> [Double] {
      network.parameters.map { norm(program.output("d." + $0.name).map(Double.init)) }
    }

    // Both gradients are taken at the first parameters, so the generator's update waits until the critic's is done.
    let generatorLoss = run(generatorStep)
    let updatedGenerator = generator.parameters.map { variables[$0] }
    let generatorNorms = norms(generatorStep, generator)
    for parameter in generator.parameters { variables[parameter] = values[parameter.name]!.values.map(Float.init) }
    let criticLoss = run(criticStep)
    var answers = ReferenceAnswers([
      criticLoss, Double(criticStep.output("energy")[0]), Double(criticStep.output("penalty")[0]), generatorLoss,
    ])
    (answers.criticGradNorms, answers.generatorGradNorms) = (norms(criticStep, critic), generatorNorms)
    let updatedCritic = critic.parameters.map { variables[$0] }
    answers.criticLossAfterCriticStep = run(criticStep)
    for (parameter, value) in zip(critic.parameters, updatedCritic) { variables[parameter] = value }
    for (parameter, value) in zip(generator.parameters, updatedGenerator) { variables[parameter] = value }
    answers.generatorLossAfterBothSteps = run(generatorStep)
    return answers
  }
}

extension ReferenceAnswers {
  fileprivate init(_ losses: [Double]) {
    (criticLoss, energy, penalty, generatorLoss) = (losses[0], losses[1], losses[2], losses[3])
  }
}

private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
