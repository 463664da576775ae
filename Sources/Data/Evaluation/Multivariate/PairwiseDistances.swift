// Weighted sums of Euclidean distances between all points of two samples, in blocks.
internal import CKernels
internal import Numerics

/// What the distances d_ij between two samples add up to, point by point.
struct DistanceSums {
  /// sum_j v_j d_ij for each point i of the first sample.
  let rows: [Double]
  /// sum_i w_i d_ij for each point j of the second sample.
  let columns: [Double]
}

/// Points in groups of four along each dimension, padded with points of weight zero.
struct PackedPoints {
  /// `coordinates[k * groups + g]`: dimension k of points 4g ..< 4g+4.
  let coordinates: [SIMD4<Double>]
  let weights: [SIMD4<Double>]
  let count: Int
  let groups: Int
  let dimensions: Int

  init(_ points: WeightedPoints) {
    count = points.weights.count
    groups = (count + 3) / 4
    dimensions = points.columns.count
    weights = packed(points.weights)
    coordinates = points.columns.flatMap(packed)
  }
}

private func packed(_ values: [Double]) -> [SIMD4<Double>] {
  (0..<(values.count + 3) / 4).map { group in
    var four = SIMD4<Double>(repeating: 0)
    for lane in 0..<min(4, values.count - 4 * group) { four[lane] = values[4 * group + lane] }
    return four
  }
}

/// All distances between two samples: O(n m d) time, direct differences, so that close points lose no digits.
///
/// The first sample is cut into at most 64 blocks of rows, a number that depends on the sample alone; the partial sums
/// are added in the order of the blocks.
func distanceSums(_ first: PackedPoints, _ second: PackedPoints, threads: Int?) -> DistanceSums {
  let blocks = rowBlocks(first.count)
  let partials = mapChunks(blocks.count, threads: threads) { block in
    blockDistances(first, blocks[block], second, from: 0)
  }
  return DistanceSums(
    rows: partials.flatMap(\.rows), columns: combined(partials.map(\.columns), count: second.count))
}

/// All distances within one sample, each pair computed once; `rows` and `columns` are equal.
func distanceSums(within points: PackedPoints, threads: Int?) -> DistanceSums {
  let blocks = rowBlocks(points.count)
  let partials = mapChunks(blocks.count, threads: threads) { block in
    // The square on the diagonal gives row sums alone, what lies right of it both.
    let range = blocks[block]
    let square = blockDistances(points, range, points, from: range.lowerBound / 4, to: (range.upperBound + 3) / 4)
    let rest = blockDistances(points, range, points, from: (range.upperBound + 3) / 4)
    return (rows: zip(square.rows, rest.rows).map { $0 + $1 }, columns: rest.columns)
  }
  let rows = partials.flatMap(\.rows)
  let columns = combined(partials.map(\.columns), count: points.count)
  let sums = zip(rows, columns).map { $0 + $1 }
  return DistanceSums(rows: sums, columns: sums)
}

/// Blocks of rows whose borders are multiples of four.
private func rowBlocks(_ count: Int) -> RowChunks {
  RowChunks(count, size: max(128, ((count + 63) / 64 + 3) / 4 * 4))
}

/// Adds up arrays element by element, in their order.
private func combined(_ partials: [[Double]], count: Int) -> [Double] {
  (0..<count).map { index in compensatedSum(partials.count) { partials[$0][index] } }
}

/// Distances from the rows of one block to the groups `from..<to` of the second sample.
/// - Returns: the sums of the block's rows, and of all columns (zero outside the groups).
private func blockDistances(
  _ first: PackedPoints, _ range: Range<Int>, _ second: PackedPoints, from: Int, to: Int? = nil
) -> (rows: [Double], columns: [Double]) {
  let end = to ?? second.groups
  var rows = [CompensatedSum](repeating: CompensatedSum(), count: range.count)
  var columns = [SIMD4<Double>](repeating: SIMD4(repeating: 0), count: second.groups)
  var point = [Double](repeating: 0, count: first.dimensions)
  var distances = [SIMD4<Double>](repeating: SIMD4(repeating: 0), count: tileGroups)
  columns.withUnsafeMutableBufferPointer { columns in
    distances.withUnsafeMutableBufferPointer { distances in
      second.weights.withUnsafeBufferPointer { weights in
        for start in stride(from: from, to: end, by: tileGroups) {
          let groups = start..<min(start + tileGroups, end)
          for row in range {
            for k in 0..<first.dimensions { point[k] = first.coordinates[k * first.groups + row / 4][row % 4] }
            fillDistances(distances, point, second, groups)
            let weight = first.weights[row / 4][row % 4]
            var sum = SIMD4<Double>(repeating: 0)
            for group in groups {
              let distance = distances[group - groups.lowerBound]
              sum += weights[group] * distance
              columns[group] += weight * distance
            }
            rows[row - range.lowerBound].add((sum[0] + sum[1]) + (sum[2] + sum[3]))
          }
        }
      }
    }
  }
  let flat = (0..<second.count).map { columns[$0 / 4][$0 % 4] }
  return (rows.map(\.value), flat)
}

/// Groups of the second sample that stay in the first-level cache while the rows of a block pass over them.
private let tileGroups = 128

/// The distances from one point to the points of some groups.
private func fillDistances(
  _ distances: UnsafeMutableBufferPointer<SIMD4<Double>>, _ point: [Double], _ second: PackedPoints,
  _ groups: Range<Int>
) {
  guard let base = distances.baseAddress else { return }
  second.coordinates.withUnsafeBufferPointer { coordinates in
    for k in point.indices {
      let (coordinate, offset) = (point[k], k * second.groups + groups.lowerBound)
      for place in 0..<groups.count {
        let difference = coordinates[offset + place] - coordinate
        let square = difference * difference
        base[place] = k == 0 ? square : base[place] + square
      }
    }
  }
  // One square root after another lets the compiler take them in pairs.
  base.withMemoryRebound(to: Double.self, capacity: 4 * groups.count) { values in
    for place in 0..<4 * groups.count { values[place] = fs_sqrt(values[place]) }
  }
}
