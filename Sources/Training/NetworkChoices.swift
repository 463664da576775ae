// From the words of a config to the engine's types.
internal import Adversarial
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

extension UpdateRule {
  init(_ rule: OptimiserConfiguration.Rule) {
    self =
      switch rule {
      case .rmsprop(let decay, let epsilon): .rmsprop(decay: Float(decay), epsilon: Float(epsilon))
      case .adam(let beta1, let beta2, let epsilon):
        .adam(beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon))
      }
  }
}

/// The objective of a config.
func objective(of model: ModelConfiguration) -> any Objective {
  let penalty: GradientPenalty? =
    switch model.penalty.kind {
    case .oneSided: .oneSided
    case .twoSided: .twoSided
    case .none: nil
    }
  return switch model.objective {
  case .cramer:
    CramerObjective(
      penalty: penalty, generatorLoss: model.generatorLoss == .energyDistance ? .energyDistance : .surrogate)
  case .wassersteinPenalised: WassersteinObjective(penalty: penalty)
  case .gan: LogisticObjective(saturating: model.generatorLoss == .saturating)
  case .leastSquares: LeastSquaresObjective()
  }
}
