// Translates a config into the engine's types.
internal import Adversarial
internal import Configuration
internal import NeuralNetworks
internal import TensorGraph

extension Activation {
  init(_ activation: NetworkConfiguration.Activation) {
    self =
      switch activation {
      case .relu: .relu
      case .leakyReLU(let slope): .leakyReLU(slope: Float(slope))
      case .tanh: .tanh
      case .sigmoid: .sigmoid
      case .gated: .gated
      }
  }
}

extension DenseNetwork {
  /// The critic of a config.
  init(critic: CriticConfiguration, inputs: Int) {
    self.init(
      name: "critic", inputs: inputs, layers: critic.network.layers, units: critic.network.units,
      outputs: critic.outputs, activation: Activation(critic.network.activation),
      residual: critic.network.residual, spectralNormalisation: critic.normalisation == .spectral)
  }
}

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

/// An objective, with or without a critic.
enum TrainingObjective {
  case adversarial(any Objective)
  case criticFree(any CriticFreeObjective)

  var sharesConditions: Bool {
    switch self {
    case .adversarial(let objective): objective.sharesConditions
    case .criticFree(let objective): objective.sharesConditions
    }
  }
}

/// The objective of a config.
func objective(of model: ModelConfiguration) -> TrainingObjective {
  let penalty = GradientPenalty(model.penalty)
  switch model.objective {
  case .cramer:
    let loss: CramerObjective.GeneratorLoss = model.generatorLoss == .energyDistance ? .energyDistance : .surrogate
    return .adversarial(
      CramerObjective(
        penalty: penalty, estimator: model.estimator == .pairwise ? .pairwise : .diagonal(generatorLoss: loss)))
  case .wasserstein, .wassersteinPenalised: return .adversarial(WassersteinObjective(penalty: penalty))
  case .gan:
    return .adversarial(LogisticObjective(saturating: model.generatorLoss == .saturating, penalty: penalty))
  case .leastSquares: return .adversarial(LeastSquaresObjective(penalty: penalty))
  case .energyDistance: return .criticFree(EnergyDistanceObjective())
  case .histogram: preconditionFailure("a histogram has no loss")
  }
}
