// Exact nearest neighbours of many points, and the points within a radius.
internal import CKernels
internal import Numerics

/// The k nearest points of each query, nearest first; ties in ascending order of the row.
package struct Neighbours: Sendable, Equatable {
  package let k: Int
  /// Squared Euclidean distances, shape [queries * k]; an infinity where there are fewer than k points.
  package let squares: [Double]
  /// Rows of the index, shape [queries * k]; -1 where there are fewer than k points.
  package let rows: [Int64]

  package func square(_ query: Int, _ place: Int = 0) -> Double { squares[query * k + place] }
  package func distance(_ query: Int, _ place: Int = 0) -> Double { squares[query * k + place].squareRoot() }
  package func row(_ query: Int, _ place: Int = 0) -> Int { Int(rows[query * k + place]) }

  /// The distance to the last of the k neighbours, shape [queries].
  package var farthest: [Double] { (0..<squares.count / k).map { distance($0, k - 1) } }
}

/// An index over points: a k-d tree up to eight dimensions, tiles of all pairs above; both give the same bits.
///
/// A search costs about O(log n) per query in few dimensions, O(n d) with tiles. Building costs O(n (d + log n)).
/// Source: J. Friedman, J. Bentley, R. Finkel, ACM Trans. Math. Softw. 3 (1977) 209.
package final class NeighbourIndex: Sendable {
  package enum Search: Sendable { case automatic, tree, tiles }

  package let points: PointRows
  private nonisolated(unsafe) let index: OpaquePointer
  private nonisolated(unsafe) let kernels: UnsafePointer<fs_kernels>

  /// - Parameter instructions: the name of an instruction set; nil for the best.
  /// - Throws: ``EvaluationError/empty(_:)`` without points, and where there is no memory.
  package init(_ points: PointRows, search: Search = .automatic, instructions: String? = nil) throws {
    guard points.count > 0, points.dimensions > 0 else { throw EvaluationError.empty("an index of neighbours") }
    guard let kernels = fs_kernels_named(instructions) ?? fs_kernels_named("portable") else {
      throw EvaluationError.badOption("there are no kernels for this machine: use another build")
    }
    let isTree = search == .tree || (search == .automatic && points.dimensions <= 8)
    guard let index = fs_neighbours_new(Int64(points.count), Int64(points.dimensions), points.values, isTree ? 1 : 0)
    else {
      throw EvaluationError.badOption("there is not enough memory for an index of \(points.count) points: use fewer")
    }
    (self.points, self.index, self.kernels) = (points, index, kernels)
  }

  deinit { fs_neighbours_free(index) }

  /// The k nearest points of each query.
  /// - Parameter excludingSelf: the queries are the points of the index, and none is its own neighbour.
  package func nearest(_ k: Int, of queries: PointRows, excludingSelf: Bool = false, threads: Int?) -> Neighbours {
    let chunks = RowChunks(queries.count, size: 128)
    let parts = mapChunks(chunks.count, threads: threads) { chunk in
      let range = chunks[chunk]
      var squares = [Double](repeating: 0, count: range.count * k)
      var rows = [Int64](repeating: 0, count: range.count * k)
      queries.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        fs_neighbours_nearest(
          index, kernels, Int64(range.count), base + range.lowerBound * queries.dimensions,
          excludingSelf ? Int64(range.lowerBound) : -1, Int64(k), &squares, &rows)
      }
      return (squares, rows)
    }
    return Neighbours(k: k, squares: parts.flatMap(\.0), rows: parts.flatMap(\.1))
  }

  /// How many points lie strictly nearer than a limit to each query, and which points lie that near to any query.
  package struct Inside: Sendable, Equatable {
    /// Shape [queries].
    package let counts: [Int64]
    /// Shape [points], 0 or 1.
    package let touched: [UInt8]
  }

  /// - Parameters:
  ///   - limits: squared distances, shape [queries]; a point at the limit is outside.
  ///   - excludingSelf: the queries are the points of the index, and none counts itself.
  package func within(_ limits: [Double], of queries: PointRows, excludingSelf: Bool = false, threads: Int?) -> Inside {
    // At most 32 chunks, for each has flags of all points.
    let chunks = RowChunks(queries.count, size: max(128, (queries.count + 31) / 32))
    let parts = mapChunks(chunks.count, threads: threads) { chunk in
      let range = chunks[chunk]
      var counts = [Int64](repeating: 0, count: range.count)
      var touched = [UInt8](repeating: 0, count: points.count)
      queries.values.withUnsafeBufferPointer { values in
        limits.withUnsafeBufferPointer { limits in
          guard let base = values.baseAddress, let first = limits.baseAddress else { return }
          fs_neighbours_within(
            index, kernels, Int64(range.count), base + range.lowerBound * queries.dimensions,
            excludingSelf ? Int64(range.lowerBound) : -1, first + range.lowerBound, &counts, &touched)
        }
      }
      return (counts, touched)
    }
    var touched = [UInt8](repeating: 0, count: points.count)
    for part in parts { for point in touched.indices where part.1[point] != 0 { touched[point] = 1 } }
    return Inside(counts: parts.flatMap(\.0), touched: touched)
  }

  /// The rows strictly nearer than a limit to a query, ascending.
  package func rows(within limit: Double, of query: ArraySlice<Double>, count: Int) -> [Int] {
    var rows = [Int64](repeating: 0, count: count)
    let found = query.withUnsafeBufferPointer {
      $0.baseAddress.map { fs_neighbours_list(index, kernels, $0, limit, Int64(count), &rows) } ?? 0
    }
    return rows.prefix(Int(found)).map(Int.init).sorted()
  }
}

/// - Throws: ``EvaluationError/overflow(_:)`` where a distance left the range of doubles.
func requireFiniteDistances(_ neighbours: Neighbours, _ name: String) throws {
  guard neighbours.squares.allSatisfy(\.isFinite) else { throw EvaluationError.overflow("a distance in \(name)") }
}
