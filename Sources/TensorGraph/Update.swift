// What happens to a parameter at the end of a step.
internal import CKernels

/// A rule that moves a parameter against its gradient.
package enum UpdateRule: Sendable {
  /// Hinton's RMSProp: s ← decay·s + (1−decay)·g², p ← p − rate·g/(√s + ε).
  case rmsprop(decay: Float, epsilon: Float)
  /// Adam (arXiv:1412.6980, algorithm 1). The bias corrections 1/(1−βᵗ) are the scalars `correction1` and `correction2`.
  case adam(beta1: Float, beta2: Float, epsilon: Float)

  /// The names of the state tensors that a parameter needs, each in the parameter's shape.
  package var slots: [String] {
    switch self {
    case .rmsprop: ["mean_square"]
    case .adam: ["moment1", "moment2"]
    }
  }

  var text: String {
    switch self {
    case .rmsprop(let decay, let epsilon): "rmsprop(decay=\(bits(decay)),epsilon=\(bits(epsilon)))"
    case .adam(let beta1, let beta2, let epsilon):
      "adam(beta1=\(bits(beta1)),beta2=\(bits(beta2)),epsilon=\(bits(epsilon)))"
    }
  }
}

/// A parameter's update: its gradient, its rule and the names of the step's scalars that the rule reads.
package struct Update {
  package let parameter: String
  package let gradient: Tensor
  package let rule: UpdateRule
  package let rate: Tensor
  package let corrections: [Tensor]

  package init(parameter: String, gradient: Tensor, rule: UpdateRule, rate: Tensor, corrections: [Tensor] = []) {
    (self.parameter, self.gradient, self.rule, self.rate) = (parameter, gradient, rule, rate)
    self.corrections = corrections
  }

  /// The name of a state tensor of the parameter.
  package static func slotName(_ parameter: String, _ slot: String) -> String { "\(parameter).\(slot)" }
}

/// The kernel call of an update.
/// - Parameter locations: of the gradient, the rate and the corrections.
func updateCall(_ update: Update, _ locations: [Location], _ variables: Variables) -> Call {
  let parameter = variables.pointer(update.parameter)
  let slots = update.rule.slots.map { variables.pointer(Update.slotName(update.parameter, $0)) }
  let count = variables.declarations.first { $0.name == update.parameter }?.count ?? 0
  let (gradient, rate) = (locations[0], locations[1])
  let corrections = locations.dropFirst(2).map { $0 }
  let bytes = 4 * count * (3 + 2 * slots.count)
  switch update.rule {
  case .rmsprop(let decay, let epsilon):
    let slot = slots[0]
    return Call(kind: "rmsprop", flops: 10 * count, bytes: bytes) { frame in
      frame.kernels.pointee.rmsprop(
        Int64(count), parameter, gradient.pointer(frame), slot, rate.pointer(frame).pointee, decay, epsilon)
    }
  case .adam(let beta1, let beta2, let epsilon):
    let (first, second) = (slots[0], slots[1])
    return Call(kind: "adam", flops: 15 * count, bytes: bytes) { frame in
      frame.kernels.pointee.adam(
        Int64(count), parameter, gradient.pointer(frame), first, second, rate.pointer(frame).pointee, beta1,
        beta2, epsilon, corrections[0].pointer(frame).pointee, corrections[1].pointer(frame).pointee)
    }
  }
}
