// What one line of a network's table says, before its sizes are known.
package import TensorGraph

/// A layer: an operation, then a normalisation and an activation of its result.
///
///     let layer = Layer(.convolution(filters: 32, kernel: [3], stride: [2], padding: .cells([1])), activation: .relu)
///
/// Lists of cells have one number for all dimensions of the grid, or one for each.
package struct Layer: Sendable, Equatable {
  package enum Operation: Sendable, Equatable {
    /// The input as it is, for a layer that is a normalisation or an activation alone.
    case none
    /// Reads a grid as one row.
    case dense(units: Int)
    case convolution(filters: Int, kernel: [Int], stride: [Int], padding: Padding)
    case transposedConvolution(channels: Int, kernel: [Int], stride: [Int], padding: Padding, outputPadding: [Int])
    /// Each cell repeated.
    case upsampling([Int])
    case pooling(Pooling.Kind, window: [Int])
    /// Layers whose result is added to their input, or to the result of other layers for the same input
    /// (arXiv:1512.03385).
    case residual([Layer], shortcut: [Layer])
    /// A row or a grid of as many columns as another grid.
    case reshape(Grid)
    /// A grid as one row.
    case flatten
    /// A box of cells.
    /// - Parameter origin: where it begins; nil for the middle, with the smaller margin first.
    case crop(extents: [Int], origin: [Int]?)
    /// The conditions as further columns of a row, or as further channels of each cell of a grid.
    case conditions
  }

  package enum Padding: Sendable, Equatable {
    /// Zeros on both sides of each dimension.
    case cells([Int])
    /// Zeros so that the output has ⌈input / stride⌉ cells along each dimension, or input · stride where the convolution is
    /// transposed; the larger half is after the last cell, as in TensorFlow.
    case same
  }

  package enum Normalisation: Sendable, Equatable { case batch, layer }

  package let operation: Operation
  package let normalisation: Normalisation?
  package let activation: Activation?

  package init(_ operation: Operation, normalisation: Normalisation? = nil, activation: Activation? = nil) {
    (self.operation, self.normalisation, self.activation) = (operation, normalisation, activation)
  }
}

/// Layers that do not fit together.
package struct LayerError: Error, Equatable, CustomStringConvertible {
  /// The place in the network's list, from 0, and within residual blocks the keys `residual` or `shortcut` and a place in
  /// those; empty for the whole network.
  package let place: [String]
  package let finding: String
  package let expected: String

  package init(at place: [String], _ finding: String, expected: String) {
    (self.place, self.finding, self.expected) = (place, finding, expected)
  }

  package var description: String {
    (place.isEmpty ? "the layers" : "layer \(place.joined(separator: "."))") + ": \(finding); expected \(expected)"
  }
}
