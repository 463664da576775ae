// Elementwise operations: arithmetic with broadcasting, and the usual functions.
internal import CKernels

/// Addition, subtraction, multiplication and division, the larger and the smaller of two; an extent of 1 is repeated.
struct Binary: Operation {
  enum Kind: String, CaseIterable {
    case add, subtract, multiply, divide, maximum, minimum

    var code: Int32 {
      switch self {
      case .add: Int32(FS_ADD)
      case .subtract: Int32(FS_SUB)
      case .multiply: Int32(FS_MUL)
      case .divide: Int32(FS_DIV)
      case .maximum: Int32(FS_MAXIMUM)
      case .minimum: Int32(FS_MINIMUM)
      }
    }

    func callAsFunction<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
      switch self {
      case .add: a + b
      case .subtract: a - b
      case .multiply: a * b
      case .divide: a / b
      case .maximum: a > b || a.isNaN ? a : b
      case .minimum: a < b || a.isNaN ? a : b
      }
    }
  }
  let kind: Kind

  static var examples: [OperationExample] {
    [
      OperationExample("add") { x, y, _, _ in try x + y },
      OperationExample("add a row") { x, _, _, row in try x + row },
      OperationExample("subtract a column") { x, y, _, _ in try x - y.columns(1..<2) },
      OperationExample("multiply") { x, y, _, _ in try x * y },
      OperationExample("multiply by a row") { x, _, _, row in try x * row },
      OperationExample("multiply by a column") { x, y, _, _ in try y.columns(0..<1) * x },
      OperationExample("divide") { x, y, _, _ in try x / (y * y + 1) },
      OperationExample("maximum") { x, y, _, _ in try maximum(x, y) * y },
      OperationExample("minimum with a row") { x, _, _, row in try minimum(x, row) * x },
      OperationExample("divide by a column") { x, y, _, _ in try x / (y.columns(0..<1) * y.columns(0..<1) + 1) },
    ]
  }

  var text: String { kind.rawValue }
  var isCheap: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0].broadcast(with: inputs[1]) }
  func domain(inputs: [Shape], output: Shape) -> Shape? { output }

  func derivatives(inputs: [Tensor], output: Tensor, upstream u: Tensor) throws -> [Tensor?] {
    let (a, b) = (inputs[0], inputs[1])
    let full: [Tensor] =
      switch kind {
      case .add: [u, u]
      case .subtract: [u, try -u]
      case .multiply: [try u * b, try u * a]
      case .divide: [try u / b, try -(u * output / b)]
      case .maximum: [try u * (a - b).step(), try u * (1 - (a - b).step())]
      case .minimum: [try u * (b - a).step(), try u * (1 - (b - a).step())]
      }
    return [try full[0].reduced(to: a.shape), try full[1].reduced(to: b.shape)]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    let (a, b) = (inputs[0], inputs[1])
    guard let shape = shape(of: [a.shape, b.shape]) else { return nil }
    let graph = a.graph
    if let x = a.constantValue, let y = b.constantValue { return graph.constant(kind(x, y), shape) }
    switch kind {
    case .add:
      if a.isConstant(0), b.shape == shape { return b }
      if b.isConstant(0), a.shape == shape { return a }
      if a.id == b.id { return try graph.apply(Affine(scale: 2, offset: 0), [a]) }
      if let y = b.constantValue, a.shape == shape { return try graph.apply(Affine(scale: 1, offset: Double(y)), [a]) }
      if let x = a.constantValue, b.shape == shape { return try graph.apply(Affine(scale: 1, offset: Double(x)), [b]) }
    case .subtract:
      if b.isConstant(0), a.shape == shape { return a }
      if let y = b.constantValue, a.shape == shape { return try graph.apply(Affine(scale: 1, offset: -Double(y)), [a]) }
      if let x = a.constantValue, b.shape == shape { return try graph.apply(Affine(scale: -1, offset: Double(x)), [b]) }
    case .multiply:
      if a.isConstant(0) || b.isConstant(0) { return graph.constant(0, shape) }
      if let x = a.constantValue, b.shape == shape { return try graph.apply(Affine(scale: Double(x), offset: 0), [b]) }
      if let y = b.constantValue, a.shape == shape { return try graph.apply(Affine(scale: Double(y), offset: 0), [a]) }
    case .divide:
      if a.isConstant(0) { return graph.constant(0, shape) }
      if b.isConstant(1), a.shape == shape { return a }
    case .maximum, .minimum: break
    }
    // An operand that repeats itself anyway need not be repeated in memory first.
    for (index, operand) in inputs.enumerated() where operand.operation is Broadcast {
      var stripped = inputs
      stripped[index] = operand.inputs[0]
      if self.shape(of: stripped.map(\.shape)) == shape { return try graph.apply(self, stripped) }
    }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (a, b) = (inputs[0], inputs[1])
    return Matrix(rows: max(a.rows, b.rows), columns: max(a.columns, b.columns)) { kind(a[$0, $1], b[$0, $1]) }
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (a, b, output, columns) = (operands.inputs[0], operands.inputs[1], operands.output, Int64(operands.columns))
    let code = kind.code
    return { tile in
      tile.kernels.pointee.binary(
        code, Int64(output.rows(tile)), columns, a.view(tile), b.view(tile), output.pointer(tile), output.stride)
    }
  }
}

