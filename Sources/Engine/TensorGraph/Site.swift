// Where a kernel finds its operands: memory locations, and the frame of the tile that is being computed.
internal import CKernels

/// The tile that a worker computes, and the memory of that worker.
package struct Frame {
  let kernels: UnsafePointer<fs_kernels>
  let seed: UInt64
  let step: UInt64
  let worker: Int
  /// The worker's tile memory.
  let tile: UnsafeMutablePointer<Float>
  /// The block of the batch, whose partial sums the tile adds to.
  var block = 0
  /// The first row of the tile in the batch, and how many there are.
  var firstRow = 0
  var rows = 0
  /// 0 for the first tile of a block, then 1: whether sums go on from what they hold.
  var accumulate: Int32 = 0
}

/// The memory of one tensor.
package struct Location {
  enum Space {
    /// Whole tensor, or the whole batch, at `base`.
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

  func rows(_ frame: Frame) -> Int { fixedRows ?? frame.rows }

  func pointer(_ frame: Frame) -> UnsafeMutablePointer<Float> {
    switch space {
    case .shared:
      (base! + offset) + (fixedRows == nil ? frame.firstRow * rowStride : 0)
    case .tile: frame.tile + offset
    case .partial(let blockStride): base! + (offset + frame.block * blockStride)
    }
  }

  /// The first row of a tensor that is kept for the whole batch.
  var wholeBatch: UnsafePointer<Float> {
    guard case .shared = space, let base else { preconditionFailure("a tile holds no whole batch") }
    return UnsafePointer(base + offset)
  }

  func view(_ frame: Frame) -> fs_view {
    fs_view(data: UnsafePointer(pointer(frame)), row_stride: Int64(rowStride), col_stride: Int64(columnStride))
  }

  func offset(columns: Int) -> Location {
    var result = self
    result.offset += columns * columnStride
    return result
  }

  /// The location as an operand of an operation over `domain`: extents of 1 repeat.
  func operand(of shape: Shape, over domain: Shape) -> Location {
    var result = self
    if shape.columns == 1, domain.columns > 1 { result.columnStride = 0 }
    if shape.rows == .fixed(1), domain.rows != .fixed(1) {
      result.rowStride = 0
      result.fixedRows = if case .fixed(let rows) = domain.rows { rows } else { nil }
    }
    return result
  }
}

/// All that an operation needs to make its kernel call.
package struct Site {
  var inputs: [Location]
  let inputShapes: [Shape]
  var output: Location
  let columns: Int
  /// Rows of a batch tensor.
  let batch: Int
  /// The packed panels of the input that asked for it.
  var panels: UnsafeMutablePointer<Float>?
  /// Where a weight-gradient product leaves the column sums of its second factors.
  var columnSums: Location?
}

/// Computes one operation for one tile.
package typealias KernelCall = (borrowing Frame) -> Void

/// A kernel call with what an explanation or a profile says of it.
struct Call {
  /// The sort of kernel.
  let kind: String
  /// The node that it computes; nil for copies, packing and updates.
  var node: Int?
  /// Floating-point operations in a step.
  var flops = 0
  /// Bytes that are read and written in a step, each operand counted once.
  var bytes = 0
  let run: KernelCall
}

/// A call that writes a view out as whole rows.
func copyCall(from source: Location, to target: Location, columns: Int) -> KernelCall {
  { frame in
    frame.kernels.pointee.unary(
      Int32(FS_COPY), Int64(target.rows(frame)), Int64(columns), source.view(frame), target.pointer(frame),
      target.stride)
  }
}
