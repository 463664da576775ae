// Sums over all pairs of rows of two batches. The distances exist in tiles alone, so memory grows with the batch and not
// with its square.
internal import CKernels

/// For each row x_i the sum over all rows j of v_j |x_i − y_j|; shape [batch, 1].
///
/// Inputs: x [batch, n], y [batch, n], v [batch, 1]. The derivative at x_i = y_j is that of a cone's tip: zero.
struct PairSums: Operation {
  static var examples: [OperationExample] {
    [
      OperationExample("pair sums", differentiableTwice: false) { x, y, _, _ in
        try weightedDistances(from: x, to: y.tanh(), weights: x.columns(1..<2) * y.columns(0..<1))
      },
      OperationExample("pair sums within a batch", differentiableTwice: false) { x, _, _, row in
        let points = try x * row
        return try weightedDistances(from: points, to: points, weights: x.graph.constant(0.5, .batch(1)))
      },
    ]
  }

  var text: String { "pair_sums" }
  var needsDenseInputs: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? { PairSums.fits(inputs) ? .batch(1) : nil }
  func readsWholeBatch(_ input: Int) -> Bool { input > 0 }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    let (x, y, v) = (inputs[0], inputs[1], inputs[2])
    // A distance is the same from both sides, so that rows and columns change places.
    return [
      try upstream * x.graph.apply(PairDirections(), [x, y, v]),
      try v * x.graph.apply(PairDirections(), [y, x, upstream]),
      try x.graph.apply(PairSums(), [y, x, upstream]),
    ]
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (x, y, v) = (inputs[0], inputs[1], inputs[2])
    return Matrix(rows: x.rows, columns: 1) { row, _ in
      (0..<y.rows).reduce(0) { $0 + v[$1, 0] * distance(x, row, y, $1) }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (x, y, v, output, columns) = (
      operands.inputs[0], operands.inputs[1], operands.inputs[2], operands.output,
      Int64(operands.inputShapes[0].columns)
    )
    let batch = Int64(operands.batch)
    return { tile in
      tile.kernels.pointee.pair_sums(
        Int64(output.rows(tile)), batch, columns, x.pointer(tile), x.stride, y.wholeBatch, y.stride,
        fs_view(data: v.wholeBatch, row_stride: v.stride, col_stride: 1), output.pointer(tile), output.stride)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    boundedProduct(batch, batch, 3 * inputs[0].columns + 3)
  }

  fileprivate static func fits(_ inputs: [Shape]) -> Bool {
    inputs.allSatisfy(\.isBatch) && inputs[0].columns == inputs[1].columns && inputs[2].columns == 1
  }
}

/// For each row x_i the sum over all rows j of v_j (x_i − y_j) / |x_i − y_j|, zero where they are equal; shape [batch, n].
///
/// The derivative of `PairSums`. It has none of its own: no gradient penalty goes through a sum over pairs.
struct PairDirections: Operation {
  static var examples: [OperationExample] { [] }

  var text: String { "pair_directions" }
  var needsDenseInputs: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? { PairSums.fits(inputs) ? inputs[0] : nil }
  func readsWholeBatch(_ input: Int) -> Bool { input > 0 }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    throw GraphError.notDifferentiable("the derivative of pair_sums")
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (x, y, v) = (inputs[0], inputs[1], inputs[2])
    return Matrix(rows: x.rows, columns: x.columns) { row, column in
      (0..<y.rows).reduce(0) { sum, other in
        let distance = distance(x, row, y, other)
        return distance > 0 ? sum + v[other, 0] / distance * (x[row, column] - y[other, column]) : sum
      }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (x, y, v, output, columns) = (
      operands.inputs[0], operands.inputs[1], operands.inputs[2], operands.output, Int64(operands.columns)
    )
    let batch = Int64(operands.batch)
    return { tile in
      tile.kernels.pointee.pair_directions(
        Int64(output.rows(tile)), batch, columns, x.pointer(tile), x.stride, y.wholeBatch, y.stride,
        fs_view(data: v.wholeBatch, row_stride: v.stride, col_stride: 1), output.pointer(tile), output.stride)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    boundedProduct(batch, batch, 6 * inputs[0].columns + 2)
  }
}

private func distance(_ x: Matrix, _ row: Int, _ y: Matrix, _ other: Int) -> Double {
  (0..<x.columns).reduce(0) { sum, column in
    let difference = x[row, column] - y[other, column]
    return sum + difference * difference
  }.squareRoot()
}

/// For each row of `points` the weighted sum of its Euclidean distances to every row of `others`, shape [batch, 1].
///
/// Costs batch² · columns operations, and memory in proportion to the batch. Differentiable once.
/// - Parameter weights: one for each row of `others`, shape [batch, 1].
package func weightedDistances(from points: Tensor, to others: Tensor, weights: Tensor) throws -> Tensor {
  try points.graph.apply(PairSums(), [points, others, weights])
}
