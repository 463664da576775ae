// Programs that look into a run's networks: outputs of all layers, gradient norms, and events of given latent points.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

extension AdversarialModel {
  /// The generator that makes events: the averaged one where there is one.
  var generating: DenseNetwork { average?.average ?? generator }

  /// The generator's layers on noise, `batch` rows at a time; an output for each of its ``DenseNetwork/layerNames``.
  func generatorActivations(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let noise = graph.normal(stream: RandomStream.evaluationNoise, columns: latent)
    return try program(graph, generating, of: noise)
  }

  /// Events of latent points that are given as the input `latent`, `batch` rows at a time; the output is `generated`.
  func walk(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let generated = try generating(concatenate([graph.input("latent", columns: latent)] + given(graph)))
    return try Program(
      graph: graph, outputs: [("generated", generated)], variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }

  /// A critic's layers on `batch` rows of targets and conditions at a time; an output for each of its
  /// ``DenseNetwork/layerNames``.
  func activations(of critic: DenseNetwork, batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let values = try critic.layerOutputs(graph.input("rows", columns: inputs.targets + inputs.conditions))
    return try Program(
      graph: graph, outputs: zip(critic.layerNames, values).map { ($0, $1) }, variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }

  /// For each network the squared norms of the gradient of its loss, an output for each of its layers.
  ///
  /// Inputs are those of a training step, with the scalar `penalty_weight`.
  func gradients(_ model: ModelConfiguration) throws -> [(network: DenseNetwork, program: Program)] {
    let critic = criticStep?.network
    let losses = try StepLosses(model, inputs: inputs, generator: generator, critic: critic)
    func norms(_ network: DenseNetwork, _ graph: Graph, _ loss: Tensor) throws -> (DenseNetwork, Program) {
      let gradients = try gradient(of: loss, withRespectTo: network.tensors(in: graph))
      let outputs = try network.layerNames.map { layer in
        let squares = try zip(network.parameters, gradients).filter { $0.0.name.hasPrefix(layer + ".") }.map {
          try ($1 * $1).sumOfColumns().sumOfRows()
        }
        return (name: layer, tensor: try squares.dropFirst().reduce(squares[0]) { try $0 + $1 })
      }
      return (
        network,
        try Program(
          graph: graph, outputs: outputs, variables: variables, pool: engine.pool, kernels: engine.kernels)
      )
    }
    var found = [try norms(generator, losses.generator.graph, losses.generator.loss)]
    if let critic, let (graph, losses) = losses.critic { found.append(try norms(critic, graph, losses.loss)) }
    return found
  }

  private func program(_ graph: Graph, _ network: DenseNetwork, of noise: Tensor) throws -> Program {
    let values = try network.layerOutputs(concatenate([noise] + given(graph)))
    return try Program(
      graph: graph, outputs: zip(network.layerNames, values).map { ($0, $1) }, variables: variables, pool: engine.pool,
      kernels: engine.kernels)
  }

  private func given(_ graph: Graph) -> [Tensor] {
    inputs.conditions > 0 ? [graph.input("conditions", columns: inputs.conditions)] : []
  }
}
