// Optimisers: an update rule, its state tensors and the scalars that each step gives it.
internal import CKernels
package import TensorGraph

/// How a network's parameters follow their gradients.
///
///     let optimiser = Optimiser(rule: .rmsprop(decay: 0.9, epsilon: 1e-8), scope: "critic")
///     let updates = optimiser.updates(of: network.parameters, gradients)
package struct Optimiser: Sendable {
  package let rule: UpdateRule
  /// Tells apart the scalars of the optimisers of one program.
  package let scope: String
  /// λ of AdamW; other rules have none.
  package let weightDecay: Double

  /// The name of the learning rate's scalar.
  package let rateName: String
  private let correctionNames: [String]

  package init(rule: UpdateRule, scope: String, weightDecay: Double = 0) {
    (self.rule, self.scope, self.weightDecay) = (rule, scope, weightDecay)
    rateName = "\(scope).rate"
    correctionNames =
      switch rule {
      case .adam: ["\(scope).correction1", "\(scope).correction2"]
      case .adamw: ["\(scope).correction1", "\(scope).correction2", "\(scope).shrink"]
      case .assign, .sgd, .rmsprop, .rmspropInside: []
      }
  }

  /// The state tensors of some parameters.
  package func state(of parameters: [Variable]) -> [Variable] {
    parameters.flatMap { parameter in
      rule.slots.map {
        Variable(
          name: Update.slotName(parameter.name, $0), role: .optimiser, rows: parameter.rows,
          columns: parameter.columns)
      }
    }
  }

  /// The updates of parameters by their gradients, in the same order.
  /// - Parameter limit: where set, parameters are clipped to −limit … limit after each update.
  package func updates(of parameters: [Variable], _ gradients: [Tensor], limit: Float? = nil) -> [Update] {
    zip(parameters, gradients).map { parameter, gradient in
      let graph = gradient.graph
      return Update(
        parameter: parameter.name, gradient: gradient, rule: rule, rate: graph.scalar(rateName),
        corrections: correctionNames.map(graph.scalar), limit: limit)
    }
  }

  /// Sets a program's scalars for the update with the given number.
  /// - Parameter update: counts this optimiser's updates from 0.
  package func prepare(_ program: Program, rate: Double, update: Int) {
    program.setScalar(rateName, Float(rate))
    switch rule {
    case .adam(let beta1, let beta2, _), .adamw(let beta1, let beta2, _):
      program.setScalar(correctionNames[0], correction(beta1, update))
      program.setScalar(correctionNames[1], correction(beta2, update))
      if correctionNames.count > 2 { program.setScalar(correctionNames[2], Float(1 - rate * weightDecay)) }
    case .assign, .sgd, .rmsprop, .rmspropInside: break
    }
  }

  private func correction(_ beta: Float, _ update: Int) -> Float {
    Float(1 / (1 - fs_pow(Double(beta), Double(update + 1))))
  }
}
