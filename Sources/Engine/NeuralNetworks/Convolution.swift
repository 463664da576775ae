// A convolutional layer.
package import TensorGraph

/// Filters over the cells of an image or a volume, each with a bias: what PyTorch's `Conv2d` and `Conv3d` compute.
///
///     let layer = try Convolution(
///       name: "critic.00", input: Grid([30, 30], channels: 1), filters: 32, kernel: [3, 3], stride: [2, 2], padding: [1, 1])
///     let hidden = try activation(layer(x))  // [batch, 900] to [batch, 15 · 15 · 32]
///
/// Parameters are `NAME.weight` [taps · channels, filters], row t · channels + c for tap t (the last dimension fastest)
/// and channel c, and `NAME.bias` [1, filters].
package struct Convolution: Sendable, Equatable {
  package let name: String
  package let geometry: ConvolutionGeometry

  /// - Parameters:
  ///   - filters: channels of the output.
  ///   - kernel, stride, padding: cells along each dimension of the input; the padding is of zeros, on both sides.
  ///   - paddingAfter: the padding at the far edges, where it is another than at the near ones.
  /// - Throws: `GridError` where the sizes fit no output.
  package init(
    name: String, input: Grid, filters: Int, kernel: [Int], stride: [Int], padding: [Int], paddingAfter: [Int]? = nil
  ) throws {
    self.name = name
    geometry = try ConvolutionGeometry(
      input: input, filters: filters, kernel: kernel, stride: stride, padding: padding,
      paddingAfter: paddingAfter)
  }

  package var input: Grid { geometry.input }
  package var output: Grid { geometry.output }

  package var parameters: [Variable] { convolutionParameters(name, geometry, biases: output.channels) }

  /// - Parameter x: shape [batch, input.columns].
  /// - Returns: shape [batch, output.columns].
  /// - Throws: `ShapeError` naming the layer.
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try applied(to: x, weights: tensor(of: parameters[0], in: x.graph))
  }

  func applied(to x: Tensor, weights: Tensor) throws -> Tensor {
    try x.graph.layer(name) {
      try x.convolved(with: weights, geometry)
        + tensor(of: parameters[1], in: x.graph).mapped(by: .repeated(output.channels, times: output.cells))
    }
  }
}

/// The weights and the biases of a convolution in either direction.
func convolutionParameters(_ name: String, _ geometry: ConvolutionGeometry, biases: Int) -> [Variable] {
  [
    Variable(
      name: "\(name).weight", role: .parameter, rows: geometry.weights.fixedRowCount,
      columns: geometry.weights.columns,
      initialisation: .glorot(
        inputs: geometry.taps * geometry.input.channels, outputs: geometry.taps * geometry.output.channels)),
    Variable(name: "\(name).bias", role: .parameter, rows: 1, columns: biases),
  ]
}

/// A variable as a tensor of a graph.
func tensor(of variable: Variable, in graph: Graph) -> Tensor {
  graph.parameter(variable.name, rows: variable.rows, columns: variable.columns)
}
