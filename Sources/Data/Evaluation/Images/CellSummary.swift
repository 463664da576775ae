// A few numbers of an event of cells that need no detector: energy, brightness, occupancy, position and width.
internal import Numerics

/// What is computed of each event of an array of cells, so that arrays can be compared like columns.
///
///     let summary = CellSummary(shape: [30, 30])
///     summary.names      // sum, brightest, occupied, centre_row, width_row, centre_column, width_column
///     summary.values(of: shower)
///
/// With cell contents e, S their sum and i a cell's place along an axis:
///
///     sum          S, in the unit of the cells
///     brightest    the largest e
///     occupied     the number of cells above 0
///     centre_A     sum(e i)/S, for arrays of two or more axes; (extent - 1)/2 where S is not positive
///     width_A      sqrt(sum(e (i - centre)^2)/S), cells; 0 where S or the sum is not positive
///
/// Axes are `row` and `column` of two, `x`, `y` and `z` of three, and numbers from 0 of more.
package struct CellSummary: Sendable {
  package let shape: [Int]
  package let names: [String]

  /// - Parameter shape: the extents of an event, the last axis fastest.
  package init(shape: [Int]) {
    self.shape = shape
    names = ["sum", "brightest", "occupied"] + Self.axes(shape).flatMap { ["centre_\($0)", "width_\($0)"] }
  }

  private static func axes(_ shape: [Int]) -> [String] {
    switch shape.count {
    case 0, 1: []
    case 2: ["row", "column"]
    case 3: ["x", "y", "z"]
    default: shape.indices.map(String.init)
    }
  }

  /// A value for each name. O(cells), with compensated sums in the order of the cells.
  /// - Parameter cells: of one event, finite.
  package func values(of cells: UnsafeBufferPointer<Float>) -> [Double] {
    var energy = CompensatedSum()
    var brightest = -Double.infinity
    var occupied = 0
    // The energy of each slice across each axis.
    var profiles = shape.map { [CompensatedSum](repeating: CompensatedSum(), count: $0) }
    let isFlat = shape.count < 2
    for (place, cell) in cells.enumerated() {
      let value = Double(cell)
      brightest = max(brightest, value)
      guard value != 0 else { continue }
      energy.add(value)
      if value > 0 { occupied += 1 }
      if isFlat { continue }
      var rest = place
      for axis in shape.indices.reversed() {
        profiles[axis][rest % shape[axis]].add(value)
        rest /= shape[axis]
      }
    }
    let sum = energy.value
    var values = [sum, brightest, Double(occupied)]
    if isFlat { return values }
    for profile in profiles {
      guard sum > 0 else {
        values += [Double(profile.count - 1) / 2, 0]
        continue
      }
      let centre = compensatedSum(profile.count) { profile[$0].value * Double($0) } / sum
      let square = compensatedSum(profile.count) { place in
        let distance = Double(place) - centre
        return profile[place].value * (distance * distance)
      }
      values += [centre, max(0, square / sum).squareRoot()]
    }
    return values
  }
}
