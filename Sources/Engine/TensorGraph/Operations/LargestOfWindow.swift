// The largest cell of each window, channel by channel, in one pass, and the way back.
internal import CKernels

/// Which cell of each window is the largest, as a linear map of other values of the same grid: windows lie side by side,
/// cells that fill none are omitted, and of equal cells, or of several NaN, the first counts.
///
/// - select: inputs x and values, both of the grid; the values at x's largest cells, one for each window and channel.
/// - spread: inputs x, of the grid, and one value for each window and channel; these values at x's largest cells, 0
///   elsewhere: the transpose of the other.
///
/// x alone decides: the derivative by it is zero almost everywhere.
struct LargestOfWindow: Operation {
  enum Role: String { case select, spread }
  let role: Role
  let grid: Grid
  let window: [Int]

  static var examples: [OperationExample] {
    [
      OperationExample("largest of a window") { x, y, _, _ in
        try concatenate([x, y.tanh()]).largest(of: Grid([3, 2], channels: 1), window: [1, 2])
      },
      OperationExample("largest of a window of channels") { x, y, _, row in
        try concatenate([x, y * row, y]).largest(of: Grid([1, 3], channels: 3), window: [1, 2])
      },
    ]
  }

  var windows: Grid { Grid(zip(grid.extents, window).map { $0 / $1 }, channels: grid.channels) }

  var text: String { "largest_\(role.rawValue)(\(crosses(grid.extents + [grid.channels])),window=\(crosses(window)))" }
  var needsDenseInputs: Bool { true }

  func shape(of inputs: [Shape]) -> Shape? {
    let (values, result) = role == .select ? (grid.columns, windows.columns) : (windows.columns, grid.columns)
    guard inputs[0].columns == grid.columns, inputs[1].columns == values, inputs[0].rows == inputs[1].rows else {
      return nil
    }
    return Shape(rows: inputs[0].rows, columns: result)
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    let other = LargestOfWindow(role: role == .select ? .spread : .select, grid: grid, window: window)
    return [nil, try upstream.graph.apply(other, [inputs[0], upstream])]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    guard inputs[1].isConstant(0), let shape = shape(of: inputs.map(\.shape)) else { return nil }
    return inputs[0].graph.constant(0, shape)
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (x, values, windows) = (inputs[0], inputs[1], windows)
    var result = Matrix(rows: x.rows, columns: role == .select ? windows.columns : grid.columns) { _, _ in 0 }
    let members = Grid(window, channels: 1)
    for row in 0..<x.rows {
      for cell in 0..<windows.cells {
        let origin = zip(windows.place(of: cell), window).map { $0 * $1 }
        for channel in 0..<grid.channels {
          let columns = (0..<members.cells).compactMap { member in
            grid.cell(at: zip(origin, members.place(of: member)).map { $0 + $1 }).map { $0 * grid.channels + channel }
          }
          let best = columns.dropFirst().reduce(columns[0]) { best, column in
            let (old, new) = (x[row, best], x[row, column])
            return new > old || (new.isNaN && !old.isNaN) ? column : best
          }
          let place = cell * windows.channels + channel
          switch role {
          case .select: result.values[row * result.columns + place] = values[row, best]
          case .spread: result.values[row * result.columns + best] = values[row, place]
          }
        }
      }
    }
    return result
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (x, values, output, role) = (operands.inputs[0], operands.inputs[1], operands.output, role)
    let (channels, columns, windows) = (Int64(grid.channels), Int64(grid.columns), Int64(windows.cells))
    let map = ColumnMap.windowCells(grid, window: window)
    let (starts, sources) = map.tables
    return { tile in
      let rows = Int64(output.rows(tile))
      switch role {
      case .select:
        fs_select_largest(
          rows, windows, channels, starts, sources, x.pointer(tile), x.stride, values.pointer(tile), values.stride,
          output.pointer(tile), output.stride)
      case .spread:
        fs_spread_to_largest(
          rows, windows, channels, starts, sources, x.pointer(tile), x.stride, values.pointer(tile), values.stride,
          columns, output.pointer(tile), output.stride)
      }
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
}

extension Tensor {
  /// The largest cell of each window of each row's grid, channel by channel; NaN where one is NaN.
  /// - Parameter window: cells along each dimension, at most the grid's.
  /// - Returns: shape [rows, windows · channels].
  package func largest(of grid: Grid, window: [Int]) throws -> Tensor {
    try graph.apply(LargestOfWindow(role: .select, grid: grid, window: window), [self, self])
  }
}
