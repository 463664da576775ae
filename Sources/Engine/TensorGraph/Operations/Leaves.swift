// Leaves of a graph: minibatch inputs, scalars of the step, parameters, constants and random numbers.
internal import CKernels

/// A minibatch column block that the caller fills before each step; shape [batch, columns].
struct Input: Leaf {
  let name: String
  let columns: Int
  var text: String { "input(\(name))" }
  func shape(of inputs: [Shape]) -> Shape? { .batch(columns) }
}

/// A number that the caller sets before each step (a rate, a penalty weight); shape [1, 1].
struct ScalarInput: Leaf {
  let name: String
  var text: String { "scalar(\(name))" }
  func shape(of inputs: [Shape]) -> Shape? { .scalar }
}

/// A trained tensor, kept in `Variables` under its name.
struct Parameter: Leaf {
  let name: String
  let rows: Int
  let columns: Int
  var text: String { "parameter(\(name))" }
  func shape(of inputs: [Shape]) -> Shape? { .fixed(rows, columns) }
}

/// A leaf in memory that the executor owns: nothing is computed.
protocol Leaf: Operation {}

extension Leaf {
  static var examples: [OperationExample] { [] }
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] { [] }
  func evaluate(_ inputs: [Matrix]) -> Matrix { preconditionFailure("a leaf's value is bound by the caller") }
  func kernel(_ operands: KernelOperands) -> KernelCall { { _ in } }
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
}

/// One value in every element.
struct Constant: Operation {
  static var examples: [OperationExample] { [] }
  let value: Float
  let shape: Shape
  var text: String { "constant(\(bits(value)))" }
  func shape(of inputs: [Shape]) -> Shape? { shape }
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] { [] }
  func evaluate(_ inputs: [Matrix]) -> Matrix { preconditionFailure("a leaf's value is bound by the caller") }
  func kernel(_ operands: KernelOperands) -> KernelCall { { _ in } }
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
}

/// Random numbers as a function of (seed, stream, step, element), drawn again at each step; shape [batch, columns].
struct RandomNumbers: Operation {
  static var examples: [OperationExample] { [] }
  enum Distribution: String { case normal, uniform }
  let distribution: Distribution
  let stream: UInt32
  let columns: Int
  var text: String { "\(distribution)(stream=\(stream))" }
  func shape(of inputs: [Shape]) -> Shape? { .batch(columns) }
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] { [] }
  func evaluate(_ inputs: [Matrix]) -> Matrix { preconditionFailure("random numbers are bound by the caller") }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (output, columns, stream, distribution) = (operands.output, columns, stream, distribution)
    return { tile in
      let draw = distribution == .normal ? tile.kernels.pointee.normal! : tile.kernels.pointee.uniform!
      draw(
        tile.seed, stream, tile.step, Int64(tile.firstRow * columns), Int64(tile.rows * columns),
        output.pointer(tile))
    }
  }
}

extension Graph {
  /// A minibatch input, shape [batch, columns].
  package func input(_ name: String, columns: Int) -> Tensor {
    intern(Input(name: name, columns: columns), [], .batch(columns))
  }

  /// A scalar of the step, shape [1, 1].
  package func scalar(_ name: String) -> Tensor { intern(ScalarInput(name: name), [], .scalar) }

  /// A trained tensor, shape [rows, columns].
  package func parameter(_ name: String, rows: Int, columns: Int) -> Tensor {
    intern(Parameter(name: name, rows: rows, columns: columns), [], .fixed(rows, columns))
  }

  /// A tensor with one value everywhere.
  package func constant(_ value: Float, _ shape: Shape) -> Tensor {
    intern(Constant(value: value, shape: shape), [], shape)
  }

  /// Standard normal deviates, shape [batch, columns], new at every step.
  /// - Parameter stream: tells apart the random tensors of one seed.
  package func normal(stream: UInt32, columns: Int) -> Tensor {
    intern(RandomNumbers(distribution: .normal, stream: stream, columns: columns), [], .batch(columns))
  }

  /// Uniform deviates in [0, 1), shape [batch, columns], new at every step.
  package func uniform(stream: UInt32, columns: Int) -> Tensor {
    intern(RandomNumbers(distribution: .uniform, stream: stream, columns: columns), [], .batch(columns))
  }
}
