// Translates a config's objectives and optimisers into the engine's types.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

extension Optimiser {
  init(_ optimiser: OptimiserConfiguration, scope: String) {
    let weightDecay: Double = if case .adamw(_, _, _, let decay) = optimiser.rule { decay } else { 0 }
    self.init(rule: UpdateRule(optimiser.rule), scope: scope, weightDecay: weightDecay)
  }
}

extension UpdateRule {
  init(_ rule: OptimiserConfiguration.Rule) {
    self =
      switch rule {
      case .sgd(let momentum): .sgd(momentum: Float(momentum))
      case .rmsprop(let decay, let epsilon, .outside): .rmsprop(decay: Float(decay), epsilon: Float(epsilon))
      case .rmsprop(let decay, let epsilon, .inside): .rmspropInside(decay: Float(decay), epsilon: Float(epsilon))
      case .adam(let beta1, let beta2, let epsilon):
        .adam(beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon))
      case .adamw(let beta1, let beta2, let epsilon, _):
        .adamw(beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon))
      }
  }
}

extension GradientClipping {
  init(_ clipping: GradientClippingConfiguration) {
    self =
      switch clipping {
      case .norm(let limit): .norm(Float(limit))
      case .value(let limit): .value(Float(limit))
      }
  }
}

extension GradientPenalty {
  /// nil where there is no penalty.
  init?(_ penalty: PenaltyConfiguration) {
    let kind: Kind
    switch penalty.kind {
    case .oneSided: kind = .oneSided
    case .twoSided: kind = .twoSided
    case .dragan: kind = .dragan(noise: Float(penalty.noise ?? 0))
    case .none: return nil
    }
    self.init(kind, on: penalty.scope == .outputs ? .outputs : .inputs)
  }
}

/// The objective of a critic; nil for one without.
func playedObjective(_ game: ObjectiveConfiguration) -> (any Objective)? {
  let penalty = GradientPenalty(game.penalty)
  switch game.objective {
  case .cramer:
    let loss: CramerObjective.GeneratorLoss = game.generatorLoss == .energyDistance ? .energyDistance : .surrogate
    return CramerObjective(
      penalty: penalty, estimator: game.estimator == .pairwise ? .pairwise : .diagonal(generatorLoss: loss))
  case .wasserstein, .wassersteinPenalised: return WassersteinObjective(penalty: penalty)
  case .gan: return LogisticObjective(saturating: game.generatorLoss == .saturating, penalty: penalty)
  case .leastSquares: return LeastSquaresObjective(penalty: penalty)
  case .energyDistance, .histogram, .meanShower: return nil
  }
}
