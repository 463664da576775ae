// A tensor that is a constant for every derivative.
internal import CKernels

/// The input's values, through which no gradient flows.
struct Detached: Operation {
  static var examples: [OperationExample] { [] }

  var text: String { "detached" }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0] }
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] { [nil] }
  func evaluate(_ inputs: [Matrix]) -> Matrix { inputs[0] }
  func kernel(_ operands: KernelOperands) -> KernelCall {
    copyCall(from: operands.inputs[0], to: operands.output, columns: operands.columns)
  }
  func flops(inputs: [Shape], output: Shape, batch: Int) -> Int { 0 }
}

extension Tensor {
  /// The same values as a constant: a derivative with respect to what they come from is zero.
  package func detached() throws -> Tensor { try graph.apply(Detached(), [self]) }
}
