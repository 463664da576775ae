// How a batch is divided into blocks (part of the numerics) and into tiles (a matter of caches and threads alone).

/// The division of a batch into blocks. A sum over the batch is one chain over the rows of each block; the blocks' partial
/// sums are combined by a fixed tree. Both depend on the number of events and on the widest tensor alone.
///
/// A block has an eighth of the batch, but at least 8 and at most 128 rows. Where that would be more than 16 blocks, it has
/// the smallest multiple of 128 rows with which 16 are enough, so that every tile but the last is full. A program with a
/// tensor of 16,384 columns or more has blocks of a single row at least: each row is work enough for a thread.
package struct Blocks: Sendable, Equatable {
  /// The most blocks, and so the most threads that a step can use.
  static let most = 16
  /// The rows of which the blocks of a large batch have a multiple.
  private static let fullRows = 128

  /// The columns from which a tensor is wide.
  private static let wideColumns = 1 << 14

  package let batch: Int
  package let rows: Int
  package let count: Int

  /// - Parameter columns: of the widest batch tensor.
  package init(batch: Int, columns: Int = 0) {
    self.batch = batch
    let least = columns >= Self.wideColumns ? 1 : 8
    let tiles = quotient(batch, Self.fullRows)
    rows =
      tiles <= Self.most
      ? min(max(quotient(batch, 8), least), Self.fullRows) : quotient(tiles, Self.most) * Self.fullRows
    count = quotient(batch, rows)
  }

  /// The rows of a block.
  func range(_ block: Int) -> Range<Int> { block * rows..<min((block + 1) * rows, batch) }
}

/// How the rows of a batch pass through the calls of a stage. No bit depends on it: rows of a tile are computed one by
/// one, and a sum continues from tile to tile of a block.
struct Tiling: Equatable {
  /// The most rows of a tile, small enough for a core's cache where tensors are narrow.
  static let mostRows = 128
  /// Bytes of tile memory above which a task has as few blocks as it can: wide tensors gain nothing from full tiles, and
  /// threads share more tasks evenly.
  static let cacheBytes = 1 << 20
  /// The most bytes of a worker's tile memory; wider tensors have fewer rows in a tile.
  static let mostBytes = 64 << 20

  let blocks: Blocks
  /// Consecutive blocks that one worker computes in one task, so that small blocks share full tiles.
  let blocksTogether: Int
  /// The most rows of a tile.
  let rows: Int

  /// - Parameters:
  ///   - threads: how many workers share the blocks.
  ///   - rows: the most rows of a tile.
  init(blocks: Blocks, threads: Int, rows: Int = mostRows) {
    self.blocks = blocks
    blocksTogether = max(1, min(Self.mostRows / blocks.rows, quotient(blocks.count, threads)))
    let task = min(blocksTogether * blocks.rows, blocks.batch)
    self.rows = quotient(task, quotient(task, max(rows, 1)))
  }

  /// The same with at most half as many rows in a tile.
  var halved: Tiling { Tiling(self, blocksTogether: blocksTogether, rows: quotient(rows, 2)) }
  /// The same with half as many blocks in a task.
  var divided: Tiling { Tiling(self, blocksTogether: quotient(blocksTogether, 2), rows: rows) }

  private init(_ tiling: Tiling, blocksTogether: Int, rows: Int) {
    (blocks, self.blocksTogether) = (tiling.blocks, blocksTogether)
    let task = min(blocksTogether * blocks.rows, blocks.batch)
    self.rows = quotient(task, quotient(task, rows))
  }

  var taskCount: Int { quotient(blocks.count, blocksTogether) }

  /// The rows of a task.
  func range(_ task: Int) -> Range<Int> {
    let last = min((task + 1) * blocksTogether, blocks.count) - 1
    return blocks.range(task * blocksTogether).lowerBound..<blocks.range(last).upperBound
  }

  /// Calls `body` with the first row and the number of rows of each tile of a task: tiles of near-equal height.
  func forEachTile(of task: Int, _ body: (_ firstRow: Int, _ rows: Int) -> Void) {
    let range = range(task)
    var first = range.lowerBound
    for left in stride(from: quotient(range.count, rows), to: 0, by: -1) {
      let rows = quotient(range.upperBound - first, left)
      body(first, rows)
      first += rows
    }
  }
}

/// a / b, rounded up.
private func quotient(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
