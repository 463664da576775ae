// Sums over the batch that are added together become one sum, and products summed over a row one dot product.
//
// Before:  %7 = product_tn %h %d        After:  %9 = product_tn %h %d %q %e
//          %8 = product_tn %q %e
//          %9 = add %7 %8
//
// A weight that several batches go through (the critic sees real, generated and interpolated events) has one gradient
// buffer, whose chains run through all of them, instead of one each and additions afterwards.

internal import CKernels

/// The rules of this pass.
let mergeReductions: [RewriteRule] = [mergeSums, fuseRowDot, sumCells]

@Sendable private func mergeSums(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let add = operation as? Binary, add.kind == .add, isPrivate(0), isPrivate(1),
    inputs[0].shape == inputs[1].shape
  else { return nil }
  let sources = inputs[0].inputs + inputs[1].inputs
  guard sources.allSatisfy({ $0.shape.isBatch }) else { return nil }
  // A kernel call takes so many operands and no more.
  let pairs = inputs[0].operation is SumRows ? sources.count : sources.count / 2
  guard pairs <= FS_MOST_FACTORS else { return nil }
  if inputs[0].operation is SumOfProducts, inputs[1].operation is SumOfProducts {
    return try inputs[0].graph.apply(SumOfProducts(), sources)
  }
  if let first = inputs[0].operation as? Convolve, let second = inputs[1].operation as? Convolve,
    first.role == .weights, second.role == .weights, first.geometry == second.geometry
  {
    return try inputs[0].graph.apply(first, sources)
  }
  if inputs[0].operation is SumRows, inputs[1].operation is SumRows {
    return try inputs[0].graph.apply(SumRows(), sources)
  }
  return nil
}

@Sendable private func fuseRowDot(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let sum = operation as? SumColumns, !sum.ofProducts, isPrivate(0),
    let product = inputs[0].operation as? Binary, product.kind == .multiply
  else { return nil }
  return try inputs[0].graph.apply(SumColumns(ofProducts: true), inputs[0].inputs)
}

/// The sum over the rows and then over the cells of each channel, for biases and for means of channels.
@Sendable private func sumCells(_ operation: any Operation, _ inputs: [Tensor], _ isPrivate: (Int) -> Bool) throws
  -> Tensor?
{
  guard let map = (operation as? MapColumns)?.map, isPrivate(0), inputs[0].operation is SumRows,
    inputs[0].inputs.allSatisfy({ $0.shape.isBatch }), let cells = map.sumsRepeats, cells > 1
  else { return nil }
  return try inputs[0].graph.apply(SumCells(cells: cells), inputs[0].inputs)
}
