// The work that is measured: one critic step of the weighted, conditional Cramér GAN with a gradient penalty.
internal import Adversarial
internal import CKernels
internal import NeuralNetworks
internal import TensorGraph

/// The sizes of the two networks.
struct NetworkSizes: Sendable {
  var targets = 5
  var conditions = 3
  var latent = 64
  var layers = 10
  var units = 128
  var criticOutputs = 256

  /// 67 → 10 × 128 → 5 and 8 → 10 × 128 → 256.
  static let large = NetworkSizes()
  /// Three layers of 64 units, where what is not arithmetic counts.
  static let small = NetworkSizes(layers: 3, units: 64)

  var generator: DenseNetwork { network("generator", latent + conditions, targets) }
  var critic: DenseNetwork { network("critic", targets + conditions, criticOutputs) }

  private func network(_ name: String, _ inputs: Int, _ outputs: Int) -> DenseNetwork {
    DenseNetwork(
      name: name, inputs: inputs, layers: layers, units: units, outputs: outputs,
      activation: .leakyReLU(slope: 0.01))
  }

  /// The least floating-point operations of a critic step for one row: two passes through the generator; the critic
  /// forward, its weights' and its inputs' gradients on three batches; for the penalty forward, the input's gradient,
  /// the tangent forward and its weights' gradients, and the backward pass. No input gradient below the first layer.
  var leastOperations: Int {
    func products(_ network: DenseNetwork) -> Int {
      zip(network.sizes, network.sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let first = (targets + conditions) * units
    return 2 * (2 * products(generator) + 3 * (3 * products(critic) - first) + 6 * products(critic) - first)
  }
}

/// The critic step of a pair of networks for one batch size.
final class CriticStep: MeasuredStep {
  let sizes: NetworkSizes
  let batch: Int
  let program: Program
  let variables: Variables

  init(_ sizes: NetworkSizes, batch: Int, pool: ThreadPool, kernels: UnsafePointer<fs_kernels>) throws {
    (self.sizes, self.batch) = (sizes, batch)
    let (generator, critic) = (sizes.generator, sizes.critic)
    let optimiser = Optimiser(rule: .rmsprop(decay: 0.9, epsilon: 1e-8), scope: "critic")
    variables = Variables(generator.parameters + critic.parameters + optimiser.state(of: critic.parameters))
    initialise(generator.parameters, in: variables, seed: 1, firstStream: 1000, kernels: kernels)
    initialise(critic.parameters, in: variables, seed: 1, firstStream: 2000, kernels: kernels)

    let graph = Graph(batch: batch)
    let width = sizes.targets + sizes.conditions
    func generated(_ name: String, stream: UInt32) throws -> WeightedEvents {
      let row = graph.input(name, columns: sizes.conditions + 1)
      let conditions = try row.columns(0..<sizes.conditions)
      let values = try generator(
        concatenate([graph.normal(stream: stream, columns: sizes.latent), conditions]))
      return WeightedEvents(
        rows: try concatenate([values, conditions]),
        weights: try row.columns(sizes.conditions..<sizes.conditions + 1))
    }
    let events = graph.input("events", columns: width + 1)
    let objective = CramerObjective(
      penalty: GradientPenalty(.oneSided), estimator: .diagonal(generatorLoss: .surrogate))
    let losses = try objective.criticLosses(
      critic: critic,
      AdversarialBatch(
        real: WeightedEvents(rows: events.columns(0..<width), weights: events.columns(width..<width + 1)),
        first: generated("conditions.1", stream: 4), second: generated("conditions.2", stream: 5),
        mixing: graph.uniform(stream: 6, columns: 1), perturbation: graph.uniform(stream: 9, columns: width),
        targets: sizes.targets), penaltyWeight: graph.scalar("penalty_weight"))
    program = try Program(
      graph: graph, outputs: [("critic_loss", losses.loss)],
      updates: optimiser.updates(
        of: critic.parameters, gradient(of: losses.loss, withRespectTo: critic.tensors(in: graph))),
      variables: variables, pool: pool, kernels: kernels)
    optimiser.prepare(program, rate: 5e-4, update: 0)
    program.setScalar("penalty_weight", 10)
    fill(kernels)
  }

  /// Events and conditions of unit scale; weights of mean 1, some of them negative, as s-weights are.
  private func fill(_ kernels: UnsafePointer<fs_kernels>) {
    for (stream, name, columns) in [
      (UInt32(10), "events", sizes.targets + sizes.conditions + 1), (11, "conditions.1", sizes.conditions + 1),
      (12, "conditions.2", sizes.conditions + 1),
    ] {
      guard let rows = program.input(name) else { continue }
      kernels.pointee.normal(1, stream, 0, 0, Int64(batch * columns), rows)
      for row in 0..<batch { rows[row * columns + columns - 1] = 1 + 0.5 * rows[row * columns + columns - 1] }
    }
  }

  var leastOperations: Int { sizes.leastOperations * batch }
  let loss = "critic_loss"
}
