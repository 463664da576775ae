// Points by rows, the form that searches for neighbours and clusters work on.

/// Coordinates of points, one after another.
package struct PointRows: Sendable {
  /// Shape [count * dimensions], row-major.
  package let values: [Double]
  package let count: Int
  package let dimensions: Int

  package init(values: [Double], count: Int, dimensions: Int) {
    self.values = values
    self.count = count
    self.dimensions = dimensions
  }

  package init(_ points: WeightedPoints) {
    let (count, dimensions) = (points.weights.count, points.columns.count)
    var values = [Double](repeating: 0, count: count * dimensions)
    for (axis, column) in points.columns.enumerated() {
      for row in 0..<count { values[row * dimensions + axis] = column[row] }
    }
    self.init(values: values, count: count, dimensions: dimensions)
  }

  package subscript(row: Int) -> ArraySlice<Double> { values[row * dimensions..<(row + 1) * dimensions] }

  /// Some rows in the given order.
  package func rows(_ rows: [Int]) -> PointRows {
    var chosen: [Double] = []
    chosen.reserveCapacity(rows.count * dimensions)
    for row in rows { chosen.append(contentsOf: self[row]) }
    return PointRows(values: chosen, count: rows.count, dimensions: dimensions)
  }

  /// These points, then others of the same dimensions.
  package func followed(by others: PointRows) -> PointRows {
    PointRows(values: values + others.values, count: count + others.count, dimensions: dimensions)
  }
}
