// How parameters follow their gradients.

/// An optimiser and its learning rate.
package struct OptimiserConfiguration: Sendable, Equatable {
  package enum Rule: Sendable, Equatable {
    /// s ← decay·s + (1 − decay)·g², p ← p − rate·g / (√s + epsilon).
    case rmsprop(decay: Double, epsilon: Double)
    /// Adam (arXiv:1412.6980, algorithm 1).
    case adam(beta1: Double, beta2: Double, epsilon: Double)
  }

  package let rule: Rule
  /// The learning rate, a function of the generator step for both networks.
  package let rate: Schedule
}
