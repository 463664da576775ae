// Where a kernel finds its operands: the memory of tensors, and the rows that are being computed.
internal import CKernels

/// Rows of the batch that a worker computes together, and the memory of that worker.
package struct Tile {
  let kernels: UnsafePointer<fs_kernels>
  let seed: UInt64
  let step: UInt64
  let worker: Int
  /// The worker's tile memory; `firstRowInMemory` is the row of the batch that stands first in it.
  let memory: UnsafeMutablePointer<Float>
  /// The worker's scratch memory, as much as the kernel that needs most of it asked for.
  let scratch: UnsafeMutablePointer<Float>
  /// The worker's room for the operands of one sum over rows, `FS_MOST_FACTORS` of them.
  let factors: UnsafeMutablePointer<fs_factors>
  var firstRowInMemory = 0
  /// The first row in the batch, and how many there are.
  var firstRow = 0
  var rows = 0
  /// The block whose partial sums the rows are added to.
  var block = 0
  /// 0 for the first rows of a block, then 1: whether sums continue from what they hold.
  var accumulate: Int32 = 0
}

/// The memory of one tensor.
package struct TensorMemory {
  enum Space {
    /// Whole tensor, or the complete batch, at `base`.
    case shared
    /// One tile of rows in the worker's memory.
    case tile
    /// One partial result a block, `blockStride` apart from `base`.
    case partial(blockStride: Int)
  }
  let space: Space
  let base: UnsafeMutablePointer<Float>?
  var offset = 0
  /// Floats from one row to the next, 0 where one row stands for all.
  var rowStride: Int
  /// 1, or 0 where one column stands for all.
  var columnStride = 1
  /// The number of rows of a fixed tensor; nil for a batch.
  var fixedRows: Int?

  var stride: Int64 { Int64(rowStride) }

  func rows(_ tile: Tile) -> Int { fixedRows ?? tile.rows }

  func pointer(_ tile: Tile) -> UnsafeMutablePointer<Float> {
    switch space {
    case .shared:
      (base! + offset) + (fixedRows == nil ? tile.firstRow * rowStride : 0)
    case .tile: tile.memory + (offset + (tile.firstRow - tile.firstRowInMemory) * rowStride)
    case .partial(let blockStride): base! + (offset + tile.block * blockStride)
    }
  }

  /// The first row of a tensor that is kept for the complete batch.
  var wholeBatch: UnsafePointer<Float> {
    guard case .shared = space, let base else { preconditionFailure("a tile holds no whole batch") }
    return UnsafePointer(base + offset)
  }

  func view(_ tile: Tile) -> fs_view {
    fs_view(data: UnsafePointer(pointer(tile)), row_stride: Int64(rowStride), col_stride: Int64(columnStride))
  }

  func offset(columns: Int) -> TensorMemory {
    var result = self
    result.offset += columns * columnStride
    return result
  }

  /// The location as an operand of an operation over `domain`: extents of 1 repeat.
  func operand(of shape: Shape, over domain: Shape) -> TensorMemory {
    var result = self
    if shape.columns == 1, domain.columns > 1 { result.columnStride = 0 }
    if shape.rows == .fixed(1), domain.rows != .fixed(1) {
      result.rowStride = 0
      result.fixedRows = if case .fixed(let rows) = domain.rows { rows } else { nil }
    }
    return result
  }
}

/// All that an operation needs to make its kernel call: its operands' memory and shapes.
package struct KernelOperands {
  var inputs: [TensorMemory]
  let inputShapes: [Shape]
  var output: TensorMemory
  let columns: Int
  /// Rows of a batch tensor.
  let batch: Int
  /// The packed panels of the input that requested it.
  var panels: UnsafeMutablePointer<Float>?
  /// Frames and routes of convolutions.
  let tables: ConvolutionTableCache
  /// Where a weight-gradient product leaves the column sums of its second factors.
  var columnSums: TensorMemory?
}

/// Computes one operation for one tile.
package typealias KernelCall = (borrowing Tile) -> Void

/// A kernel call with what an explanation or a profile says of it.
struct Call {
  /// The sort of kernel.
  let kind: String
  /// The node that it computes; nil for copies, packing and updates.
  var node: Int?
  /// Whether an earlier stage has computed the node already.
  var isRepeated = false
  /// Floating-point operations in a step.
  var flops = 0
  /// Bytes that are read and written in a step, each operand counted once.
  var bytes = 0
  /// Whether the call adds to a block's partial sums.
  var sumsOverBatch = false
  let run: KernelCall
}

/// A call that writes a view out as complete rows.
func copyCall(from source: TensorMemory, to target: TensorMemory, columns: Int) -> KernelCall {
  { tile in
    tile.kernels.pointee.unary(
      Int32(FS_COPY), Int64(target.rows(tile)), Int64(columns), source.view(tile), target.pointer(tile),
      target.stride)
  }
}
