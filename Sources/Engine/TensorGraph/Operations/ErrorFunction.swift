// Gauss's error function.
internal import CKernels

/// erf(x), Gauss's error function.
struct ErrorFunction: Operation {
  static var examples: [OperationExample] {
    [OperationExample("error function") { x, _, _, _ in try x.erf() }]
  }

  var text: String { "erf" }
  func shape(of inputs: [Shape]) -> Shape? { inputs[0] }

  /// d erf(x)/dx = 2/√π · exp(−x²)
  func derivatives(inputs: [Tensor], output: Tensor, upstream: Tensor) throws -> [Tensor?] {
    [try upstream * (-(inputs[0] * inputs[0])).exp().scaled(by: 2 / Double.pi.squareRoot())]
  }

  func evaluate(_ inputs: [Matrix]) -> Matrix { inputs[0].map { fs_erf($0) } }

  func kernel(_ operands: KernelOperands) -> KernelCall {
    let (a, output, columns) = (operands.inputs[0], operands.output, Int64(operands.columns))
    return { tile in
      tile.kernels.pointee.unary(
        Int32(FS_ERF), Int64(output.rows(tile)), columns, a.view(tile), output.pointer(tile), output.stride)
    }
  }
}

extension Tensor {
  package func erf() throws -> Tensor { try graph.apply(ErrorFunction(), [self]) }
}
