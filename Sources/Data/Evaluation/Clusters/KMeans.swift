// k-means clusters that are a function of the points and a seed alone.
internal import CKernels
internal import Numerics

/// How to cluster.
package struct KMeansOptions: Sendable, Equatable {
  /// Starts from different centres, of which the one with the least inertia is kept.
  package var restarts: Int
  package var iterations: Int
  /// Iterations end when the centres' squared shifts sum to at most this times the mean variance of the columns.
  package var tolerance: Double

  package init(restarts: Int = 10, iterations: Int = 100, tolerance: Double = 1e-4) {
    self.restarts = restarts
    self.iterations = iterations
    self.tolerance = tolerance
  }
}

/// Centres and the points that belong to them.
package struct Clusters: Sendable {
  /// Shape [k * dimensions], row-major.
  package let centres: PointRows
  /// The nearest centre of each point, the first one at ties; shape [points].
  package let owners: [Int32]
  /// Sum of squared distances to the nearest centres.
  package let inertia: Double
}

/// Lloyd's iterations from k-means++ centres; empty clusters are moved to the points furthest from their centres.
///
/// Centres may coincide where there are fewer distinct points than clusters; those after the first are then empty.
/// O(restarts iterations n k d), restarts on several threads. Weights do not enter.
/// Sources: S. Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129; D. Arthur, S. Vassilvitskii, SODA 2007, 1027.
/// - Parameter stream: a Philox stream for each clustering of a measure.
/// - Throws: ``EvaluationError`` for no clusters, more clusters than points, or distances that overflow.
package func kMeans(
  _ points: PointRows, clusters k: Int, options: KMeansOptions = KMeansOptions(), seed: UInt64,
  stream: UInt32 = kMeansStream, threads: Int?
) throws -> Clusters {
  guard k >= 1, k <= points.count, options.restarts >= 1, options.iterations >= 1 else {
    throw EvaluationError.badOption(
      "\(k) clusters of \(points.count) points with \(options.restarts) restarts: ask for at least 1 of each and for at"
        + " most as many clusters as points")
  }
  let starts = mapChunks(options.restarts, threads: threads) { restart in
    lloyd(points, seeded(points, k, seed: seed, stream: stream, restart: restart), options)
  }
  var best = starts[0]
  for start in starts where start.inertia < best.inertia { best = start }
  guard best.inertia.isFinite else { throw EvaluationError.overflow("a distance between points and centres") }
  return best
}

/// The nearest of given centres for each point.
package func assigned(_ points: PointRows, to centres: PointRows, threads: Int?) throws -> Clusters {
  let chunks = RowChunks(points.count, size: 1024)
  let packed = packedTiles(centres)
  let parts = mapChunks(chunks.count, threads: threads) { chunk in
    Assignment(points, chunks[chunk], centres.count, packed)
  }
  let inertia = compensatedSum(parts.count) { parts[$0].inertia }
  guard inertia.isFinite else { throw EvaluationError.overflow("a distance between points and centres") }
  return Clusters(centres: centres, owners: parts.flatMap(\.owners), inertia: inertia)
}

/// The Philox stream of centres ("kmns").
package let kMeansStream: UInt32 = 0x6b6d_6e73

private func packedTiles(_ centres: PointRows) -> [Double] {
  let tile = Int(FS_SQUARE_TILE)
  var packed = [Double](repeating: 0, count: (centres.count + tile - 1) / tile * tile * centres.dimensions)
  fs_pack_tiles(Int64(centres.count), Int64(centres.dimensions), centres.values, &packed)
  return packed
}

/// The nearest centres of some points and the sums over the points of each centre.
private struct Assignment {
  var owners: [Int32]
  var squares: [Double]
  var sums: [Double]
  var sizes: [Double]

