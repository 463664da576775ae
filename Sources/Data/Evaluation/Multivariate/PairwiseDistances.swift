// Weighted sums of Euclidean distances between all points of two samples, in blocks of rows.
internal import Numerics

/// What the distances d_ij between two samples add up to, point by point.
struct DistanceSums {
  /// sum_j v_j d_ij for each point i of the first sample.
  let rows: [Double]
  /// sum_i w_i d_ij for each point j of the second sample.
  let columns: [Double]
}

/// Points in groups of sixteen, the last one filled up with copies of the last point that have weight zero.
struct PackedPoints {
  /// `coordinates[k * stride + i]`: dimension k of point i.
  let coordinates: [Double]
  /// Shape [stride].
  let weights: [Double]
  let count: Int
  /// The number of points with the copies: a multiple of 16.
  let stride: Int
  let dimensions: Int

  /// The points must not be empty.
  init(_ points: WeightedPoints) {
    count = points.weights.count
    let stride = (count + 15) / 16 * 16
    self.stride = stride
    dimensions = points.columns.count
    weights = points.weights + [Double](repeating: 0, count: stride - count)
    coordinates = points.columns.flatMap { $0 + [Double](repeating: $0[$0.count - 1], count: stride - $0.count) }
  }

  /// Blocks of rows whose borders are multiples of sixteen, at most 64 of them: a number that depends on the sample alone.
  var blocks: RowChunks { RowChunks(count, size: max(128, ((count + 63) / 64 + 15) / 16 * 16)) }
}

/// All distances between two samples: O(n m d) time, direct differences, so that close points lose no digits.
///
/// The partial sums of the blocks of rows are added in the order of the blocks.
/// - Throws: ``EvaluationError`` where the CPU lacks the instruction set that the environment names.
func distanceSums(_ first: PackedPoints, _ second: PackedPoints, threads: Int?) throws -> DistanceSums {
  let (blocks, kernels) = (first.blocks, try DoubleKernels())
  let partials = mapChunks(blocks.count, threads: threads) { block in
    kernels.sums(first, blocks[block], second, 0..<second.stride, columns: true)
  }
  return DistanceSums(
    rows: partials.flatMap(\.rows), columns: combined(partials.map(\.columns), count: second.count))
}

/// All distances within one sample, each pair of blocks computed once; `rows` and `columns` are equal.
/// - Throws: as ``distanceSums(_:_:threads:)``.
func distanceSums(within points: PackedPoints, threads: Int?) throws -> DistanceSums {
  let (blocks, kernels) = (points.blocks, try DoubleKernels())
  let partials = mapChunks(blocks.count, threads: threads) { block in
    // The square on the diagonal gives row sums alone, what lies right of it both.
    let range = blocks[block]
    let border = min(points.stride, range.lowerBound + blocks.size)
    let square = kernels.sums(points, range, points, range.lowerBound..<border, columns: false)
    let rest = kernels.sums(points, range, points, border..<points.stride, columns: true)
    return (rows: zip(square.rows, rest.rows).map { $0 + $1 }, columns: rest.columns)
  }
  let rows = partials.flatMap(\.rows)
  let columns = combined(partials.map(\.columns), count: points.count)
  let sums = zip(rows, columns).map { $0 + $1 }
  return DistanceSums(rows: sums, columns: sums)
}

/// Adds up arrays element by element, in their order.
func combined(_ partials: [[Double]], count: Int) -> [Double] {
  (0..<count).map { index in compensatedSum(partials.count) { partials[$0][index] } }
}
