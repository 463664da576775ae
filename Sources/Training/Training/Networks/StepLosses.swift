// The losses of the networks' steps, each on a graph of its own.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

/// What a critic step and a generator step minimise. The graphs' inputs are those of ``Minibatch``.
struct StepLosses {
  /// nil where the objective needs no critic.
  let critic: (graph: Graph, losses: CriticLosses)?
  /// The loss has the shape [1, 1].
  let generator: (graph: Graph, loss: Tensor)

  /// - Throws: `ShapeError` where layers do not fit together.
  init(_ model: ModelConfiguration, inputs: ModelInputs, generator: DenseNetwork, critic: DenseNetwork?) throws {
    let objective = objective(of: model)
    func minibatch() throws -> Minibatch {
      try Minibatch(inputs, latent: model.latent, generator: generator, sharesConditions: objective.sharesConditions)
    }
    let batch = try minibatch()
    switch (objective, critic) {
    case (.adversarial(let objective), let critic?):
      let losses = try objective.criticLosses(
        critic: critic, batch.events, penaltyWeight: batch.graph.scalar("penalty_weight"))
      self.critic = (batch.graph, losses)
      let other = try minibatch()
      self.generator = (other.graph, try objective.generatorLoss(critic: critic, other.events))
    case (.criticFree(let objective), _):
      self.critic = nil
      self.generator = (batch.graph, try objective.generatorLoss(batch.events))
    case (.adversarial, nil):
      preconditionFailure("the config of an adversarial objective has a critic")
    }
  }
}
