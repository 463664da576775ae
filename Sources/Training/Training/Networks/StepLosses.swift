// The losses of the networks' steps, each on a graph of its own.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

/// What one network minimises, with what is worth a series; all of shape [1, 1].
struct NetworkLoss {
  let loss: Tensor
  let series: [(name: String, tensor: Tensor)]
}

/// What the critics' step and the generator's step minimise. The graphs' inputs are those of ``Minibatch``.
struct StepLosses {
  /// One loss for each adversary, in their order; nil where the objective needs none.
  let critics: (batch: Minibatch, parts: [NetworkLoss])?
  let generator: (batch: Minibatch, part: NetworkLoss)

  /// - Throws: `ShapeError` where layers do not fit together, `ConfigurationError` where sums are not of the targets.
  init(_ model: ModelConfiguration, inputs: ModelInputs, generator: Network, adversaries: [Adversary]) throws {
    let shares =
      model.objective != .energyDistance && adversaries.allSatisfy { $0.objective?.sharesConditions ?? true }
    func minibatch() throws -> Minibatch {
      try Minibatch(inputs, latent: model.latent, generator: generator, sharesConditions: shares)
    }
    let batch = try minibatch()
    guard !adversaries.isEmpty else {
      critics = nil
      let loss = try EnergyDistanceObjective().generatorLoss(batch.events)
      self.generator = (batch, NetworkLoss(loss: loss, series: [("generator_loss", loss)]))
      return
    }
    critics = (batch, try adversaries.map { try $0.criticLoss(batch.events) })
    let other = try minibatch()
    let parts =
      try adversaries.map { try $0.generatorLoss(other.events) }
      + model.comparisons.map { try Comparison($0, inputs: inputs).loss(other.events) }
    let loss = try parts.dropFirst().reduce(parts[0].loss) { try $0 + $1.loss }
    self.generator = (
      other, NetworkLoss(loss: loss, series: [("generator_loss", loss)] + parts.flatMap(\.series))
    )
  }
}
