// Bias, activation and mask become part of the matrix product that feeds them.
//
// Before:  %3 = product %x %w      After:  %3 = product(bias,leaky) %x %w %b
//          %4 = add %3 %b
//          %5 = leaky %4
//
// A bias becomes the start of the product's chain, the activation is applied while the tile is still in registers, and
// the backward pass's mask (a gate by the saved activation) is applied as the product with the transposed weights is
// stored. Nothing is fused whose unfused value somebody else reads.

/// The rules of this pass.
let fuseEpilogues: [RewriteRule] = [fuseBias, fuseActivation, fuseGate]

@Sendable private func fuseBias(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let add = operation as? Binary, add.kind == .add else { return nil }
  for (product, bias) in [(0, 1), (1, 0)] where isPrivate(product) {
    guard var fused = inputs[product].operation as? MatrixProduct, !fused.hasBias, fused.epilogue == .none,
      inputs[bias].shape == .fixed(1, inputs[product].shape.columns)
    else { continue }
    fused.hasBias = true
    return try inputs[0].graph.apply(fused, inputs[product].inputs + [inputs[bias]])
  }
  return nil
}

@Sendable private func fuseActivation(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let leaky = operation as? LeakyReLU, isPrivate(0), var fused = inputs[0].operation as? MatrixProduct,
    fused.epilogue == .none
  else { return nil }
  fused.epilogue = .leaky(slope: leaky.slope)
  return try inputs[0].graph.apply(fused, inputs[0].inputs)
}

@Sendable private func fuseGate(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let gate = operation as? Gate, isPrivate(0), var fused = inputs[0].operation as? MatrixProduct,
    fused.epilogue == .none, !fused.hasBias, inputs[0].shape == inputs[1].shape
  else { return nil }
  fused.epilogue = .gate(slope: gate.slope)
  return try inputs[0].graph.apply(fused, inputs[0].inputs + [inputs[1]])
}
