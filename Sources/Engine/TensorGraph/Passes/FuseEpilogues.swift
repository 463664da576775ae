// Bias, activation and mask become part of the matrix product or convolution that feeds them.
//
// Before:  %3 = product %x %w      After:  %3 = product(bias,leaky) %x %w %b
//          %4 = add %3 %b
//          %5 = leaky %4
//
// A bias becomes the start of the product's chain, the activation is applied while the tile is still in registers, and
// the backward pass's mask (a gate by the saved activation) is applied as the product with the transposed weights is
// stored. The bias of a convolution is one number for each filter, repeated over the cells. Nothing is fused whose
// unfused value somebody else reads.

/// An operation whose kernel can start with a bias and end with an epilogue.
protocol FusableProduct: Operation {
  var hasBias: Bool { get set }
  var epilogue: Epilogue { get set }
  /// Whether the kernel takes a bias and an epilogue in the role that this operation has.
  var takesEpilogue: Bool { get }
  /// Channels of a bias that is repeated over the cells of the output; nil where a bias is as wide as the output.
  var biasColumns: Int? { get }
}

/// The rules of this pass.
let fuseEpilogues: [RewriteRule] = [fuseBias, fuseActivation, fuseGate]

@Sendable private func fuseBias(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let add = operation as? Binary, add.kind == .add else { return nil }
  for (product, bias) in [(0, 1), (1, 0)] where isPrivate(product) {
    guard var fused = inputs[product].operation as? any FusableProduct, fused.takesEpilogue, !fused.hasBias,
      fused.epilogue == .none, inputs[bias].shape == .fixed(1, inputs[product].shape.columns)
    else { continue }
    var row = inputs[bias]
    if let columns = fused.biasColumns, columns != row.shape.columns {
      guard let map = (row.operation as? MapColumns)?.map, map.repeats, map.inputs == columns else { continue }
      row = row.inputs[0]
    }
    fused.hasBias = true
    return try inputs[0].graph.apply(fused, inputs[product].inputs + [row])
  }
  return nil
}

@Sendable private func fuseActivation(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let leaky = operation as? LeakyReLU, isPrivate(0), var fused = inputs[0].operation as? any FusableProduct,
    fused.takesEpilogue, fused.epilogue == .none
  else { return nil }
  fused.epilogue = .leaky(slope: leaky.slope)
  return try inputs[0].graph.apply(fused, inputs[0].inputs)
}

@Sendable private func fuseGate(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let gate = operation as? Gate, isPrivate(0), var fused = inputs[0].operation as? any FusableProduct,
    fused.takesEpilogue, fused.epilogue == .none, !fused.hasBias, inputs[0].shape == inputs[1].shape
  else { return nil }
  fused.epilogue = .gate(slope: gate.slope)
  return try inputs[0].graph.apply(fused, inputs[0].inputs + [inputs[1]])
}