/// scale * a + offset, rounded twice. Kernels take both numbers as float32; the definition has them as they are.
struct Affine: Operation {
  let scale: Double
  let offset: Double

  static var examples: [OperationExample] {
    [
      OperationExample("affine") { x, _, _, _ in try 3 - (2 * x + 0.5) },
      OperationExample("affine of no float32") { x, _, _, _ in try x.scaled(by: 1 / 3) },
    ]
  }

  var text: String { "affine(scale=\(bits(scale)),offset=\(bits(offset)))" }
  var isCheap: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0] }

  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    [try upstream.graph.apply(Affine(scale: scale, offset: 0), [upstream])]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    let a = inputs[0]
    if let value = a.constantValue {
      return a.graph.constant(Float(scale) * value + Float(offset), a.shape)
    }
    if offset == 0 {
      if scale == 1 { return a }
      if scale == 0 { return a.graph.constant(0, a.shape) }
      // Powers of two and signs commute with rounding, so merging them changes no bit.
      if let inner = a.operation as? Affine, inner.offset == 0, scale.magnitude == 1 || inner.scale.magnitude == 1 {
        return try a.graph.apply(Affine(scale: scale * inner.scale, offset: 0), a.inputs)
      }
    }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix { inputs[0].map { scale * $0 + offset } }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (a, output, columns) = (operands.inputs[0], operands.output, Int64(operands.columns))
    let (scale, offset) = (Float(scale), Float(offset))
    return { tile in
      tile.kernels.pointee.affine(
        Int64(output.rows(tile)), columns, scale, offset, a.view(tile), output.pointer(tile), output.stride)
    }
  }
}

/// Functions of one number.
struct Unary: Operation {
  enum Kind: String, CaseIterable {
    case exp, log, tanh, sigmoid, softplus, sqrt, abs, sign, step

    var code: Int32 {
      switch self {
      case .exp: Int32(FS_EXP)
      case .log: Int32(FS_LOG)
      case .tanh: Int32(FS_TANH)
      case .sigmoid: Int32(FS_SIGMOID)
      case .softplus: Int32(FS_SOFTPLUS)
      case .sqrt: Int32(FS_SQRT)
      case .abs: Int32(FS_ABS)
      case .sign: Int32(FS_SIGN)
      case .step: Int32(FS_STEP)
      }
    }

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .exp: fs_exp(x)
      case .log: fs_log(x)
      case .tanh: fs_tanh(x)
      case .sigmoid: fs_sigmoid(x)
      case .softplus: fs_softplus(x)
      case .sqrt: x.squareRoot()
      case .abs: x.magnitude
      case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
      case .step: x > 0 ? 1 : 0
      }
    }
  }
  let kind: Kind

  static var examples: [OperationExample] {
    Kind.allCases.map { kind in
      OperationExample(kind.rawValue) { x, _, _, _ in
        let positive = kind == .log || kind == .sqrt
        return try x.graph.apply(Unary(kind: kind), [positive ? x * x + 0.4 : x])
      }
    }
  }

  var text: String { kind.rawValue }
  var isCheap: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0] }

  func derivatives(inputs: [Tensor], output y: Tensor, upstream u: Tensor) throws -> [Tensor?] {
    let x = inputs[0]
    switch kind {
    case .exp: return [try u * y]
    case .log: return [try u / x]
    case .tanh: return [try u * (1 - y * y)]
    case .sigmoid: return [try u * (y * (1 - y))]
    case .softplus: return [try u * x.sigmoid()]
    case .sqrt:
      // A root of something and a positive constant, as norms are, is never 0. The slope of any other is 0 there, in
      // place of an infinity that 0 times makes NaN.
      if let sum = x.operation as? Affine, sum.offset > 0 { return [try 0.5 * u / y] }
      let isPositive = try y.step()
      return [try 0.5 * u / (y + (1 - isPositive)) * isPositive]
    case .abs: return [try u * x.graph.apply(Unary(kind: .sign), [x])]
    case .sign, .step: return [nil]
    }
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix { inputs[0].map { kind($0) } }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (a, output, columns) = (operands.inputs[0], operands.output, Int64(operands.columns))
    let code = kind.code
    return { tile in
      tile.kernels.pointee.unary(
        code, Int64(output.rows(tile)), columns, a.view(tile), output.pointer(tile), output.stride)
    }
  }
}

