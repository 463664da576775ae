// What happens to a parameter at the end of a step.
internal import CKernels

/// A rule that moves a parameter against its gradient.
package enum UpdateRule: Sendable {
  /// The parameter becomes the "gradient" itself: how a step leaves a state to the next one.
  case assign
  /// v ← momentum·v + g, p ← p − rate·v.
  case sgd(momentum: Float)
  /// Hinton's RMSProp: s ← decay·s + (1−decay)·g², p ← p − rate·g/(√s + ε).
  case rmsprop(decay: Float, epsilon: Float)
  /// The same with p ← p − rate·g/√(s + ε), as TensorFlow 1 has it.
  case rmspropInside(decay: Float, epsilon: Float)
  /// AdamW (arXiv:1711.05101): p ← (1 − rate·λ)·p, then Adam. The factor is the third correction.
  case adamw(beta1: Float, beta2: Float, epsilon: Float)
  /// Adam (arXiv:1412.6980, algorithm 1). The bias corrections 1/(1−βᵗ) are the scalars `correction1` and
  /// `correction2`.
  case adam(beta1: Float, beta2: Float, epsilon: Float)

  /// The names of the state tensors that a parameter needs, each in the parameter's shape.
  package var slots: [String] {
    switch self {
    case .assign: []
    case .sgd(let momentum): momentum > 0 ? ["velocity"] : []
    case .rmsprop, .rmspropInside: ["mean_square"]
    case .adam, .adamw: ["moment1", "moment2"]
    }
  }

  var text: String {
    switch self {
    case .assign: "assign"
    case .sgd(let momentum): "sgd(momentum=\(bits(momentum)))"
    case .rmsprop(let decay, let epsilon): "rmsprop(decay=\(bits(decay)),epsilon=\(bits(epsilon)))"
    case .rmspropInside(let decay, let epsilon): "rmsprop_inside(decay=\(bits(decay)),epsilon=\(bits(epsilon)))"
    case .adamw(let beta1, let beta2, let epsilon):
      "adamw(beta1=\(bits(beta1)),beta2=\(bits(beta2)),epsilon=\(bits(epsilon)))"
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
  /// Where set, each element is clipped to −limit … limit after the update.
  package let limit: Float?

  package init(
    parameter: String, gradient: Tensor, rule: UpdateRule, rate: Tensor, corrections: [Tensor] = [],
    limit: Float? = nil
  ) {
    (self.parameter, self.gradient, self.rule, self.rate) = (parameter, gradient, rule, rate)
    (self.corrections, self.limit) = (corrections, limit)
  }

  /// The tensors that the update reads.
  var operands: [Tensor] { [gradient, rate] + corrections }

  /// The rule and the limit, exact to the bit.
  var text: String { rule.text + (limit.map { ",limit=\(bits($0))" } ?? "") }

  /// The name of a state tensor of the parameter.
  package static func slotName(_ parameter: String, _ slot: String) -> String { "\(parameter).\(slot)" }
}

/// The kernel call of an update.
/// - Parameter locations: of the gradient, the rate and the corrections.
func updateCall(_ update: Update, _ locations: [TensorMemory], _ variables: Variables) -> Call {
  let parameter = variables.pointer(update.parameter)
  let count = variables.declarations.first { $0.name == update.parameter }?.count ?? 0
  let call = ruleCall(update, parameter, count, locations, variables)
  guard let limit = update.limit else { return call }
  return Call(kind: call.kind, flops: call.flops + 2 * count, bytes: call.bytes + 8 * count) { tile in
    call.run(tile)
    tile.kernels.pointee.clip(Int64(count), parameter, limit)
  }
}

private func ruleCall(
  _ update: Update, _ parameter: UnsafeMutablePointer<Float>, _ count: Int, _ locations: [TensorMemory],
  _ variables: Variables
) -> Call {
  let slots = update.rule.slots.map { variables.pointer(Update.slotName(update.parameter, $0)) }
  let (gradient, rate) = (locations[0], locations[1])
  let corrections = locations.dropFirst(2).map { $0 }
  let (length, bytes) = (Int64(count), 4 * count * (3 + 2 * slots.count))
  switch update.rule {
  case .assign:
    return Call(kind: "assign", bytes: 8 * count) { tile in
      let source = fs_view(data: UnsafePointer(gradient.pointer(tile)), row_stride: 0, col_stride: 1)
      tile.kernels.pointee.unary(Int32(FS_COPY), 1, length, source, parameter, 0)
    }
  case .sgd(let momentum):
    let slot = slots.first
    return Call(kind: "sgd", flops: 4 * count, bytes: bytes) { tile in
      tile.kernels.pointee.momentum(
        length, parameter, gradient.pointer(tile), slot, rate.pointer(tile).pointee, momentum)
    }
  case .rmsprop(let decay, let epsilon):
    let slot = slots[0]
    return Call(kind: "rmsprop", flops: 10 * count, bytes: bytes) { tile in
      tile.kernels.pointee.rmsprop(
        length, parameter, gradient.pointer(tile), slot, rate.pointer(tile).pointee, decay, epsilon)
    }
  case .rmspropInside(let decay, let epsilon):
    let slot = slots[0]
    return Call(kind: "rmsprop", flops: 10 * count, bytes: bytes) { tile in
      tile.kernels.pointee.rmsprop_inside(
        length, parameter, gradient.pointer(tile), slot, rate.pointer(tile).pointee, decay, epsilon)
    }
  case .adam(let beta1, let beta2, let epsilon), .adamw(let beta1, let beta2, let epsilon):
    let (first, second) = (slots[0], slots[1])
    let shrink = corrections.count > 2 ? corrections[2] : nil
    return Call(kind: "adam", flops: 15 * count, bytes: bytes) { tile in
      if let shrink {
        let view = fs_view(data: UnsafePointer(parameter), row_stride: 0, col_stride: 1)
        tile.kernels.pointee.affine(1, length, shrink.pointer(tile).pointee, 0, view, parameter, 0)
      }
      tile.kernels.pointee.adam(
        length, parameter, gradient.pointer(tile), first, second, rate.pointer(tile).pointee, beta1, beta2, epsilon,
        corrections[0].pointer(tile).pointee, corrections[1].pointer(tile).pointee)
    }
  }
}
