// Every objective's values and gradients against PyTorch in float64 (Tests/Fixtures/gan_losses).
import Adversarial
import CKernels
import Foundation
import NeuralNetworks
import TensorGraph
import TestSupport
import Testing

private struct Case: Decodable {
  struct Layer: Decodable {
    let weight: [[Double]]
    let bias: [Double]
    init(from decoder: any Decoder) throws {
      var parts = try decoder.unkeyedContainer()
      weight = try parts.decode([[Double]].self)
      bias = try parts.decode([Double].self)
    }
  }
  struct Result: Decodable {
    let name: String
    let value: Double
    let criticGrads: [Values?]?
    let generatorGrads: [Values?]?
  }
  /// A vector or a matrix, flattened by rows.
  struct Values: Decodable {
    let flat: [Double]
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      flat = try (try? container.decode([Double].self)) ?? container.decode([[Double]].self).flatMap { $0 }
    }
  }
  let critic1: [Layer]
  let critic4: [Layer]
  let generator: [Layer]
  let xReal, condReal, z1, z2, cond1, cond2: [[Double]]
  let alpha, wReal, w1, w2: Values
  let gpSlopes: [Double]
  let results: [Result]

  static func load() throws -> Case {
    let data = try Data(contentsOf: fixture("gan_losses/case.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Case.self, from: data)
  }

  func result(_ name: String) throws -> Result { try #require(results.first { $0.name == name }) }
}

private func matrix(_ rows: [[Double]]) -> Matrix {
  Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
}

private func network(_ name: String, _ layers: [Case.Layer]) -> DenseNetwork {
  DenseNetwork(
    name: name, inputs: layers[0].weight.count, layers: layers.count - 1, units: layers[0].bias.count,
    outputs: layers[layers.count - 1].bias.count, activation: .leakyReLU(slope: 0.2))
}

/// The fixture's networks and batch as a graph, with float64 values for every leaf.
private struct Setting {
  let graph: Graph
  let critic: DenseNetwork
  let generator: DenseNetwork
  let real: WeightedEvents
  let first: WeightedEvents
  let second: WeightedEvents
  let mixing: Tensor
  let bindings: [(Tensor, Matrix)]
  let values: Case

  /// - Parameter scalar: takes the critic with one output in place of that with four.
  init(weighted: Bool, scalar: Bool = false) throws {
    values = try Case.load()
    let values = values
    let criticLayers = scalar ? values.critic1 : values.critic4
    let batch = values.xReal.count
    let graph = Graph(batch: batch)
    self.graph = graph
    critic = network("critic", criticLayers)
    generator = network("generator", values.generator)
    var bindings: [(Tensor, Matrix)] = []
    func input(_ name: String, _ value: Matrix) -> Tensor {
      let tensor = graph.input(name, columns: value.columns)
      bindings.append((tensor, value))
      return tensor
    }
    func weights(_ name: String, _ value: Case.Values) -> Tensor {
      weighted
        ? input(name, Matrix(rows: batch, columns: 1, values: value.flat)) : graph.constant(1, .batch(1))
    }
    let conditions = [input("cond1", matrix(values.cond1)), input("cond2", matrix(values.cond2))]
    let noise = [input("z1", matrix(values.z1)), input("z2", matrix(values.z2))]
    let generator = generator
    let fakes = try zip(noise, conditions).map { noise, conditions in
      try concatenate([generator(concatenate([noise, conditions])), conditions])
    }
    real = WeightedEvents(
      rows: try concatenate([input("x", matrix(values.xReal)), input("c", matrix(values.condReal))]),
      weights: weights("w", values.wReal))
    first = WeightedEvents(rows: fakes[0], weights: weights("w1", values.w1))
    second = WeightedEvents(rows: fakes[1], weights: weights("w2", values.w2))
    mixing = input("alpha", Matrix(rows: batch, columns: 1, values: values.alpha.flat))
    for (network, layers) in [(critic, criticLayers), (generator, values.generator)] {
      for (place, tensor) in network.tensors(in: graph).enumerated() {
        let layer = layers[place / 2]
        bindings.append(
          (
            tensor,
            place % 2 == 0 ? matrix(layer.weight) : Matrix(rows: 1, columns: layer.bias.count, values: layer.bias)
          ))
      }
    }
    self.bindings = bindings
  }

  var batch: AdversarialBatch {
    AdversarialBatch(
      real: real, first: first, second: second, mixing: mixing,
      perturbation: graph.uniform(stream: 9, columns: real.rows.shape.columns), targets: values.xReal[0].count)
  }

  var energy: PairwiseEnergy {
    get throws {
      try PairwiseEnergy(
        real: critic(real.rows), weights: real.weights, generated: critic(first.rows), weights: first.weights)
    }
  }

  func criticLosses(_ objective: some Objective) throws -> CriticLosses {
    try objective.criticLosses(critic: critic, batch, penaltyWeight: graph.scalar("weight"))
  }

  func expect(_ name: String, is loss: Tensor, sign: Double = 1, tolerance: Double = 1e-7) throws {
    let expected = try values.result(name)
    let value = evaluate([loss], bindings: bindings)[0].values[0]
    close(sign * value, expected.value, name, tolerance)
    for (network, gradients) in [(critic, expected.criticGrads), (generator, expected.generatorGrads)] {
      guard let gradients else { continue }
      let computed = evaluate(try gradient(of: loss, withRespectTo: network.tensors(in: graph)), bindings: bindings)
      for (tensor, reference) in zip(computed, gradients) {
        // The reference omits what a loss does not depend on.
        guard let reference else {
          #expect(tensor.values.allSatisfy { $0.magnitude <= 1e-12 })
          continue
        }
        #expect(tensor.values.count == reference.flat.count)
        for (a, b) in zip(tensor.values, reference.flat) {
          close(sign * a, b, "\(name), gradient of \(network.name)", tolerance)
        }
      }
    }
  }

  private func close(_ a: Double, _ b: Double, _ place: String, _ tolerance: Double) {
    #expect((a - b).magnitude <= tolerance * (0.1 + b.magnitude), "\(place): \(a) against \(b)")
  }
}

@Suite(.timeLimit(.minutes(20))) struct LossFixtureTests {
  @Test(arguments: [false, true])
  func theSurrogateEnergyAndItsGradients(weighted: Bool) throws {
    let setting = try Setting(weighted: weighted)
    let losses = try setting.criticLosses(
      CramerObjective(penalty: nil, estimator: .diagonal(generatorLoss: .surrogate)))
    try setting.expect(
      weighted ? "cramer_surrogate_diag_weighted" : "cramer_surrogate_diag",
      is: try #require(losses.terms.first { $0.name == "energy" }).value)
    try setting.expect(
      weighted ? "cramer_surrogate_diag_weighted" : "cramer_surrogate_diag", is: losses.loss, sign: -1)
  }

  @Test
  func theGeneratorsFullEnergyDistance() throws {
    let setting = try Setting(weighted: false)
    let objective = CramerObjective(penalty: nil, estimator: .diagonal(generatorLoss: .energyDistance))
    let loss = try objective.generatorLoss(critic: setting.critic, setting.batch)
    try setting.expect("cramer_generator_full_diag", is: loss)
  }

  @Test
  func thePenaltyOnTheWitnessAndItsSecondDerivatives() throws {
    let setting = try Setting(weighted: true)
    let losses = try setting.criticLosses(
      CramerObjective(penalty: GradientPenalty(.oneSided), estimator: .diagonal(generatorLoss: .surrogate)))
    try setting.expect("cramer_gp_one_sided", is: try #require(losses.terms.first { $0.name == "penalty" }).value)
  }

  @Test(arguments: [false, true])
  func theLogisticCriticsLoss(weighted: Bool) throws {
    let setting = try Setting(weighted: weighted, scalar: true)
    let losses = try setting.criticLosses(LogisticObjective(saturating: false))
    try setting.expect(weighted ? "vanilla_D_weighted" : "vanilla_D", is: losses.loss)
  }

  @Test(arguments: [false, true])
  func theLogisticGeneratorsLoss(saturating: Bool) throws {
    let setting = try Setting(weighted: false, scalar: true)
    let loss = try LogisticObjective(saturating: saturating).generatorLoss(critic: setting.critic, setting.batch)
    try setting.expect(saturating ? "vanilla_G_saturating" : "vanilla_G_nonsaturating", is: loss)
  }

  @Test(arguments: [false, true])
  func theWassersteinCriticsLoss(weighted: Bool) throws {
    let setting = try Setting(weighted: weighted, scalar: true)
    let losses = try setting.criticLosses(WassersteinObjective(penalty: nil))
    try setting.expect(weighted ? "wgan_critic_weighted" : "wgan_critic", is: losses.loss)
  }

  @Test
  func theWassersteinGeneratorsLoss() throws {
    let setting = try Setting(weighted: false, scalar: true)
    let loss = try WassersteinObjective(penalty: nil).generatorLoss(critic: setting.critic, setting.batch)
    try setting.expect("wgan_G", is: loss)
  }

  @Test(arguments: [
    ("gp_one_sided", GradientPenalty(.oneSided)), ("gp_two_sided", GradientPenalty(.twoSided)),
    ("gp_two_sided_x_only", GradientPenalty(.twoSided, on: .outputs)),
  ])
  func thePenaltyOnTheWassersteinCriticAndItsSecondDerivatives(name: String, penalty: GradientPenalty) throws {
    let setting = try Setting(weighted: true, scalar: true)
    let losses = try setting.criticLosses(WassersteinObjective(penalty: penalty))
    let value = try #require(losses.terms.first { $0.name == "penalty" }).value
    try setting.expect(name, is: value)
    let slope = try #require(losses.terms.first { $0.name == "slope" }).value
    if penalty.scope == .inputs {
      let mean = setting.values.gpSlopes.reduce(0, +) / Double(setting.values.gpSlopes.count)
      // The fixture's own tolerance.
      let difference = evaluate([slope], bindings: setting.bindings)[0].values[0] - mean
      #expect(difference.magnitude < 1e-8 + 1e-7 * mean.magnitude)
    }
  }

  /// The fixture divides by sums of the weights; the objectives don't, so the denominators are the test's.
  @Test(arguments: ["energy_V_weighted", "energy_U_weighted"])
  func theWeightedEnergyOverAllPairsAndItsGradients(name: String) throws {
    let setting = try Setting(weighted: true)
    let (w, v) = (setting.values.wReal.flat, setting.values.w1.flat)
    func denominator(_ weights: [Double]) -> Float {
      let sum = weights.reduce(0, +)
      let squares = weights.reduce(0) { $0 + $1 * $1 }
      return Float(name == "energy_V_weighted" ? sum * sum : sum * sum - squares)
    }
    let energy = try setting.energy
    func scaled(_ factor: Float, _ sum: Tensor) throws -> Tensor {
      try sum / setting.graph.constant(factor, .scalar)
    }
    let loss =
      try 2 * scaled(Float(w.reduce(0, +) * v.reduce(0, +)), energy.between)
      - scaled(denominator(w), energy.withinReal) - scaled(denominator(v), energy.withinGenerated)
    // Constants of a graph are float32.
    try setting.expect(name, is: loss, tolerance: 2e-6)
  }

  @Test
  func theEnergyDistanceWithoutACriticAndItsGradients() throws {
    let setting = try Setting(weighted: false)
    try setting.expect(
      "energy_U_generator_only", is: EnergyDistanceObjective().generatorLoss(setting.batch), tolerance: 2e-6)
  }

  /// Closed form: with weights of mean 1 the denominators are those of the batch size, whatever the weights add up to.
  @Test
  func thePairwiseEstimatorIsDividedByTheBatchAlone() throws {
    let setting = try Setting(weighted: true)
    let losses = try setting.criticLosses(CramerObjective(penalty: nil, estimator: .pairwise))
    let energy = try setting.energy
    let generator = try CramerObjective(penalty: nil, estimator: .pairwise).generatorLoss(
      critic: setting.critic, setting.batch)
    let values = evaluate(
      [losses.terms[0].value, losses.loss, generator, energy.between, energy.withinReal, energy.withinGenerated],
      bindings: setting.bindings
    ).map { $0.values[0] }
    let expected = 2 * values[3] / 36 - (values[4] + values[5]) / 30
    for value in [values[0], -values[1], values[2]] { #expect((value - expected).magnitude < 1e-6) }
  }

  /// Closed form: the derivative of ½(d − t)² is (d − t), through a critic that is one linear layer.
  @Test
  func theLeastSquaresLossesOfALinearCritic() throws {
    let graph = Graph(batch: 2)
    let critic = DenseNetwork(name: "critic", inputs: 1, layers: 0, units: 1, outputs: 1, activation: .linear)
    let (x, g, w) = (graph.input("x", columns: 1), graph.input("g", columns: 1), graph.input("w", columns: 1))
    let batch = AdversarialBatch(
      real: WeightedEvents(rows: x, weights: w), first: WeightedEvents(rows: g, weights: w),
      second: WeightedEvents(rows: g, weights: w), mixing: graph.uniform(stream: 1, columns: 1),
      perturbation: graph.uniform(stream: 2, columns: 1), targets: 1)
    let (weight, bias) = (critic.tensors(in: graph)[0], critic.tensors(in: graph)[1])
    let bindings = [
      (x, Matrix(rows: 2, columns: 1, values: [2, -1])), (g, Matrix(rows: 2, columns: 1, values: [0.5, 3])),
      (w, Matrix(rows: 2, columns: 1, values: [1.5, -0.5])), (weight, Matrix(rows: 1, columns: 1, values: [0.7])),
      (bias, Matrix(rows: 1, columns: 1, values: [0.2])),
    ]
    let objective = LeastSquaresObjective()
    let losses = try objective.criticLosses(critic: critic, batch, penaltyWeight: graph.scalar("weight"))
    let generator = try objective.generatorLoss(critic: critic, batch)
    let slope = try gradient(of: losses.loss, withRespectTo: [weight])[0]
    let values = evaluate([losses.loss, generator, slope], bindings: bindings).map { $0.values[0] }

    var expected = [0.0, 0.0, 0.0]
    for (x, g, w) in [(2.0, 0.5, 1.5), (-1.0, 3.0, -0.5)] {
      let (real, fake) = (0.7 * x + 0.2, 0.7 * g + 0.2)
      expected[0] += w * ((real - 1) * (real - 1) + fake * fake) / 4
      expected[1] += w * (fake - 1) * (fake - 1) / 4
      expected[2] += w * ((real - 1) * x + fake * g) / 2
    }
    for (value, reference) in zip(values, expected) { #expect((value - reference).magnitude < 1e-12) }
  }
}
