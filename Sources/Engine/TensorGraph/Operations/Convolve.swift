// Convolutions in two and three dimensions, their transposes and their weight gradients: one operation in three roles.
internal import CKernels

/// The form T(x, w, y) = Σ x[q, c] · w[t, c, o] · y[p, o] over all cells q and p that meet at tap t (see
/// `ConvolutionGeometry`), differentiated by one of its three factors. It is linear in each, so that a derivative of one
/// role is another role, and derivatives of any order need nothing else.
///
/// - output: inputs x [rows, input columns], w [taps · channels, filters]; the convolution, [rows, output columns].
/// - input: inputs w, y [rows, output columns]; the transposed convolution, [rows, input columns].
/// - weights: inputs x, y and perhaps more such pairs; the weight gradient, summed over the rows and the pairs,
///   [taps · channels, filters].
///
/// The first two have a bias of the output's channels, [1, channels], as a further input if `hasBias`, and the gate, in the
/// output's shape, if the epilogue is one.
struct Convolve: Operation, FusableProduct {
  enum Role: String { case output, input, weights }
  let role: Role
  let geometry: ConvolutionGeometry
  var hasBias = false
  var epilogue = Epilogue.none

  static var examples: [OperationExample] {
    [
      OperationExample("convolution") { x, y, weights, _ in
        try concatenate([x, y, x]).convolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([3, 3], channels: 1), filters: 2, kernel: [3, 1], stride: [2, 1], padding: [1, 0]))
      },
      OperationExample("convolution of channels") { x, y, _, row in
        let weights = try 0.2 * sumOfProducts([(concatenate([x, y]), y * row)])
        return try concatenate([y, x]).convolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([1, 2], channels: 3), filters: 3, kernel: [1, 2], stride: [1, 1], padding: [0, 1]))
      },
      OperationExample("convolution in three dimensions") { x, y, _, row in
        let weights = try 0.2 * sumOfProducts([(concatenate([x, y]), y * row)])
        return try concatenate([x, y, y, x]).convolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([2, 2, 3], channels: 1), filters: 3, kernel: [1, 2, 3], stride: [1, 2, 1], padding: [0, 1, 1]))
      },
      OperationExample("transposed convolution") { x, y, weights, _ in
        try concatenate([x, y]).transposedConvolved(
          with: weights,
          ConvolutionGeometry(
            input: Grid([6, 1], channels: 1), filters: 2, kernel: [3, 1], stride: [2, 1], padding: [1, 0]))
      },
      OperationExample("weight gradient of a convolution") { x, y, _, _ in
        let geometry = try ConvolutionGeometry(
          input: Grid([3, 3], channels: 1), filters: 2, kernel: [2, 3], stride: [1, 2], padding: [0, 1])
        let image = try concatenate([x, y, x])
        return try 0.2
          * image.graph.apply(
            Convolve(role: .weights, geometry: geometry), [image, concatenate([y, x, y.columns(0..<2)])])
      },
      OperationExample("weight gradient of two convolutions") { x, y, _, _ in
        let geometry = try ConvolutionGeometry(
          input: Grid([1, 3], channels: 1), filters: 2, kernel: [1, 2], stride: [1, 1], padding: [0, 0])
        return try 0.2
          * x.graph.apply(
            Convolve(role: .weights, geometry: geometry),
            [x, concatenate([y, x.columns(0..<1)]), y * y, concatenate([x, y.columns(1..<2)])])
      },
      OperationExample("convolutional layer") { x, y, weights, row in
        let geometry = try ConvolutionGeometry(
          input: Grid([3, 3], channels: 1), filters: 2, kernel: [3, 1], stride: [2, 1], padding: [1, 0])
        let bias = try row.columns(0..<2).mapped(by: .repeated(2, times: geometry.output.cells))
        let layer = try concatenate([x, y, x]).convolved(with: weights, geometry) + bias
        return try layer.leakyReLU(slope: 0.1) * layer.transposedConvolved(with: weights, geometry).columns(0..<1)
      },
    ]
  }

  var text: String { "convolve_\(role.rawValue)(\(geometry.text)\(hasBias ? ",bias" : "")\(epilogue.text))" }
  var absorbed: [String] { absorbedText(hasBias: hasBias, epilogue) }
  var needsDenseInputs: Bool { true }
  var packedInput: (index: Int, form: PackedForm)? {
    switch role {
    case .output: (1, .convolution(geometry, transposed: false))
    case .input: (0, .convolution(geometry, transposed: true))
    case .weights: nil
    }
  }
  var takesEpilogue: Bool { role != .weights }
  var biasColumns: Int? {
    switch role {
    case .output: geometry.output.channels
    case .input: geometry.input.channels
    case .weights: nil
    }
  }

  func shape(of inputs: [Shape]) -> Shape? {
    let (x, y) = (geometry.input.columns, geometry.output.columns)
    switch role {
    case .output:
      guard inputs[0].columns == x, inputs[1] == geometry.weights else { return nil }
      return Shape(rows: inputs[0].rows, columns: y)
    case .input:
      guard inputs[0] == geometry.weights, inputs[1].columns == y else { return nil }
      return Shape(rows: inputs[1].rows, columns: x)
    case .weights:
      for pair in stride(from: 0, to: inputs.count, by: 2) {
        guard inputs[pair].columns == x, inputs[pair + 1].columns == y, inputs[pair].rows == inputs[pair + 1].rows
        else { return nil }
      }
      return geometry.weights
    }
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    precondition(!hasBias && epilogue == .none, "epilogues are fused after differentiation")
    func form(_ role: Role, _ first: Tensor, _ second: Tensor) throws -> Tensor {
      try upstream.graph.apply(Convolve(role: role, geometry: geometry), [first, second])
    }
    let (first, second) = (inputs[0], inputs[1])
    switch role {
    case .output: return [try form(.input, second, upstream), try form(.weights, first, upstream)]
    case .input: return [try form(.weights, upstream, second), try form(.output, upstream, first)]
    case .weights:
      return try inputs.indices.map {
        $0 % 2 == 0 ? try form(.input, upstream, inputs[$0 + 1]) : try form(.output, inputs[$0 - 1], upstream)
      }
    }
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    guard !hasBias, inputs.count == 2, inputs.contains(where: { $0.isConstant(0) }),
      let shape = shape(of: inputs.map(\.shape))
    else { return nil }
    return inputs[0].graph.constant(0, shape)
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    if role == .weights {
      let parts = stride(from: 0, to: inputs.count, by: 2).map { form(inputs[$0], inputs[$0 + 1]) }
      return Matrix(rows: parts[0].rows, columns: parts[0].columns) { row, column in
        parts.reduce(0) { $0 + $1[row, column] }
      }
    }
    let (sums, bias) = (form(inputs[0], inputs[1]), hasBias ? inputs[2] : nil)
    let channels = biasColumns ?? 1
    return Matrix(rows: sums.rows, columns: sums.columns) { row, column in
      let value = sums[row, column] + (bias?[0, column % channels] ?? 0)
      switch epilogue {
      case .none: return value
      case .leaky(let slope): return value > 0 ? value : Gate.closed(value, slope: slope)
      case .gate(let slope): return inputs.last![row, column] > 0 ? value : Gate.closed(value, slope: slope)
      }
    }
  }

  /// The form of two factors, by the meetings of cells alone.
  private func form(_ a: Matrix, _ b: Matrix) -> Matrix {
    let (channels, filters) = (geometry.input.channels, geometry.output.channels)
    let rows = max(a.rows, b.rows)
    let columns = role == .output ? geometry.output.columns : geometry.input.columns
    var result =
      role == .weights
      ? Matrix(rows: geometry.taps * channels, columns: filters) { _, _ in 0 }
      : Matrix(rows: role == .output ? a.rows : b.rows, columns: columns) { _, _ in 0 }
    for row in 0..<(role == .weights ? rows : result.rows) {
      geometry.forEachMeeting { p, t, q in
        for c in 0..<channels {
          for o in 0..<filters {
            let (x, w, y) = (q * channels + c, t * channels + c, p * filters + o)
            switch role {
            case .output: result.values[row * columns + y] += a[row, x] * b[w, o]
            case .input: result.values[row * columns + x] += a[w, o] * b[row, y]
            case .weights: result.values[w * filters + o] += a[row, x] * b[row, y]
            }
          }
        }
      }
    }
    return result
  }

  func scratchFloats(kernels: UnsafePointer<fs_kernels>, tables: ConvolutionTableCache, inputs: Int) -> Int {
    let tables = tables.tables(geometry, transposed: role == .input, divided: role != .weights)
    let depth = role == .input ? geometry.output.channels : geometry.input.channels
    return kernels.pointee.convolution_scratch_floats(
      tables.frame, Int64(depth), Int64(role == .weights ? inputs / 2 : 1), Int64(tables.mostTaps))
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    role == .weights ? weightsKernel(operands) : imageKernel(operands)
  }

  private func imageKernel(_ operands: KernelOperands) -> KernelCall {
    let (inputs, output, panels) = (operands.inputs, operands.output, operands.panels)
    let tables = operands.tables.tables(geometry, transposed: role == .input)
    let images = inputs[role == .input ? 1 : 0]
    let (channels, filters) = (Int64(geometry.input.channels), Int64(geometry.output.channels))
    let (depth, width) = role == .input ? (filters, channels) : (channels, filters)
    let bias = hasBias ? inputs[2] : nil
    let fused = FusedEpilogue(epilogue, gate: inputs.last)
    return { tile in
      var call = fs_convolution()
      (call.rows, call.depth, call.width) = (Int64(images.rows(tile)), depth, width)
      (call.a, call.lda) = (UnsafePointer(images.pointer(tile)), images.stride)
      call.frame = UnsafePointer(tables.frame)
      (call.routes, call.route_count) = (UnsafePointer(tables.routes), Int64(tables.routeCount))
      call.panels = UnsafePointer(panels)
      (call.c, call.ldc) = (output.pointer(tile), output.stride)
      if let bias { call.bias = UnsafePointer(bias.pointer(tile)) }
      if let gate = fused.gate { (call.gate, call.ldgate) = (UnsafePointer(gate.pointer(tile)), gate.stride) }
      (call.epilogue, call.slope) = (fused.code, fused.slope)
      call.scratch = tile.scratch
      tile.kernels.pointee.convolve(&call)
    }
  }

  private func weightsKernel(_ operands: KernelOperands) -> KernelCall {
    let (inputs, output) = (operands.inputs, operands.output)
    let tables = operands.tables.tables(geometry, transposed: false, divided: false)
    let (channels, filters) = (Int64(geometry.input.channels), Int64(geometry.output.channels))
    return { tile in
      var call = fs_convolution_weights()
      (call.rows, call.channels, call.filters) = (Int64(inputs[0].rows(tile)), channels, filters)
      for pair in 0..<inputs.count / 2 {
        let (x, y) = (inputs[2 * pair], inputs[2 * pair + 1])
        tile.factors[pair] = fs_factors(
          x: UnsafePointer(x.pointer(tile)), ldx: x.stride, y: UnsafePointer(y.pointer(tile)), ldy: y.stride)
      }
      (call.factors, call.pairs) = (UnsafePointer(tile.factors), Int64(inputs.count / 2))
      call.frame = UnsafePointer(tables.frame)
      call.route = UnsafePointer(tables.routes)
      (call.c, call.ldc) = (output.pointer(tile), output.stride)
      call.accumulate = tile.accumulate
      call.scratch = tile.scratch
      tile.kernels.pointee.convolve_weights(&call)
    }
  }

  /// Taps beyond the edge are counted as well.
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    let rows = inputs[role == .input ? 1 : 0].rowCount(batch: batch)
    let pairs = role == .weights ? inputs.count / 2 : 1
    return boundedProduct(2, rows, pairs, geometry.output.columns, geometry.taps, geometry.input.channels)
  }
}

extension Tensor {
  /// The convolution of each row's grid.
  /// - Parameter weights: shape [taps · channels, filters], see `ConvolutionGeometry.weights`.
  /// - Returns: shape [rows, output columns of the geometry].
  package func convolved(with weights: Tensor, _ geometry: ConvolutionGeometry) throws -> Tensor {
    try graph.apply(Convolve(role: .output, geometry: geometry), [self, weights])
  }

  /// The transposed convolution: rows of the geometry's output grid to rows of its input grid.
  /// - Returns: shape [rows, input columns of the geometry].
  package func transposedConvolved(with weights: Tensor, _ geometry: ConvolutionGeometry) throws -> Tensor {
    try graph.apply(Convolve(role: .input, geometry: geometry), [weights, self])
  }
}
