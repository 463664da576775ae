// What an operation is: its shape rule, derivative, definition in real numbers and kernel, in one place.
package import CKernels

/// How a matrix is packed for the kernel that reads it.
package enum PackedForm: Hashable, Sendable {
  case matrix
  case transposed
  /// Weights of a convolution, or of its transpose.
  case convolution(ConvolutionGeometry, transposed: Bool)
}

/// One kind of node of a graph. A conforming type in `Operations/` states everything about the operation; the tests
/// find it there by itself and hold its derivatives and its kernel against its definition, on its own examples.
package protocol Operation: Sendable {
  /// Uses of the operation that show each of its rules; none where there are no inputs to derive by.
  static var examples: [OperationExample] { get }

  /// The name with every attribute, exact to the bit: part of the program's canonical text.
  var text: String { get }

  /// The sort of kernel, without attributes, that a profile groups by.
  var kind: String { get }

  /// What passes have put into the operation that was a node of its own.
  var absorbed: [String] { get }

  /// The output's shape, or nil where the inputs do not fit.
  func shape(of inputs: [Shape]) -> Shape?

  /// The derivative with respect to each input, nil where there is none.
  /// - Parameter upstream: derivative of the final scalar with respect to `output`, in the output's shape.
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?]

  /// An equal and simpler tensor, or nil.
  func simplified(inputs: [Tensor]) throws -> Tensor?

  /// The operation's definition in float64, against which derivatives and kernels are tested.
  func evaluate(_ inputs: [Matrix]) -> Matrix

  /// The call that computes one tile (or one whole fixed tensor) in float32.
  func kernel(_ operands: KernelOperands) -> KernelCall

  /// Floating-point operations for one evaluation with that many output rows.
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int

  /// The input that the kernel wants as packed panels, and how.
  var packedInput: (index: Int, form: PackedForm)? { get }

  /// The shape that operands of extent 1 repeat to while they are read; nil where each is read in its own shape.
  func domain(inputs: [Shape], output: Shape) -> Shape?

  /// Whether the kernel reads complete rows, so that a repeated column must first be written out.
  var needsDenseInputs: Bool { get }

  /// Whether each row of the output needs every row of a batch input, which must then be there before the first tile.
  func readsWholeBatch(_ input: Int) -> Bool

  /// Whether computing a tile again takes no longer than reading it from memory would: a few operations an element.
  var isCheap: Bool { get }

  /// Floats of a worker's scratch memory that the kernel uses.
  func scratchFloats(kernels: UnsafePointer<fs_kernels>, tables: ConvolutionTableCache, inputs: Int) -> Int

  /// The location of an output that is a window on the first input's memory.
  func view(of input: TensorMemory) -> TensorMemory?
}

extension Operation {
  package func simplified(inputs: [Tensor]) throws -> Tensor? { nil }
  package func flops(inputs: [Shape], output: Shape, batch: Int) -> Int {
    output.rowCount(batch: batch) * output.columns
  }
  package var kind: String { String(text.prefix { $0 != "(" }) }
  package var absorbed: [String] { [] }
  package var packedInput: (index: Int, form: PackedForm)? { nil }
  package func domain(inputs: [Shape], output: Shape) -> Shape? { nil }
  package var needsDenseInputs: Bool { false }
  package func readsWholeBatch(_ input: Int) -> Bool { false }
  package var isCheap: Bool { false }
  package func scratchFloats(
    kernels: UnsafePointer<fs_kernels>, tables: ConvolutionTableCache, inputs: Int
  ) -> Int { 0 }
  package func view(of input: TensorMemory) -> TensorMemory? { nil }
}

/// A use of an operation: a smooth function of tensors near values between -1.2 and 1.2, on which its derivatives are
/// tested against finite differences and its kernel against its definition.
package struct OperationExample: Sendable {
  package typealias Function =
    @Sendable (_ x: Tensor, _ y: Tensor, _ weights: Tensor, _ row: Tensor) throws -> Tensor
  package let name: String
  /// False where the second derivatives are not offered.
  package let differentiableTwice: Bool
  /// Of x and y of shape [batch, 3], weights [3, 2] and a row [1, 3].
  package let function: Function

  init(_ name: String, differentiableTwice: Bool = true, _ function: @escaping Function) {
    (self.name, self.differentiableTwice, self.function) = (name, differentiableTwice, function)
  }
}

/// A float32 in canonical text: its bits, so that two texts are equal exactly where the numbers are.
func bits(_ value: Float) -> String { "0x" + String(value.bitPattern, radix: 16) }

/// The same of a number that may be no float32: then the bits of the float64.
func bits(_ value: Double) -> String {
  Double(Float(value)) == value ? bits(Float(value)) : "0x" + String(value.bitPattern, radix: 16)
}