  init(_ points: PointRows, _ range: Range<Int>, _ centres: Int, _ packed: [Double]) {
    owners = [Int32](repeating: 0, count: range.count)
    squares = [Double](repeating: 0, count: range.count)
    sums = [Double](repeating: 0, count: centres * points.dimensions)
    sizes = [Double](repeating: 0, count: centres)
    guard let kernels = fs_kernels_named(nil) ?? fs_kernels_named("portable") else { return }
    points.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      fs_nearest_centres(
        kernels, Int64(range.count), Int64(points.dimensions), base + range.lowerBound * points.dimensions,
        Int64(centres), packed, &owners, &squares, &sums, &sizes)
    }
  }

  var inertia: Double { compensatedSum(squares.count) { squares[$0] } }
}

/// k-means++: each next centre is a point drawn with a probability proportional to its squared distance from the nearest
/// centre so far; any point where all those distances are 0.
private func seeded(_ points: PointRows, _ k: Int, seed: UInt64, stream: UInt32, restart: Int) -> PointRows {
  var centres: [Double] = []
  var least = [Double](repeating: .infinity, count: points.count)
  for centre in 0..<k {
    let words = fs_philox(seed, stream, UInt64(restart), UInt64(centre))
    let uniform = fs_uniform53(words.w0, words.w1)
    let total = centre == 0 ? 0 : least.reduce(0, +)
    var chosen = Int(uniform * Double(points.count))
    if total > 0, total.isFinite {
      var (sum, place) = (0.0, 0)
      let target = uniform * total
      // The last point with a positive distance where rounding leaves the sum below the target.
      for row in 0..<points.count where least[row] > 0 {
        sum += least[row]
        place = row
        if sum > target { break }
      }
      chosen = place
    }
    let point = Array(points[chosen])
    centres += point
    let distances = Assignment(
      points, 0..<points.count, 1, packedTiles(PointRows(values: point, count: 1, dimensions: points.dimensions))
    ).squares
    for row in 0..<points.count { least[row] = min(least[row], distances[row]) }
  }
  return PointRows(values: centres, count: k, dimensions: points.dimensions)
}

private func lloyd(_ points: PointRows, _ start: PointRows, _ options: KMeansOptions) -> Clusters {
  let (k, dimensions) = (start.count, points.dimensions)
  let tolerance = options.tolerance * meanVariance(points)
  var centres = start
  var assignment = Assignment(points, 0..<points.count, k, packedTiles(centres))
  for _ in 0..<options.iterations {
    var moved = centres.values
    for centre in 0..<k where assignment.sizes[centre] > 0 {
      for axis in 0..<dimensions {
        moved[centre * dimensions + axis] = assignment.sums[centre * dimensions + axis] / assignment.sizes[centre]
      }
    }
    for (centre, row) in replacements(assignment) {
      for axis in 0..<dimensions { moved[centre * dimensions + axis] = points.values[row * dimensions + axis] }
    }
    let shift = compensatedSum(moved.count) { (moved[$0] - centres.values[$0]) * (moved[$0] - centres.values[$0]) }
    centres = PointRows(values: moved, count: k, dimensions: dimensions)
    assignment = Assignment(points, 0..<points.count, k, packedTiles(centres))
    if !(shift > tolerance) { break }
  }
  return Clusters(centres: centres, owners: assignment.owners, inertia: assignment.inertia)
}

/// For each empty cluster the point that becomes its centre: furthest from its own first, ties in ascending order of the
/// row; none where all points lie on their centres.
private func replacements(_ assignment: Assignment) -> [(centre: Int, row: Int)] {
  let empty = assignment.sizes.indices.filter { assignment.sizes[$0] == 0 }
  guard !empty.isEmpty else { return [] }
  let rows = assignment.squares.indices.filter { assignment.squares[$0] > 0 }
    .sorted { (-assignment.squares[$0], $0) < (-assignment.squares[$1], $1) }
  return zip(empty, rows).map { (centre: $0, row: $1) }
}

private func meanVariance(_ points: PointRows) -> Double {
  let count = Double(points.count)
  let variance = compensatedSum(points.dimensions) { axis in
    func value(_ row: Int) -> Double { points.values[row * points.dimensions + axis] }
    let mean = compensatedSum(points.count) { value($0) / count }
    return compensatedSum(points.count) { (value($0) - mean) * (value($0) - mean) / count }
  }
  return variance / Double(points.dimensions)
}
