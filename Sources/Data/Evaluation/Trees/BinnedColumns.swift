// Columns of a sample as 8-bit bins, the form that trees learn from.
internal import CKernels
internal import Numerics

/// Columns in at most 256 bins each; equal values share a bin.
///
/// ```swift
/// let features = try BinnedColumns(columns)
/// let trees = try BoostedTrees.fit(features, targets: labels, objective: .logistic)
/// let scores = trees.margins(try BinnedColumns(others, edges: features.edges))
/// ```
package struct BinnedColumns: Sendable {
  /// Ascending edges of each column, see ``binEdges(ascending:weight:bins:)``.
  package let edges: [[Double]]
  package let rows: Int
  /// Shape [rows * stride], the bins of a row side by side.
  package let rowMajor: [UInt8]
  /// Shape [columns * rows].
  let columnMajor: [UInt8]
  /// Bytes of a row.
  let stride: Int

  /// Bins of about equal weight: O(columns * rows), a radix sort of each column.
  /// - Parameters:
  ///   - columns: finite, of equal lengths, shape [columns][rows].
  ///   - weights: what a row counts; nil counts each row once. The size of a signed weight counts.
  ///   - bins: 2 ... 256.
  /// - Throws: ``EvaluationError`` when there are no columns or rows, lengths differ, a number is not finite or `bins` is
  ///   out of range.
  package init(_ columns: [[Double]], weights: [Double]? = nil, bins: Int = 256, threads: Int? = nil) throws {
    guard (2...256).contains(bins) else {
      throw EvaluationError.badOption("the number of bins is \(bins): choose 2 to 256")
    }
    let rows = try Self.checkedRows(columns)
    if let weights, weights.count != rows {
      throw EvaluationError.lengthMismatch("the weights of the bins", count: weights.count, expected: rows)
    }
    let edges = mapChunks(columns.count, threads: threads) { index in
      guard let weights else { return binEdges(ascending: ascending(columns[index]), weight: { _ in 1 }, bins: bins) }
      let order = ascendingRows(columns[index])
      return binEdges(
        ascending: order.map { columns[index][$0] }, weight: { weights[order[$0]].magnitude }, bins: bins)
    }
    self.init(checked: columns, rows: rows, edges: edges, threads: threads)
  }

  /// Other rows in the same bins. O(columns * rows).
  /// - Throws: ``EvaluationError`` as above, or when there are not as many columns as lists of edges.
  package init(_ columns: [[Double]], edges: [[Double]], threads: Int? = nil) throws {
    guard columns.count == edges.count else {
      throw EvaluationError.lengthMismatch("the table of features", count: columns.count, expected: edges.count)
    }
    self.init(checked: columns, rows: try Self.checkedRows(columns), edges: edges, threads: threads)
  }

  private init(checked columns: [[Double]], rows: Int, edges: [[Double]], threads: Int?) {
    self.edges = edges
    self.rows = rows
    stride = columns.count
    var rowMajor = [UInt8](repeating: 0, count: rows * columns.count)
    var columnMajor = [UInt8](repeating: 0, count: rows * columns.count)
    let chunks = RowChunks(rows, size: 8192)
    rowMajor.withUnsafeMutableBufferPointer { wide in
      columnMajor.withUnsafeMutableBufferPointer { tall in
        // Each chunk writes its own rows.
        nonisolated(unsafe) let (wide, tall) = (wide.baseAddress!, tall.baseAddress!)
        forEachChunk(chunks.count, threads: threads) { chunk in
          let range = chunks[chunk]
          for (index, column) in columns.enumerated() {
            column.withUnsafeBufferPointer { values in
              fs_tree_assign_bins(
                Int64(range.count), values.baseAddress! + range.lowerBound, Int32(edges[index].count), edges[index],
                tall + index * rows + range.lowerBound, Int64(columns.count),
                wide + range.lowerBound * columns.count + index)
            }
          }
        }
      }
    }
    self.rowMajor = rowMajor
    self.columnMajor = columnMajor
  }

  package var columns: Int { edges.count }

  private static func checkedRows(_ columns: [[Double]]) throws -> Int {
    guard let rows = columns.first?.count, rows > 0 else { throw EvaluationError.empty("the table of features") }
    guard rows < Int(Int32.max) else {
      throw EvaluationError.badOption("the table of features has \(rows) rows: trees learn from fewer than 2^31")
    }
    for (index, column) in columns.enumerated() {
      guard column.count == rows else {
        throw EvaluationError.lengthMismatch("feature \(index)", count: column.count, expected: rows)
      }
      try requireFinite(column, "feature \(index)")
    }
    return rows
  }
}

/// The values in ascending order. O(n).
private func ascending(_ values: [Double]) -> [Double] {
  withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * values.count) { keys in
    [Double](unsafeUninitializedCapacity: values.count) { sorted, count in
      fs_tree_sort(Int64(values.count), values, keys.baseAddress!, sorted.baseAddress!)
      count = values.count
    }
  }
}
