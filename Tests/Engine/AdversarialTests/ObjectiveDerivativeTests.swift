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

  /// - Parameter inputs: columns that the critic reads.
  init(outputs: Int, inputs: Int = 3, spectral: Bool = false) throws {
    critic = DenseNetwork(
      name: "critic", inputs: inputs, layers: 1, units: 4, outputs: outputs, activation: .tanh,
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

  /// A critic of a function of the event: losses and penalties go through the function.
  @Test(arguments: [
    (EventView.sums([0..<2], ofSquares: false), 1), (.sums([0..<1, 1..<2], ofSquares: false), 2),
    (.sums([0..<1, 1..<2], ofSquares: true), 2), (.columns(1..<2), 1),
    (.profile(Grid([1, 2, 1], channels: 1), ofSquares: false), 2),
    (.profile(Grid([2, 1, 1], channels: 1), ofSquares: true), 1),
  ])
  func aCriticOfAViewHasTheGradientsOfFiniteDifferences(view: EventView, width: Int) throws {
    for scope in [GradientPenalty.Scope.inputs, .outputs] {
      let game = try Game(outputs: 1, inputs: width + 1)
      let objective = WassersteinObjective(penalty: GradientPenalty(.twoSided, on: scope))
      let batch = try game.batchOfEvents.viewed(
        view, mixing: game.batchOfEvents.mixing,
        perturbation: game.batchOfEvents.perturbation.columns(0..<width + 1))
      #expect(batch.targets == width && batch.real.rows.shape == .batch(width + 1))
      let losses = try objective.criticLosses(
        critic: game.critic, batch, penaltyWeight: game.graph.constant(3, .scalar))
      try game.expectDerivatives(of: losses.loss, by: game.critic, "\(view), critic")
      try game.expectDerivatives(
        of: objective.generatorLoss(critic: game.critic, batch), by: game.generator, "\(view), generator")
    }
  }

  @Test
  func aViewIsTheSumsOrColumnsThatItNames() throws {
    let graph = Graph(batch: 1)
    let rows = graph.input("x", columns: 4)
    let x = Matrix(rows: 1, columns: 4, values: [1, 2, -4, 8])
    for (view, values) in [
      (EventView.whole, [1.0, 2, -4, 8]), (.sums([0..<3], ofSquares: false), [-1, 8]),
      (.sums([0..<1, 1..<3], ofSquares: false), [1, -2, 8]), (.sums([0..<1, 1..<3], ofSquares: true), [1, -12, 8]),
      (.columns(1..<3), [2, -4, 8]),
    ] {
      #expect(try evaluate([view(rows, targets: 3)], bindings: [(rows, x)])[0].values == values)
      #expect(view.width(targets: 3) == values.count - 1)
    }
  }

  @Test
  func aProfileIsTheSumOfAllCellsAtEachPlace() throws {
    let graph = Graph(batch: 1)
    let rows = graph.input("x", columns: 13)
    // [2][3][2] cells, and a condition.
    let cells: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, -9, 10, 11, -12]
    let x = Matrix(rows: 1, columns: 13, values: cells + [0.5])
    for ofSquares in [false, true] {
      let energies = cells.map { ofSquares ? $0 * $0.magnitude : $0 }
      let expected = (0..<3).map { place in [0, 1, 6, 7].reduce(0) { $0 + energies[$1 + 2 * place] } }
      let view = EventView.profile(Grid([2, 3, 2], channels: 1), ofSquares: ofSquares)
      #expect(try evaluate([view(rows, targets: 12)], bindings: [(rows, x)])[0].values == expected + [0.5])
      #expect(view.width(targets: 12) == 3)
    }
  }

  /// Estimates of real and of generated events, with each loss.
  @Test(arguments: [RegressionLoss.squared, .absolute, .percentage])
  func anEstimatesErrorHasTheGradientsOfFiniteDifferences(loss: RegressionLoss) throws {
    let game = try Game(outputs: 2, inputs: 2)
    for events in [game.batchOfEvents.real, game.batchOfEvents.first] {
      let estimates = try game.critic(events.rows.columns(0..<2)).columns(1..<2)
      let error = try (loss(estimates, events.rows.columns(2..<3)) * events.weights).meanOverBatch()
      try game.expectDerivatives(of: error, by: game.critic, "\(loss), critic")
      try game.expectDerivatives(of: error, by: game.generator, "\(loss), generator")
    }
    let (y, estimate) = (-0.5, 0.25)
    let graph = Graph(batch: 1)
    let (a, b) = (graph.input("a", columns: 1), graph.input("b", columns: 1))
    let value = evaluate(
      [try loss(a, b)],
      bindings: [(a, Matrix(rows: 1, columns: 1, values: [estimate])), (b, Matrix(rows: 1, columns: 1, values: [y]))])
    let expected = [RegressionLoss.squared: 0.5625, .absolute: 0.75, .percentage: 150][loss]
    #expect((value[0].values[0] - (expected ?? .nan)).magnitude < 1e-12)
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
