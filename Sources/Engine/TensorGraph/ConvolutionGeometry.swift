// Which cells a convolution connects.

/// The connections of a convolution in two or three dimensions: output cell p and tap t of the kernel meet at input cell
/// stride · p + t − padding along each dimension, where there is one.
package struct ConvolutionGeometry: Hashable, Sendable {
  package let input: Grid
  package let output: Grid
  package let kernel: [Int]
  package let stride: [Int]
  /// Cells of zeros before the first cell of each dimension.
  package let padding: [Int]
  /// Cells of zeros after the last one.
  package let paddingAfter: [Int]

  /// - Parameters:
  ///   - filters: channels of the output.
  ///   - kernel, stride, padding: one number for each dimension of the input.
  ///   - paddingAfter: the padding at the far edges; nil for the same as at the near ones.
  /// - Throws: `GridError` where sizes are missing, not positive, or the kernel is larger than the padded input.
  package init(
    input: Grid, filters: Int, kernel: [Int], stride: [Int], padding: [Int], paddingAfter: [Int]? = nil
  ) throws {
    let what = "a convolution of \(input) by \(crosses(kernel)) cells"
    let dimensions = input.extents.count
    let after = paddingAfter ?? padding
    guard [kernel, stride, padding, after].allSatisfy({ $0.count == dimensions }) else {
      throw GridError(
        what: what, fault: "kernel, stride and padding have not \(dimensions) numbers each",
        remedy: "give one for each dimension of the input")
    }
    guard (input.extents + kernel + stride + [input.channels, filters]).allSatisfy({ $0 > 0 }),
      (padding + after).allSatisfy({ $0 >= 0 })
    else {
      throw GridError(
        what: what, fault: "a size is not positive",
        remedy: "give extents, channels, kernel and stride of at least 1 and a padding of at least 0")
    }
    // Each size before their sums and products, which then fit in an Int.
    try Grid.require(input.extents + kernel + stride + padding + after + [input.channels, filters], of: what)
    let extents = input.extents.indices.map { dimension in
      (input.extents[dimension] + padding[dimension] + after[dimension] - kernel[dimension], stride[dimension])
    }
    guard extents.allSatisfy({ $0.0 >= 0 }) else {
      throw GridError(
        what: what,
        fault: "the kernel is larger than the input with its padding \(Self.text(of: padding, after))",
        remedy: "make the kernel smaller or the padding larger")
    }
    (self.input, self.kernel, self.stride, self.padding) = (input, kernel, stride, padding)
    self.paddingAfter = after
    output = Grid(extents.map { $0.0 / $0.1 + 1 }, channels: filters)
    let window = Grid(kernel, channels: input.channels)
    try Grid.require(
      [
        input.columns, output.columns, window.columns, boundedProduct(output.cells, window.cells),
        boundedProduct(input.cells, window.cells),
      ], of: what)
  }

  package var taps: Int { kernel.reduce(1, *) }
  /// Weights: row t · channels + c is tap t (the last dimension fastest) of channel c; a column for each filter.
  package var weights: Shape { .fixed(taps * input.channels, output.channels) }

  var text: String {
    "input=\(crosses(input.extents + [input.channels])),filters=\(output.channels),kernel=\(crosses(kernel)),"
      + "stride=\(crosses(stride)),padding=\(Self.text(of: padding, paddingAfter))"
  }

  /// 1x1, or 1x1 to 2x2 where the edges differ.
  private static func text(of padding: [Int], _ after: [Int]) -> String {
    padding == after ? crosses(padding) : "\(crosses(padding)) to \(crosses(after))"
  }

  var window: Grid { Grid(kernel, channels: 1) }

  /// Calls `body` with every output cell, tap and input cell that meet, output cells and then taps ascending.
  func forEachMeeting(_ body: (_ output: Int, _ tap: Int, _ input: Int) -> Void) {
    let places = (0..<taps).map(window.place)
    for cell in 0..<output.cells {
      let origin = zip(zip(output.place(of: cell), stride), padding).map { $0.0.0 * $0.0.1 - $0.1 }
      for (tap, place) in places.enumerated() {
        if let input = input.cell(at: zip(origin, place).map({ $0 + $1 })) { body(cell, tap, input) }
      }
    }
  }
}
