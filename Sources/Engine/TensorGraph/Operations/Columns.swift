// Taking columns out of a tensor, and putting tensors side by side.
internal import CKernels

/// Some adjacent columns; a window on the input's memory.
struct Slice: Operation {
  let columns: Range<Int>

  static var examples: [OperationExample] {
    [OperationExample("columns") { x, y, _, _ in try x.columns(1..<3) * y.columns(0..<2) }]
  }

  var text: String { "columns(\(columns.lowerBound)..<\(columns.upperBound))" }
  func shape(of inputs: [Shape]) -> Shape? {
    columns.lowerBound >= 0 && columns.upperBound <= inputs[0].columns && !columns.isEmpty
      ? Shape(rows: inputs[0].rows, columns: columns.count) : nil
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    let (graph, shape) = (upstream.graph, inputs[0].shape)
    var parts: [Tensor] = []
    if columns.lowerBound > 0 {
      parts.append(graph.constant(0, Shape(rows: shape.rows, columns: columns.lowerBound)))
    }
    parts.append(upstream)
    if columns.upperBound < shape.columns {
      parts.append(graph.constant(0, Shape(rows: shape.rows, columns: shape.columns - columns.upperBound)))
    }
    return [try concatenate(parts)]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    if columns == 0..<inputs[0].shape.columns { return inputs[0] }
    if let value = inputs[0].constantValue {
      return inputs[0].graph.constant(value, Shape(rows: inputs[0].shape.rows, columns: columns.count))
    }
    guard inputs[0].operation is Concatenate else { return nil }
    var start = 0
    for part in inputs[0].inputs {
      let end = start + part.shape.columns
      if start <= columns.lowerBound, columns.upperBound <= end {
        return try part.columns(columns.lowerBound - start..<columns.upperBound - start)
      }
      start = end
    }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    Matrix(rows: inputs[0].rows, columns: columns.count) { inputs[0][$0, columns.lowerBound + $1] }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    copyCall(
      from: operands.inputs[0].offset(columns: columns.lowerBound), to: operands.output, columns: operands.columns)
  }
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
  func view(of input: TensorMemory) -> TensorMemory? { input.offset(columns: columns.lowerBound) }
}

/// Tensors of equal rows, side by side.
struct Concatenate: Operation {
  static var examples: [OperationExample] {
    [OperationExample("concatenate") { x, y, _, _ in try concatenate([x, y.columns(1..<3), x]) }]
  }

  var text: String { "concatenate" }
  var isCheap: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? {
    inputs.allSatisfy { $0.rows == inputs[0].rows }
      ? Shape(rows: inputs[0].rows, columns: inputs.reduce(0) { $0 + $1.columns }) : nil
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    var start = 0
    return try inputs.map { input in
      defer { start += input.shape.columns }
      return try upstream.columns(start..<start + input.shape.columns)
    }
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    if inputs.count == 1 { return inputs[0] }
    let shape = Shape(rows: inputs[0].shape.rows, columns: inputs.reduce(0) { $0 + $1.shape.columns })
    if let value = inputs[0].constantValue, inputs.allSatisfy({ $0.isConstant(value) }) {
      return inputs[0].graph.constant(value, shape)
    }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let rows = inputs.map(\.rows).max() ?? 0
    let owner = inputs.enumerated().flatMap { index, input in (0..<input.columns).map { (index, $0) } }
    return Matrix(rows: rows, columns: owner.count) { inputs[owner[$1].0][$0, owner[$1].1] }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (inputs, output) = (operands.inputs, operands.output)
    let widths = operands.inputShapes.map(\.columns)
    return { tile in
      var start = 0
      for (input, width) in zip(inputs, widths) {
        tile.kernels.pointee.unary(
          Int32(FS_COPY), Int64(output.rows(tile)), Int64(width), input.view(tile),
          output.pointer(tile) + start, output.stride)
        start += width
      }
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
}
