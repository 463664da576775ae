// Sums over columns and over the batch, and their adjoint, the broadcast.
internal import CKernels

/// The sum over a row's columns, in the fixed 16-lane order of the kernels; shape [rows, 1].
///
/// With a second input the sum is that of the elementwise products, each rounded before it is added.
struct SumColumns: Operation {
  let ofProducts: Bool

  static var examples: [OperationExample] {
    [
      OperationExample("sum of columns") { x, y, _, _ in try x.sumOfColumns() * y.columns(0..<1) },
      OperationExample("row product") { x, y, _, _ in try x.graph.apply(SumColumns(ofProducts: true), [x, y]) },
      OperationExample("row product with a row") { x, _, _, row in
        try x.graph.apply(SumColumns(ofProducts: true), [x, row])
      },
      OperationExample("row norm") { x, _, _, _ in try x.rowNorm(epsilon: 0.01) },
    ]
  }

  var text: String { ofProducts ? "row_dot" : "row_sum" }
  func shape(of inputs: [Shape]) -> Shape? {
    if ofProducts && inputs[0].broadcast(with: inputs[1]) == nil { return nil }
    let rows = ofProducts ? inputs[0].broadcast(with: inputs[1])!.rows : inputs[0].rows
    return Shape(rows: rows, columns: 1)
  }
  func domain(inputs: [Shape], output: Shape) -> Shape? {
    ofProducts ? inputs[0].broadcast(with: inputs[1]) : nil
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    if ofProducts {
      return [
        try (upstream * inputs[1]).reduced(to: inputs[0].shape),
        try (upstream * inputs[0]).reduced(to: inputs[1].shape),
      ]
    }
    return [try upstream.broadcast(to: inputs[0].shape)]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    guard !ofProducts else { return nil }
    if inputs[0].shape.columns == 1 { return inputs[0] }
    if inputs[0].isConstant(0) { return inputs[0].graph.constant(0, Shape(rows: inputs[0].shape.rows, columns: 1)) }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (a, b) = (inputs[0], ofProducts ? inputs[1] : nil)
    let columns = max(a.columns, b?.columns ?? 1)
    return Matrix(rows: max(a.rows, b?.rows ?? 1), columns: 1) { row, _ in
      (0..<columns).reduce(0) { $0 + a[row, $1] * (b?[row, $1] ?? 1) }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (a, b, output) = (operands.inputs[0], ofProducts ? operands.inputs[1] : nil, operands.output)
    let columns = Int64(operands.inputShapes.map(\.columns).max() ?? 1)
    return { tile in
      let second = b?.view(tile) ?? fs_view(data: nil, row_stride: 0, col_stride: 0)
      tile.kernels.pointee.row_sum(
        Int64(output.rows(tile)), columns, a.view(tile), second, output.pointer(tile), output.stride)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    output.rowCount(batch: batch) * (inputs.map(\.columns).max() ?? 1) * inputs.count
  }
}

/// The sum over the rows; shape [1, columns]. Over a batch, it runs through the events of a block in order, and the
/// blocks are combined by a fixed tree. Several inputs of one shape are added into one sum, input by input in each row.
struct SumRows: Operation {
  static var examples: [OperationExample] {
    [
      OperationExample("sum of rows") { x, _, _, _ in try x.sumOfRows() },
      OperationExample("sum of the rows of two batches") { x, y, _, _ in try x.graph.apply(SumRows(), [x, y]) },
    ]
  }

  var text: String { "sum_rows" }
  var needsDenseInputs: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? {
    inputs.allSatisfy { $0 == inputs[0] } ? .fixed(1, inputs[0].columns) : nil
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    try inputs.map { try upstream.broadcast(to: $0.shape) }
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    guard inputs.count == 1 else { return nil }
    if inputs[0].shape.rows == .fixed(1) { return inputs[0] }
    if let value = inputs[0].constantValue {
      let rows = inputs[0].shape.rowCount(batch: inputs[0].graph.batch)
      return inputs[0].graph.constant(value * Float(rows), .fixed(1, inputs[0].shape.columns))
    }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    Matrix(rows: 1, columns: inputs[0].columns) { _, column in
      inputs.reduce(0) { total, input in (0..<input.rows).reduce(total) { $0 + input[$1, column] } }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (inputs, output, columns) = (operands.inputs, operands.output, Int64(operands.columns))
    return { tile in
      var call = fs_gemm_tn()
      (call.rows, call.n) = (Int64(inputs[0].rows(tile)), columns)
      call.colsum = output.pointer(tile)
      for (place, input) in inputs.enumerated() {
        tile.factors[place] = fs_factors(x: nil, ldx: 0, y: UnsafePointer(input.pointer(tile)), ldy: input.stride)
      }
      (call.factors, call.pairs) = (UnsafePointer(tile.factors), Int64(inputs.count))
      call.accumulate = tile.accumulate
      tile.kernels.pointee.gemm_tn(&call)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    inputs.reduce(0) { $0 + $1.rowCount(batch: batch) * $1.columns }
  }
}

/// The sum over the rows and over the cells of each row's grid, for each channel; shape [1, channels]. Several inputs of
/// one shape are added into one sum, input by input in each row. In a row, each 256 cells are summed in four lanes, so
/// that a large grid is no long chain (`cell_sums` of the kernels).
struct SumCells: Operation {
  let cells: Int

  static var examples: [OperationExample] {
    [
      OperationExample("sum of cells") { x, y, _, _ in
        try x.graph.apply(SumCells(cells: 3), [concatenate([x, y])])
      },
      OperationExample("sum of the cells of two batches") { x, y, _, _ in
        try x.graph.apply(SumCells(cells: 3), [x, y * y])
      },
    ]
  }

  var text: String { "sum_cells(cells=\(cells))" }
  var needsDenseInputs: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? {
    inputs[0].columns % cells == 0 && inputs.allSatisfy { $0 == inputs[0] }
      ? .fixed(1, inputs[0].columns / cells) : nil
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    let repeated = try upstream.mapped(by: .repeated(output.shape.columns, times: cells))
    return try inputs.map { try repeated.broadcast(to: $0.shape) }
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let channels = inputs[0].columns / cells
    return Matrix(rows: 1, columns: channels) { _, channel in
      inputs.reduce(0) { total, input in
        (0..<input.rows * cells).reduce(total) { $0 + input[$1 / cells, $1 % cells * channels + channel] }
      }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (inputs, output, channels, cells) = (
      operands.inputs, operands.output, Int64(operands.columns), Int64(cells)
    )
    return { tile in
      for (place, input) in inputs.enumerated() {
        tile.factors[place] = fs_factors(x: nil, ldx: 0, y: UnsafePointer(input.pointer(tile)), ldy: input.stride)
      }
      tile.kernels.pointee.cell_sums(
        Int64(inputs[0].rows(tile)), cells, channels, tile.factors, Int64(inputs.count), output.pointer(tile),
        tile.accumulate)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    inputs.reduce(0) { boundedSum($0, $1.count(batch: batch)) }
  }
}

/// A row, column or number repeated to a larger shape. It takes no memory: the repeated extent has stride 0.
struct Broadcast: Operation {
  let shape: Shape

  static var examples: [OperationExample] {
    [
      OperationExample("a row for each event") { x, _, weights, row in
        try row.broadcast(to: .batch(3)).times(weights) * x.columns(0..<2)
      },
      OperationExample("a column over columns") { x, y, weights, _ in
        try x.columns(1..<2).broadcast(to: .batch(3)).times(weights) * y.columns(0..<2)
      },
    ]
  }

  var text: String { "broadcast" }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0].broadcast(with: shape) == shape ? shape : nil }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    [try upstream.reduced(to: inputs[0].shape)]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    if inputs[0].shape == shape { return inputs[0] }
    if let value = inputs[0].constantValue { return inputs[0].graph.constant(value, shape) }
    if inputs[0].operation is Broadcast { return try inputs[0].graph.apply(self, inputs[0].inputs) }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    preconditionFailure("the number of repeats is known where the tensor is evaluated")
  }

  func domain(inputs: [Shape], output: Shape) -> Shape? { output }
  func kernel(_ operands: KernelOperands) -> KernelCall {
    copyCall(from: operands.inputs[0], to: operands.output, columns: operands.columns)
  }
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
  func view(of input: TensorMemory) -> TensorMemory? { input }
}