/// Leaky rectifier: x > 0 ? x : slope * x, slope ≥ 0. A slope of 0 gives the plain rectifier max(0, x), also of −infinity.
struct LeakyReLU: Operation {
  let slope: Float

  static var examples: [OperationExample] {
    [
      OperationExample("rectifier") { x, _, _, _ in try x.leakyReLU(slope: 0) },
      OperationExample("leaky rectifier") { x, _, _, _ in try x.leakyReLU(slope: 0.1) },
    ]
  }

  var text: String { "leaky(slope=\(bits(slope)))" }
  var isCheap: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0] }

  /// The output is positive exactly where the input is, so the input need not be kept for the backward pass.
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    [try upstream.graph.apply(Gate(slope: slope), [upstream, output])]
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix { inputs[0].map { $0 > 0 ? $0 : Gate.closed($0, slope: slope) } }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    Gate.kernel(operands, slope: slope, value: operands.inputs[0], by: operands.inputs[0])
  }
}

/// The rectifier's derivative as an operation of its own: by > 0 ? value : slope * value. A slope of 0 gives a zero for an
/// infinite value as well.
struct Gate: Operation {
  let slope: Float

  static var examples: [OperationExample] {
    [
      OperationExample("gate") { x, y, _, _ in try x.graph.apply(Gate(slope: 0.2), [x, y]) },
      OperationExample("gate of a row") { x, _, _, row in try x.graph.apply(Gate(slope: 0.2), [row, x]) },
    ]
  }

  var text: String { "gate(slope=\(bits(slope)))" }
  var isCheap: Bool { true }
  func shape(of inputs: [Shape]) -> Shape? {
    inputs[0].broadcast(with: inputs[1]) == inputs[1] ? inputs[1] : nil
  }
  func domain(inputs: [Shape], output: Shape) -> Shape? { output }

  /// Piecewise constant in `by`: the mask's derivative is zero almost everywhere.
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    [try upstream.graph.apply(self, [upstream, inputs[1]]).reduced(to: inputs[0].shape), nil]
  }

  func simplified(inputs: [Tensor]) throws -> Tensor? {
    if inputs[0].isConstant(0) { return inputs[0].graph.constant(0, inputs[1].shape) }
    if inputs[0].operation is Broadcast { return try inputs[0].graph.apply(self, [inputs[0].inputs[0], inputs[1]]) }
    return nil
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix {
    let (value, by) = (inputs[0], inputs[1])
    return Matrix(rows: by.rows, columns: by.columns) {
      by[$0, $1] > 0 ? value[$0, $1] : Gate.closed(value[$0, $1], slope: slope)
    }
  }

  /// slope · value, where 0 times an infinity is a zero; NaN stays NaN.
  static func closed(_ value: Double, slope: Float) -> Double {
    slope == 0 && value.isInfinite ? 0 : Double(slope) * value
  }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    Self.kernel(operands, slope: slope, value: operands.inputs[0], by: operands.inputs[1])
  }

  static func kernel(_ operands: KernelOperands, slope: Float, value: TensorMemory, by: TensorMemory) -> KernelCall {
    let (output, columns) = (operands.output, Int64(operands.columns))
    return { tile in
      tile.kernels.pointee.gate(
        Int64(output.rows(tile)), columns, slope, value.view(tile), by.view(tile), output.pointer(tile),
        output.stride)
    }
  }
}
