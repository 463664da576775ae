// Layers that make a grid smaller or larger without parameters.
package import TensorGraph

/// The mean or the maximum of each window of cells, channel by channel. Windows lie side by side; cells that fill none are
/// left out.
package struct Pooling: Sendable, Equatable {
  /// The gradient of a maximum goes to the first of equal cells.
  package enum Kind: String, Sendable { case average, maximum }

  package let kind: Kind
  package let input: Grid
  package let window: [Int]
  package let output: Grid

  /// - Parameter window: cells along each dimension of the input.
  /// - Throws: `GridError` where no window fits.
  package init(_ kind: Kind, of input: Grid, window: [Int]) throws {
    guard window.count == input.extents.count, zip(window, input.extents).allSatisfy({ $0 > 0 && $0 <= $1 }) else {
      throw GridError(
        what: "\(kind) pooling of \(input)", fault: "the window does not fit in it",
        remedy: "give a number from 1 to the extent for each of its \(input.extents.count) dimensions")
    }
    (self.kind, self.input, self.window) = (kind, input, window)
    output = Grid(zip(input.extents, window).map { $0 / $1 }, channels: input.channels)
    try Grid.require([input.columns], of: "\(kind) pooling of \(input)")
  }

  /// - Parameter x: shape [batch, input.columns].
  /// - Returns: shape [batch, output.columns].
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.graph.layer("\(kind) pooling") {
      let size = window.reduce(1, *)
      switch kind {
      case .average: return try x.mapped(by: .windowSums(input, window: window)).scaled(by: 1 / Double(size))
      case .maximum: return try x.largest(of: input, window: window)
      }
    }
  }
}

/// Each cell repeated along each dimension.
package struct NearestUpsampling: Sendable, Equatable {
  package let input: Grid
  package let scale: [Int]
  package let output: Grid

  /// - Parameter scale: how many times each cell stands along each dimension.
  /// - Throws: `GridError` where a scale is missing or not positive.
  package init(input: Grid, scale: [Int]) throws {
    let what = "nearest upsampling of \(input)"
    guard scale.count == input.extents.count, scale.allSatisfy({ $0 > 0 }) else {
      throw GridError(
        what: what, fault: "the scale has not a positive number for each dimension",
        remedy: "give \(input.extents.count) numbers of at least 1")
    }
    (self.input, self.scale) = (input, scale)
    output = Grid(zip(input.extents, scale).map { boundedProduct($0, $1) }, channels: input.channels)
    try Grid.require([input.columns, output.columns], of: what)
  }

  /// - Parameter x: shape [batch, input.columns].
  /// - Returns: shape [batch, output.columns].
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.graph.layer("nearest upsampling") { try x.mapped(by: .upsampled(input, scale: scale)) }
  }
}

/// A box of the cells of a grid; the others are left out.
package struct Crop: Sendable, Equatable {
  package let input: Grid
  /// Where the box begins.
  package let origin: [Int]
  package let output: Grid

  /// - Parameters:
  ///   - extents: cells of the box along each dimension.
  ///   - origin: nil for the middle, with the smaller margin first.
  /// - Throws: `GridError` where the box is not within the grid.
  package init(input: Grid, extents: [Int], origin: [Int]? = nil) throws {
    let what = "\(crosses(extents)) cells of \(input)" + (origin.map { " from \(crosses($0))" } ?? "")
    let dimensions = input.extents.indices
    let origin = origin ?? zip(input.extents, extents).map { max($0 - $1, 0) / 2 }
    guard extents.count == dimensions.count, origin.count == dimensions.count,
      dimensions.allSatisfy({ extents[$0] > 0 && origin[$0] >= 0 && extents[$0] <= input.extents[$0] - origin[$0] })
    else {
      throw GridError(what: what, fault: "they are not within the grid", remedy: "make the box smaller")
    }
    (self.input, self.origin) = (input, origin)
    output = Grid(extents, channels: input.channels)
    try Grid.require([input.columns], of: what)
  }

  /// - Parameter x: shape [batch, input.columns].
  /// - Returns: shape [batch, output.columns].
  package func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.graph.layer("crop") { try x.mapped(by: .box(input, extents: output.extents, from: origin)) }
  }
}
