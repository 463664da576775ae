// Values that change with the generator step: learning rates and penalty weights.

/// A value as a function of the generator step, which counts from 0.
///
/// Only the settings stand here; the trainer computes the values.
package enum Schedule: Sendable, Equatable {
  /// The same value at every step. Written as a plain number.
  case constant(Double)
  /// max(minimum, start · factor^(step / every)), continuous in the step.
  case exponential(start: Double, factor: Double, every: Int, minimum: Double)
  /// floor + (start − floor) · exp(−step / scale).
  case decay(start: Double, floor: Double, scale: Double)
  /// start + (end − start) · min(step, steps) / steps.
  case linear(start: Double, end: Double, steps: Int)
  /// limit · (2/π) · atan(step / scale): 0 at first, half the limit at `scale`.
  case arctangent(limit: Double, scale: Double)
}
