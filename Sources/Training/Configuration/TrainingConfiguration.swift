// The section `training`: how many steps of which size, and the optimisers.

/// The steps of a run.
package struct TrainingConfiguration: Sendable, Equatable {
  /// 0 gives an untrained generator.
  package let epochs: Int
  /// Generator steps in an epoch.
  package let steps: Int
  /// Critic steps before each generator step.
  package let criticSteps: Int
  /// Events in a minibatch.
  package let batch: Int
  /// The optimiser of both networks, unless one has its own.
  package let optimiser: OptimiserConfiguration
  /// The generator's own optimiser.
  package let generatorOptimiser: OptimiserConfiguration?
  /// The critic's own optimiser.
  package let criticOptimiser: OptimiserConfiguration?
  /// The decay, per generator step, of the moving average of the generator's parameters that is judged and shipped in
  /// place of the parameters themselves; 0 for no average.
  package let generatorAverage: Double

  /// The optimiser that the generator follows.
  package var optimiserOfGenerator: OptimiserConfiguration { generatorOptimiser ?? optimiser }
  /// The optimiser that the critic follows.
  package var optimiserOfCritic: OptimiserConfiguration { criticOptimiser ?? optimiser }

  init(_ field: ConfigurationField) throws {
    let section = try field.section([
      "epochs", "steps", "critic_steps", "batch", "optimiser", "generator_optimiser", "critic_optimiser",
      "generator_average",
    ])
    epochs = try section["epochs"].integer(0...1_000_000_000)
    steps = try section["steps"].integer(1...1_000_000_000)
    criticSteps = try section["critic_steps"].given?.integer(1...1000) ?? 5
    batch = try section["batch"].integer(2...10_000_000)
    optimiser = try OptimiserConfiguration(section["optimiser"])
    generatorOptimiser = try section["generator_optimiser"].given.map(OptimiserConfiguration.init)
    criticOptimiser = try section["critic_optimiser"].given.map(OptimiserConfiguration.init)
    generatorAverage = try section["generator_average"].given?.number(.from(0, below: 1)) ?? 0
  }

  var tree: ConfigurationTree {
    .section(
      [
        ("epochs", .integer(epochs)), ("steps", .integer(steps)), ("critic_steps", .integer(criticSteps)),
        ("batch", .integer(batch)), ("optimiser", optimiser.tree),
      ] + ConfigurationTree.optional("generator_optimiser", generatorOptimiser?.tree)
        + ConfigurationTree.optional("critic_optimiser", criticOptimiser?.tree)
        + [("generator_average", .number(generatorAverage))])
  }
}
