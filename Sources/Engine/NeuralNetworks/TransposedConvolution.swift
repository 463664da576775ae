// A transposed convolutional layer: it makes a grid larger by learnt filters.
package import TensorGraph

/// The transpose of a convolution, with a bias for each output channel: what PyTorch's `ConvTranspose2d` and
/// `ConvTranspose3d` compute.
///
///     let layer = try TransposedConvolution(
///       name: "generator.01", input: Grid([8, 8], channels: 64), channels: 32, kernel: [4, 4], stride: [2, 2],
///       padding: [1, 1], outputPadding: [0, 0])
///     let image = try layer(x)  // [batch, 8 · 8 · 64] to [batch, 16 · 16 · 32]
///
/// Parameters are `NAME.weight` [taps · output channels, input channels], row t · channels + c for tap t (the last
/// dimension fastest) and output channel c, and `NAME.bias` [1, output channels].
package struct TransposedConvolution: Sendable, Equatable {
  package let name: String
  /// The convolution that this is the transpose of: from this layer's output to its input.
  package let geometry: ConvolutionGeometry

  /// - Parameters:
  ///   - channels: channels of the output.
  ///   - kernel, stride, padding: those of the convolution that is transposed, along each dimension.
  ///   - paddingAfter: its padding at the far edges; nil for the same as at the near ones.
  ///   - outputPadding: cells more at the far edge, fewer than the stride; 0 gives the smallest output.
  /// - Throws: `GridError` where the sizes fit no output.
  package init(
    name: String, input: Grid, channels: Int, kernel: [Int], stride: [Int], padding: [Int], paddingAfter: [Int]? = nil,
    outputPadding: [Int]
  ) throws {
    let dimensions = input.extents.count
    let after = paddingAfter ?? padding
    let what = "a transposed convolution of \(input)"
    guard [kernel, stride, padding, after, outputPadding].allSatisfy({ $0.count == dimensions }) else {
      throw GridError(
        what: what, fault: "kernel, stride, padding and output padding have not \(dimensions) numbers each",
        remedy: "give one for each dimension of the input")
    }
    guard zip(outputPadding, stride).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
      throw GridError(
        what: what, fault: "an output padding is negative or not below the stride",
        remedy: "give at least 0 and less than the stride of its dimension")
    }
    let sizes = input.extents + kernel + stride + padding + after + outputPadding + [input.channels, channels]
    try Grid.require(sizes, of: what)
    let extents = (0..<dimensions).map { (dimension: Int) -> Int in
      let reach: Int = (input.extents[dimension] - 1) * stride[dimension] + kernel[dimension]
      return reach - padding[dimension] - after[dimension] + outputPadding[dimension]
    }
    guard extents.allSatisfy({ $0 > 0 }) else {
      throw GridError(
        what: what, fault: "the padding leaves nothing of the output", remedy: "make the padding smaller")
    }
    self.name = name
    geometry = try ConvolutionGeometry(
      input: Grid(extents, channels: channels), filters: input.channels, kernel: kernel, stride: stride,
      padding: padding, paddingAfter: after)
  }

  package var input: Grid { geometry.output }
  package var output: Grid { geometry.input }

  package var parameters: [Variable] { convolutionParameters(name, geometry, biases: output.channels) }

  /// - Parameter x: shape [batch, input.columns].
  /// - Returns: shape [batch, output.columns].
  /// - Throws: `ShapeError` naming the layer.
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try applied(to: x, weights: tensor(of: parameters[0], in: x.graph))
  }

  func applied(to x: Tensor, weights: Tensor) throws -> Tensor {
    try x.graph.layer(name) {
      try x.transposedConvolved(with: weights, geometry)
        + tensor(of: parameters[1], in: x.graph).mapped(by: .repeated(output.channels, times: output.cells))
    }
  }
}
