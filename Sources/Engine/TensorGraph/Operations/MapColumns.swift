// Columns as sums of columns of the same row.
internal import CKernels

/// A column map applied to each row; each 256 terms are added in ascending order, then their sums.
struct MapColumns: Operation {
  let map: ColumnMap

  static var examples: [OperationExample] {
    [
      OperationExample("repeated columns") { x, y, _, row in
        try concatenate([x, y]) * row.mapped(by: .repeated(3, times: 2))
      },
      OperationExample("channels last") { x, y, _, _ in
        try concatenate([x, y]).mapped(by: .channelsLast(Grid([1, 3], channels: 2)))
      },
      OperationExample("upsampled grid") { x, y, _, _ in
        try concatenate([x, y]).mapped(by: .upsampled(Grid([1, 3], channels: 2), scale: [2, 1]))
      },
      OperationExample("box of cells") { x, y, _, _ in
        try concatenate([x, y]).mapped(by: .box(Grid([3, 2], channels: 1), extents: [3, 1], from: [1, 1]))
      },
      OperationExample("numbers as channels") { x, y, _, _ in
        try concatenate([x, y]).mapped(by: .withChannels(Grid([2, 1], channels: 2), of: 2))
      },
      OperationExample("window sums") { x, y, _, _ in
        try concatenate([x, y, x]).mapped(by: .windowSums(Grid([3, 3], channels: 1), window: [1, 2]))
      },
    ]
  }

  var text: String { "map_columns(\(map.text))" }
  var needsDenseInputs: Bool { true }
  /// Copies of columns are; sums of many are not.
  var isCheap: Bool { map.termCount <= map.outputs }
  func shape(of inputs: [Shape]) -> Shape? {
    inputs[0].columns == map.inputs ? Shape(rows: inputs[0].rows, columns: map.outputs) : nil
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    [try upstream.mapped(by: map.transposed)]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    if map.isIdentity { return inputs[0] }
    guard inputs[0].isConstant(0) else { return nil }
    return inputs[0].graph.constant(0, Shape(rows: inputs[0].shape.rows, columns: map.outputs))
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    Matrix(rows: inputs[0].rows, columns: map.outputs) { row, column in
      map.terms(column).reduce(0) { $0 + inputs[0][row, Int($1)] }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (input, output, columns) = (operands.inputs[0], operands.output, Int64(operands.columns))
    if map.repeats {
      let (width, times) = (map.inputs, map.outputs / max(map.inputs, 1))
      return { tile in
        let (from, to) = (input.pointer(tile), output.pointer(tile))
        for row in 0..<output.rows(tile) {
          for place in 0..<times {
            (to + row * output.rowStride + place * width).update(from: from + row * input.rowStride, count: width)
          }
        }
      }
    }
    let (starts, sources) = map.tables
    return { tile in
      fs_map_columns(
        Int64(output.rows(tile)), columns, starts, sources, input.pointer(tile), input.stride, output.pointer(tile),
        output.stride)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    output.rowCount(batch: batch) * (map.termCount - map.outputs)
  }
}

extension Tensor {
  /// - Returns: shape [rows, outputs of the map].
  package func mapped(by map: ColumnMap) throws -> Tensor { try graph.apply(MapColumns(map: map), [self]) }
}
