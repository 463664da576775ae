// Quantities of generated events that are compared with those of real events.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

/// A part of the generator's loss without a network: how far sums of a generated event's targets are from those of the
/// real event of the same conditions.
struct Comparison {
  private let name: String
  private let view: EventView
  private let loss: RegressionLoss
  private let weight: Float

  /// - Throws: `ConfigurationError` where the sums are not of so many targets.
  init(_ settings: ComparisonConfiguration, inputs: ModelInputs) throws {
    name = settings.name
    loss = RegressionLoss(settings.loss)
    weight = Float(settings.weight)
    view = try EventView(settings.view, inputs: inputs, problem: settings.problem)
  }

  func loss(_ batch: AdversarialBatch) throws -> NetworkLoss {
    let generated = try view.values(batch.first.rows, targets: batch.targets)
    let real = try view.values(batch.real.rows, targets: batch.targets)
    let error = try (loss(generated, real) * batch.real.weights).meanOverBatch()
    return NetworkLoss(loss: try weight * error, series: [("comparison.\(name)", error)])
  }
}
