// Every objective's loss and gradient against central differences, weighted, with conditions, with each penalty.
import Adversarial
import NeuralNetworks
import TensorGraph
import Testing

private let batch = 5

/// Small smooth networks, so that finite differences see no kink.
private struct Game {
  let graph = Graph(batch: batch)
  let critic: DenseNetwork
  let generator = DenseNetwork(name: "generator", inputs: 3, layers: 1, units: 4, outputs: 2, activation: .tanh)
  let batchOfEvents: AdversarialBatch
  let values: [(name: String, tensor: Tensor, value: Matrix)]

  init(outputs: Int, spectral: Bool = false) throws {
    critic = DenseNetwork(
      name: "critic", inputs: 3, layers: 1, units: 4, outputs: outputs, activation: .tanh,
      spectralNormalisation: spectral)
    var state: UInt32 = 99
    func draw(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(rows: rows, columns: columns) { _, _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return 2 * (Double(state) / 4_294_967_296) - 1
      }
    }
    var values: [(name: String, tensor: Tensor, value: Matrix)] = []
    let graph = graph
    func input(_ name: String, _ columns: Int) -> Tensor {
      let tensor = graph.input(name, columns: columns)
      values.append((name, tensor, draw(batch, columns)))
      return tensor
    }
    for variable in critic.parameters + generator.parameters + critic.states {
      values.append(
        (
          variable.name, graph.parameter(variable.name, rows: variable.rows, columns: variable.columns),
          draw(variable.rows, variable.columns)
        ))
    }
    let generator = generator
    func events(_ name: String) throws -> WeightedEvents {
      let conditions = input("c\(name)", 1)
      let targets = try generator(concatenate([input("z\(name)", 2), conditions]))
      return WeightedEvents(rows: try concatenate([targets, conditions]), weights: input("w\(name)", 1))
    }
    batchOfEvents = AdversarialBatch(
      real: WeightedEvents(rows: input("x", 3), weights: input("w", 1)), first: try events("1"),
      second: try events("2"), mixing: input("alpha", 1), perturbation: input("delta", 3), targets: 2)
    self.values = values
  }

  /// The gradient of a loss by a network's parameters against central differences along a few directions of all of them.
  func expectDerivatives(of loss: Tensor, by network: DenseNetwork, _ place: String) throws {
    let gradients = evaluate(
      try gradient(of: loss, withRespectTo: network.tensors(in: graph)), bindings: values.map { ($0.tensor, $0.value) })
    for direction in 0..<4 {
      func component(_ parameter: Int, _ element: Int) -> Double {
        Double((element * 7919 + parameter * 104_729 + direction * 1_299_709) % 1009) / 504 - 1
      }
      func value(_ step: Double) throws -> Double {
        var moved = values
        for (place, parameter) in network.parameters.enumerated() {
          let index = try #require(values.firstIndex { $0.name == parameter.name })
          for element in 0..<parameter.count { moved[index].value.values[element] += step * component(place, element) }
        }
        return evaluate([loss], bindings: moved.map { ($0.tensor, $0.value) })[0].values[0]
      }
      let difference = try (value(1e-5) - value(-1e-5)) / 2e-5
      let computed = gradients.enumerated().reduce(0) { total, gradient in
        gradient.element.values.enumerated().reduce(total) {
          $0 + $1.element * component(gradient.offset, $1.offset)
        }
      }
      #expect(
        (computed - difference).magnitude <= 1e-6 * (1 + difference.magnitude),
        "\(place), direction \(direction): \(computed) against \(difference)")
    }
  }
}

private typealias Case = (name: String, outputs: Int, objective: any Objective)

private let objectives: [Case] = {
  let penalties: [(String, GradientPenalty?)] = [
    ("free", nil), ("two-sided", GradientPenalty(.twoSided)),
    ("two-sided on outputs", GradientPenalty(.twoSided, on: .outputs)),
    ("dragan", GradientPenalty(.dragan(noise: 0.5))),
    ("dragan on outputs", GradientPenalty(.dragan(noise: 0.5), on: .outputs)),
  ]
  return penalties.flatMap { kind, penalty -> [Case] in
    let surrogate = CramerObjective(penalty: penalty, estimator: .diagonal(generatorLoss: .surrogate))
    let full = CramerObjective(penalty: penalty, estimator: .diagonal(generatorLoss: .energyDistance))
    return [
      ("cramer \(kind)", 3, surrogate), ("cramer full \(kind)", 3, full),
      ("cramer pairwise \(kind)", 3, CramerObjective(penalty: penalty, estimator: .pairwise)),
      ("wasserstein \(kind)", 1, WassersteinObjective(penalty: penalty)),
      ("gan saturating \(kind)", 1, LogisticObjective(saturating: true, penalty: penalty)),
      ("gan \(kind)", 1, LogisticObjective(saturating: false, penalty: penalty)),
      ("lsgan \(kind)", 1, LeastSquaresObjective(penalty: penalty)),
    ]
  }
}()

@Suite(.timeLimit(.minutes(20))) struct ObjectiveDerivativeTests {
  @Test(arguments: objectives.indices)
  func anObjectivesGradientsAreThoseOfFiniteDifferences(index: Int) throws {
    let (name, outputs, objective) = objectives[index]
    let game = try Game(outputs: outputs)
    let weight = game.graph.constant(3, .scalar)
    let losses = try objective.criticLosses(critic: game.critic, game.batchOfEvents, penaltyWeight: weight)
    try game.expectDerivatives(of: losses.loss, by: game.critic, "\(name), critic")
    let loss = try objective.generatorLoss(critic: game.critic, game.batchOfEvents)
    try game.expectDerivatives(of: loss, by: game.generator, "\(name), generator")
  }

  @Test
  func theEnergyDistancesGradientIsThatOfFiniteDifferences() throws {
    let game = try Game(outputs: 1)
    try game.expectDerivatives(
      of: EnergyDistanceObjective().generatorLoss(game.batchOfEvents), by: game.generator, "energy distance")
  }

  /// DRAGAN's points, written out: x + α·c·σ·u with σ over all elements of the batch.
  @Test
  func draganTakesTheSlopeAroundRealEvents() throws {
    let game = try Game(outputs: 1)
    let penalty = GradientPenalty(.dragan(noise: 0.5))
    let losses = try WassersteinObjective(penalty: penalty).criticLosses(
      critic: game.critic, game.batchOfEvents, penaltyWeight: game.graph.constant(1, .scalar))
    let batchOfEvents = game.batchOfEvents
    let bindings = game.values.map { ($0.tensor, $0.value) }
    let leaves = evaluate(
      [batchOfEvents.real.rows, batchOfEvents.mixing, batchOfEvents.perturbation], bindings: bindings)
    let (x, alpha, u) = (leaves[0], leaves[1], leaves[2])
    let mean = x.values.reduce(0, +) / Double(x.values.count)
    let sigma = (x.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.values.count)).squareRoot()
    let points = Matrix(rows: batch, columns: 3) { x[$0, $1] + alpha[$0, 0] * 0.5 * sigma * u[$0, $1] }
    let probe = game.graph.input("probe", columns: 3)
    let slopes = try gradient(of: game.critic(probe).sumOfRows(), withRespectTo: [probe])[0].rowNorm()
    let expected = evaluate([slopes], bindings: bindings + [(probe, points)])[0].values
    let value = evaluate([try #require(losses.terms.first { $0.name == "penalty" }).value], bindings: bindings)[0]
    let reference = expected.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } / Double(batch)
    #expect((value.values[0] - reference).magnitude < 1e-6)
  }
}
