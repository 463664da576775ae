// Programs that look into a run's networks: outputs of all layers, gradient norms, and events of given latent points.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

extension AdversarialModel {
  /// The generator that makes events: the averaged one where there is one.
  var generating: Network { average?.average ?? generator }

  /// The generator's layers on noise, `batch` rows at a time; an output for each of its ``Network/layerNames``.
  func generatorActivations(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let noise = graph.normal(stream: RandomStream.evaluationNoise, columns: latent)
    let values = try generating.layerOutputs(concatenate([noise] + given(graph)))
    return try answering(graph, zip(generating.layerNames, values).map { ($0, $1) })
  }

  /// Events of latent points that are given as the input `latent`, `batch` rows at a time; the output is `generated`.
  func walk(batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let generated = try generating.withRunningMoments(
      concatenate([graph.input("latent", columns: latent)] + given(graph)))
    return try answering(graph, [("generated", generated)])
  }

  /// A critic's layers on `batch` rows of targets and conditions at a time; an output for each of its
  /// ``Network/layerNames``.
  func activations(of critic: Adversary, batch: Int) throws -> Program {
    let graph = Graph(batch: batch)
    let values = try critic.layerOutputs(graph.input("rows", columns: inputs.targets + inputs.conditions))
    return try answering(graph, zip(critic.network.layerNames, values).map { ($0, $1) })
  }

  /// For each network the squared norms of the gradient of its loss, an output for each of its layers.
  ///
  /// Inputs are those of a training step, with the scalars of the penalties' weights.
  func gradients(_ model: ModelConfiguration) throws -> [(network: Network, program: Program)] {
    let losses = try StepLosses(model, inputs: inputs, generator: generator, adversaries: adversaries)
    func norms(_ network: Network, _ loss: Tensor) throws -> (Network, Program) {
      let gradients = try gradient(of: loss, withRespectTo: network.tensors(in: loss.graph))
      let outputs = try network.layerNames.map { layer in
        let squares = try zip(network.parameters, gradients).filter { $0.0.name.hasPrefix(layer + ".") }.map {
          try ($1 * $1).sumOfColumns().sumOfRows()
        }
        return (name: layer, tensor: try squares.dropFirst().reduce(squares[0]) { try $0 + $1 })
      }
      return (network, try answering(loss.graph, outputs))
    }
    return try [norms(generator, losses.generator.part.loss)]
      + zip(adversaries, losses.critics?.parts ?? []).map { try norms($0.network, $1.loss) }
  }
}
