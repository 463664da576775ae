// Matrix products: rows of a batch times a weight matrix, and the batch-summed product that is a weight's gradient.
internal import CKernels

/// What a product does to each element before it is stored.
enum Epilogue: Hashable, Sendable {
  case none
  case leaky(slope: Float)
  /// The last input decides: positive keeps the value, else it is scaled by `slope`.
  case gate(slope: Float)

  var text: String {
    switch self {
    case .none: ""
    case .leaky(let slope): ",leaky=\(bits(slope))"
    case .gate(let slope): ",gate=\(bits(slope))"
    }
  }
}

/// What passes have put into a product.
func absorbedText(hasBias: Bool, _ epilogue: Epilogue) -> [String] {
  let applied: [String] =
    switch epilogue {
    case .none: []
    case .leaky: ["activation"]
    case .gate: ["gate"]
    }
  return (hasBias ? ["bias"] : []) + applied
}

/// An epilogue as the kernels have it.
struct FusedEpilogue {
  let code: Int32
  let slope: Float
  let gate: TensorMemory?

  /// - Parameter gate: the operation's last input, which is read where the epilogue is a gate.
  init(_ epilogue: Epilogue, gate: TensorMemory?) {
    switch epilogue {
    case .none: (code, slope, self.gate) = (Int32(FS_EPILOGUE_NONE), 0, nil)
    case .leaky(let slope): (code, self.slope, self.gate) = (Int32(FS_EPILOGUE_LEAKY), slope, nil)
    case .gate(let slope): (code, self.slope, self.gate) = (Int32(FS_EPILOGUE_GATE), slope, gate)
    }
  }
}

/// a · b or a · bᵀ for a fixed b, each element one chain of fused multiply-adds in ascending k, with an optional bias as
/// the chain's start and an epilogue.
///
/// Inputs: a [rows, k], b [k, n] (or [n, k] when transposed), then a bias [1, n] if `hasBias`, then the gate [rows, n] if
/// the epilogue is one.
struct MatrixProduct: Operation, FusableProduct {
  var transposed = false
  var hasBias = false
  var epilogue = Epilogue.none
  let takesEpilogue = true
  let biasColumns: Int? = nil

  static var examples: [OperationExample] {
    [
      OperationExample("product") { x, _, weights, _ in try x.times(weights) },
      OperationExample("product with the transpose") { x, _, weights, _ in
        try x.columns(0..<2).timesTransposed(weights)
      },
      OperationExample("layer") { x, y, weights, row in
        try (x.times(weights) + row.columns(0..<2)).leakyReLU(slope: 0.1) * y.times(weights)
      },
    ]
  }

  var text: String { "product(\(transposed ? "nt" : "nn")\(hasBias ? ",bias" : "")\(epilogue.text))" }
  var kind: String { transposed ? "product_nt" : "product_nn" }
  var absorbed: [String] { absorbedText(hasBias: hasBias, epilogue) }
  var packedInput: (index: Int, form: PackedForm)? { (1, transposed ? .transposed : .matrix) }
  var needsDenseInputs: Bool { true }

