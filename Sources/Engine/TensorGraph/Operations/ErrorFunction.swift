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

  func kernel(_ site: Site) -> KernelCall {
    let (a, output, columns) = (site.inputs[0], site.output, Int64(site.columns))
    return { frame in
      frame.kernels.pointee.unary(
        Int32(FS_ERF), Int64(output.rows(frame)), columns, a.view(frame), output.pointer(frame), output.stride)
    }
  }
}

extension Tensor {
  package func erf() throws -> Tensor { try graph.apply(ErrorFunction(), [self]) }
}
