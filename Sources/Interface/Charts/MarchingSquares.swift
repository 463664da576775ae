// Lines of equal value on a grid (W. Lorensen, H. Cline, SIGGRAPH 1987, in two dimensions).

/// Numbers at the points of a rectangular grid.
package struct Field: Sendable, Equatable {
  /// Ascending coordinates of the grid's columns and rows, at least two of each.
  package var x: [Double]
  package var y: [Double]
  /// Row by row, from the lowest y: element `row * x.count + column`.
  package var values: [Double]

  package init(x: [Double], y: [Double], values: [Double]) {
    self.x = x
    self.y = y
    self.values = values
  }

  /// Whether there are as many values as points, and cells between them.
  var isWhole: Bool { x.count > 1 && y.count > 1 && values.count == x.count * y.count }

  func value(_ column: Int, _ row: Int) -> Double { values[row * x.count + column] }

  /// Line segments along which the field, linear on each side of a cell, has a value. A saddle's segments keep its high
  /// corners together where the cell's mean is above the value, else apart. Cells with a number that is not finite have
  /// none.
  func segments(at level: Double) -> [(x1: Double, y1: Double, x2: Double, y2: Double)] {
    guard isWhole else { return [] }
    var segments: [(x1: Double, y1: Double, x2: Double, y2: Double)] = []
    for row in 0..<y.count - 1 {
      for column in 0..<x.count - 1 {
        let ends = crossings(column, row, level)
        for pair in stride(from: 0, to: ends.count - 1, by: 2) {
          segments.append((ends[pair].x, ends[pair].y, ends[pair + 1].x, ends[pair + 1].y))
        }
      }
    }
    return segments
  }

  /// The points where a level enters and leaves a cell, in pairs.
  private func crossings(_ column: Int, _ row: Int, _ level: Double) -> [(x: Double, y: Double)] {
    // Counter-clockwise from the lower left corner.
    let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
    let heights = corners.map { value($0.0, $0.1) }
    guard heights.allSatisfy(\.isFinite) else { return [] }
    var points: [(x: Double, y: Double)] = []
    for side in 0..<4 {
      let (a, b) = (heights[side], heights[(side + 1) % 4])
      guard (a >= level) != (b >= level) else { continue }
      let share = (level - a) / (b - a)
      let (from, to) = (corners[side], corners[(side + 1) % 4])
      points.append(
        (x[from.0] + share * (x[to.0] - x[from.0]), y[from.1] + share * (y[to.1] - y[from.1])))
    }
    if points.count == 4 {
      let middle = 0.25 * heights.reduce(0, +)
      // Sides in order are cut at 0, 1, 2, 3; which neighbours are joined decides what the middle is part of.
      if (middle >= level) == (heights[0] >= level) { return [points[0], points[1], points[2], points[3]] }
      return [points[3], points[0], points[1], points[2]]
    }
    return points
  }
}
