// How a batch is cut into blocks and tiles: part of the numerics, never of the machine.

/// The division of a batch. A block's partial sums are one chain over its tiles; the blocks' partial sums are combined by
/// a fixed tree. Both depend on the batch alone.
package struct Blocks: Sendable, Equatable {
  /// Rows that pass through the whole step together, small enough for a core's cache.
  package static let tileRows = 128
  /// The most blocks, and so the most threads that a step can use.
  static let most = 16

  package let batch: Int
  package let count: Int
  package let rows: Int

  package init(batch: Int) {
    self.batch = batch
    let tiles = (batch + Self.tileRows - 1) / Self.tileRows
    let tilesInBlock = (tiles + Self.most - 1) / Self.most
    rows = tilesInBlock * Self.tileRows
    count = (batch + rows - 1) / rows
  }

  /// The rows of a block.
  func range(_ block: Int) -> Range<Int> { block * rows..<min((block + 1) * rows, batch) }
}
