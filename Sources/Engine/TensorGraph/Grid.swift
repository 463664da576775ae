// How a row of columns holds an image or a volume.
internal import Text

/// An image (height, width) or a volume (depth, height, width) as one row: cell after cell with the last extent fastest,
/// each cell its channels side by side. A grid of one channel is a flattened image as it stands.
package struct Grid: Hashable, Sendable, CustomStringConvertible {
  /// Cells along each dimension.
  package let extents: [Int]
  package let channels: Int

  package init(_ extents: [Int], channels: Int) {
    self.extents = extents
    self.channels = channels
  }

  /// `Int.max` where there are more.
  package var cells: Int { extents.reduce(1) { boundedProduct($0, $1) } }
  /// Columns of a tensor that holds one grid a row.
  package var columns: Int { boundedProduct(cells, channels) }

  /// The most columns of a grid and the most entries of a layer's tables, so that places fit in 32 bits and tables in
  /// memory.
  package static let mostColumns = 1 << 26

  /// - Throws: `GridError` where a size or a product of sizes is above `mostColumns`.
  package static func require(_ sizes: [Int], of what: String) throws {
    guard sizes.allSatisfy({ $0 <= mostColumns }) else {
      throw GridError(
        what: what, fault: "a size or a product of sizes is above \(mostColumns)",
        remedy: "make extents, channels, kernel, stride and padding smaller")
    }
  }

  package var description: String { "\(crosses(extents)) cells of \(counted(channels, "channel"))" }

  /// Where a cell lies along each dimension.
  func place(of cell: Int) -> [Int] {
    var rest = cell
    var place = extents
    for dimension in extents.indices.reversed() {
      place[dimension] = rest % extents[dimension]
      rest /= extents[dimension]
    }
    return place
  }

  /// The cell at a place, nil beyond the edges.
  func cell(at place: [Int]) -> Int? {
    var cell = 0
    for (position, extent) in zip(place, extents) {
      guard position >= 0, position < extent else { return nil }
      cell = cell * extent + position
    }
    return cell
  }
}

/// Numbers as 3x3x2.
package func crosses(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "x") }

/// Sizes of which no layer can be made.
package struct GridError: Error, CustomStringConvertible, Equatable {
  /// What is made of which grid: "a convolution of 30x30 cells of 1 channel".
  package let what: String
  package let fault: String
  package let remedy: String

  package init(what: String, fault: String, remedy: String) {
    (self.what, self.fault, self.remedy) = (what, fault, remedy)
  }

  package var description: String { "\(what): \(fault); \(remedy)" }
}
