// Minibatch sources: rows of columns as the float32 matrices that a step graph reads.
internal import Numerics

/// Columns as a row-major float32 matrix of shape [rows, columns].
/// - Parameters:
///   - columns: columns of equal length.
///   - rows: the rows to take, in this order, repeats allowed; nil for all. Each must exist.
/// - Returns: element (i, j) is column j at row `rows[i]`, rounded to nearest; beyond float32's range ±infinity.
package func floatMatrix(columns: [[Double]], rows: [Int]? = nil) -> [Float] {
  let available = columns.first?.count ?? 0
  precondition(columns.allSatisfy { $0.count == available }, "columns of a matrix must have equal lengths")
  let width = columns.count
  if let rows {
    precondition(rows.allSatisfy { $0 >= 0 && $0 < available } || width == 0, "a row outside the columns")
  }
  guard width > 0 else { return [] }
  return filledInChunks(rows: rows?.count ?? available, stride: width, zero: Float(0)) { range, buffer in
    for (index, column) in columns.enumerated() {
      column.withUnsafeBufferPointer { values in
        var slot = index
        for position in range {
          buffer[slot] = Float(values[rows?[position] ?? position])
          slot += width
        }
      }
    }
  }
}
