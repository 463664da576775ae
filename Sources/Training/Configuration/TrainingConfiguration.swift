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

  /// The optimiser that the generator follows.
  package var optimiserOfGenerator: OptimiserConfiguration { generatorOptimiser ?? optimiser }
  /// The optimiser that the critic follows.
  package var optimiserOfCritic: OptimiserConfiguration { criticOptimiser ?? optimiser }
}
