// The tensors of one minibatch: real events, and two generated batches.
internal import Adversarial
internal import NeuralNetworks
internal import TensorGraph

/// A graph whose inputs a trainer fills: `events`, and `conditions.1` and `conditions.2` where generated events have
/// conditions of their own.
struct Minibatch {
  let graph: Graph
  let events: AdversarialBatch
  /// Noise and conditions of the first generated batch, by which the generator's running moments go: [batch, latent +
  /// conditions].
  let generatorRows: Tensor

  init(_ inputs: ModelInputs, latent: Int, generator: Network, sharesConditions: Bool) throws {
    let graph = Graph(batch: inputs.batch)
    self.graph = graph
    func split(_ rows: Tensor, at column: Int) throws -> (rows: Tensor, weights: Tensor) {
      (
        try rows.columns(0..<column),
        inputs.weighted ? try rows.columns(column..<column + 1) : graph.constant(1, .batch(1))
      )
    }
    let known = inputs.targets + inputs.conditions
    let events = try split(graph.input("events", columns: inputs.eventColumns), at: known)
    func generated(_ name: String, noise: UInt32) throws -> (events: WeightedEvents, from: Tensor) {
      let noise = graph.normal(stream: noise, columns: latent)
      guard inputs.conditions > 0 else {
        // Weights belong to drawn conditions; an event that has none weighs their mean.
        return (WeightedEvents(rows: try generator(noise), weights: graph.constant(1, .batch(1))), noise)
      }
      let (conditions, weights) =
        sharesConditions
        ? (try events.rows.columns(inputs.targets..<known), events.weights)
        : try split(graph.input(name, columns: inputs.conditionColumns), at: inputs.conditions)
      let rows = try concatenate([noise, conditions])
      return (WeightedEvents(rows: try concatenate([generator(rows), conditions]), weights: weights), rows)
    }
    let first = try generated("conditions.1", noise: RandomStream.firstNoise)
    let second = try generated("conditions.2", noise: RandomStream.secondNoise)
    generatorRows = first.from
    self.events = AdversarialBatch(
      real: WeightedEvents(rows: events.rows, weights: events.weights),
      first: first.events, second: second.events,
      mixing: graph.uniform(stream: RandomStream.mixing, columns: 1),
      perturbation: graph.uniform(stream: RandomStream.perturbation, columns: known), targets: inputs.targets)
  }
}