  func shape(of inputs: [Shape]) -> Shape? {
    guard case .fixed(let rows) = inputs[1].rows else { return nil }
    let (inner, outer) = transposed ? (inputs[1].columns, rows) : (rows, inputs[1].columns)
    guard inputs[0].columns == inner else { return nil }
    if hasBias, inputs[2] != .fixed(1, outer) { return nil }
    return Shape(rows: inputs[0].rows, columns: outer)
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    precondition(!hasBias && epilogue == .none, "epilogues are fused after differentiation")
    let (a, b) = (inputs[0], inputs[1])
    if transposed { return [try upstream.times(b), try sumOfProducts([(upstream, a)])] }
    return [try upstream.timesTransposed(b), try sumOfProducts([(a, upstream)])]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    guard inputs[0].isConstant(0), !hasBias, let shape = shape(of: inputs.map(\.shape)) else { return nil }
    return inputs[0].graph.constant(0, shape)
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (a, b) = (inputs[0], inputs[1])
    let (inner, outer) = transposed ? (b.columns, b.rows) : (b.rows, b.columns)
    return Matrix(rows: a.rows, columns: outer) { row, column in
      let value = (0..<inner).reduce(hasBias ? inputs[2][0, column] : 0) {
        $0 + a[row, $1] * (transposed ? b[column, $1] : b[$1, column])
      }
      switch epilogue {
      case .none: return value
      case .leaky(let slope): return value > 0 ? value : Gate.closed(value, slope: slope)
      case .gate(let slope): return inputs.last![row, column] > 0 ? value : Gate.closed(value, slope: slope)
      }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (a, output, k) = (operands.inputs[0], operands.output, Int64(operands.inputShapes[0].columns))
    let panels = operands.panels
    let bias = hasBias ? operands.inputs[2] : nil
    let columns = Int64(operands.columns)
    let fused = FusedEpilogue(epilogue, gate: operands.inputs.last)
    return { tile in
      var call = fs_gemm()
      (call.m, call.n, call.k) = (Int64(output.rows(tile)), columns, k)
      (call.a, call.lda) = (UnsafePointer(a.pointer(tile)), a.stride)
      call.panels = UnsafePointer(panels)
      (call.c, call.ldc) = (output.pointer(tile), output.stride)
      if let bias { call.bias = UnsafePointer(bias.pointer(tile)) }
      if let gate = fused.gate { (call.gate, call.ldgate) = (UnsafePointer(gate.pointer(tile)), gate.stride) }
      (call.epilogue, call.slope) = (fused.code, fused.slope)
      tile.kernels.pointee.gemm(&call)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    boundedProduct(2, output.count(batch: batch), inputs[0].columns)
  }
}

/// x₁ᵀ·y₁ + x₂ᵀ·y₂ + … summed over the rows: the gradient of a weight matrix that several batches went through.
///
/// Inputs come in pairs (x [rows, m], y [rows, n]); the output is [m, n]. Each element is one chain of fused multiply-adds
/// over the rows of a block, and in each row pair after pair; blocks are combined by a fixed tree.
struct SumOfProducts: Operation {
  static var examples: [OperationExample] {
    [
      OperationExample("sum of products") { x, y, _, _ in try sumOfProducts([(x, y)]) },
      OperationExample("sum of products of two batches") { x, y, weights, _ in
        try sumOfProducts([(x, y.times(weights)), (y, x.times(weights).tanh())])
      },
    ]
  }

  var text: String { "product_tn" }
  var needsDenseInputs: Bool { true }

  func shape(of inputs: [Shape]) -> Shape? {
    for pair in stride(from: 0, to: inputs.count, by: 2) {
      guard inputs[pair].rows == inputs[pair + 1].rows, inputs[pair].columns == inputs[0].columns,
        inputs[pair + 1].columns == inputs[1].columns
      else { return nil }
    }
    return .fixed(inputs[0].columns, inputs[1].columns)
  }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    try inputs.indices.map { index in
      index % 2 == 0 ? try inputs[index + 1].timesTransposed(upstream) : try inputs[index - 1].times(upstream)
    }
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    let live = stride(from: 0, to: inputs.count, by: 2).filter {
      !inputs[$0].isConstant(0) && !inputs[$0 + 1].isConstant(0)
    }
    if live.count * 2 == inputs.count { return nil }
    let graph = inputs[0].graph
    if live.isEmpty { return graph.constant(0, .fixed(inputs[0].shape.columns, inputs[1].shape.columns)) }
    return try graph.apply(self, live.flatMap { [inputs[$0], inputs[$0 + 1]] })
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    Matrix(rows: inputs[0].columns, columns: inputs[1].columns) { row, column in
      stride(from: 0, to: inputs.count, by: 2).reduce(0) { total, pair in
        (0..<max(inputs[pair].rows, inputs[pair + 1].rows)).reduce(total) {
          $0 + inputs[pair][$1, row] * inputs[pair + 1][$1, column]
        }
      }
    }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (inputs, output, columnSums) = (operands.inputs, operands.output, operands.columnSums)
    let (m, n) = (Int64(operands.inputShapes[0].columns), Int64(operands.columns))
    return { tile in
      var call = fs_gemm_tn()
      (call.rows, call.m, call.n) = (Int64(inputs[0].rows(tile)), m, n)
      (call.c, call.ldc) = (output.pointer(tile), output.stride)
      if let columnSums { call.colsum = columnSums.pointer(tile) }
      for pair in 0..<inputs.count / 2 {
        let (x, y) = (inputs[2 * pair], inputs[2 * pair + 1])
        tile.factors[pair] = fs_factors(
          x: UnsafePointer(x.pointer(tile)), ldx: x.stride, y: UnsafePointer(y.pointer(tile)), ldy: y.stride)
      }
      (call.factors, call.pairs) = (UnsafePointer(tile.factors), Int64(inputs.count / 2))
      call.accumulate = tile.accumulate
      tile.kernels.pointee.gemm_tn(&call)
    }
  }

  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    stride(from: 0, to: inputs.count, by: 2).reduce(0) {
      boundedSum($0, boundedProduct(2, inputs[$1].count(batch: batch), inputs[$1 + 1].columns))
    }
  }
}

/// The weight-gradient product of pairs of equal rows; see `SumOfProducts`.
func sumOfProducts(_ pairs: [(x: Tensor, y: Tensor)]) throws -> Tensor {
  try pairs[0].x.graph.apply(SumOfProducts(), pairs.flatMap { [$0.x, $0.y] })
}
