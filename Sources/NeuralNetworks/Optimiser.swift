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

  /// The name of the learning rate's scalar.
  package let rateName: String
  private let correctionNames: [String]

  package init(rule: UpdateRule, scope: String) {
    (self.rule, self.scope) = (rule, scope)
    rateName = "\(scope).rate"
    correctionNames = if case .adam = rule { ["\(scope).correction1", "\(scope).correction2"] } else { [] }
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
  package func updates(of parameters: [Variable], _ gradients: [Tensor]) -> [Update] {
    zip(parameters, gradients).map { parameter, gradient in
      let graph = gradient.graph
      return Update(
        parameter: parameter.name, gradient: gradient, rule: rule, rate: graph.scalar(rateName),
        corrections: correctionNames.map(graph.scalar))
    }
  }

  /// Sets a program's scalars for the update with the given number.
  /// - Parameter update: counts this optimiser's updates from 0.
  package func prepare(_ program: Program, rate: Double, update: Int) {
    program.setScalar(rateName, Float(rate))
    guard case .adam(let beta1, let beta2, _) = rule else { return }
    program.setScalar(correctionNames[0], correction(beta1, update))
    program.setScalar(correctionNames[1], correction(beta2, update))
  }

  private func correction(_ beta: Float, _ update: Int) -> Float {
    Float(1 / (1 - fs_pow(Double(beta), Double(update + 1))))
  }
}
