// The modes of a known distribution, and which of them an event belongs to.

/// A place where a known distribution has its events.
package struct Mode: Sendable, Equatable {
  /// The bin under which the mode's fraction is stored.
  package var name: String
  /// An isolated mode has one point, a stretch of a curve has many; one coordinate for each target.
  package var points: [[Double]]
  /// The standard deviation of events about their point in every coordinate.
  package var sigma: Double
  /// The fraction of real events that belong to it.
  package var fraction: Double

  package init(name: String, points: [[Double]], sigma: Double, fraction: Double) {
    self.name = name
    self.points = points
    self.sigma = sigma
    self.fraction = fraction
  }

  /// The distance in sigmas beyond which an event belongs to no mode.
  static let reach = 4.0
}

/// Finds the mode with the nearest point.
struct ModeFinder {
  private let coordinates: [Double]
  /// The mode of each point.
  private let owners: [Int]
  private let squaredReaches: [Double]
  private let dimension: Int

  init(_ modes: [Mode], dimension: Int) {
    self.dimension = dimension
    coordinates = modes.flatMap { $0.points.flatMap { $0 } }
    owners = modes.enumerated().flatMap { index, mode in mode.points.map { _ in index } }
    squaredReaches = modes.map { (Mode.reach * $0.sigma) * (Mode.reach * $0.sigma) }
  }

  /// - Parameter columns: one array for each target.
  /// - Returns: the mode of a row: that of the nearest point, if it is within 4 sigma; nil for none.
  func mode(of row: Int, in columns: [[Double]]) -> Int? {
    var nearest = (squared: Double.infinity, point: -1)
    for point in owners.indices {
      var squared = 0.0
      for axis in 0..<dimension {
        let difference = columns[axis][row] - coordinates[point * dimension + axis]
        squared += difference * difference
      }
      if squared < nearest.squared { nearest = (squared, point) }
    }
    guard nearest.point >= 0, nearest.squared <= squaredReaches[owners[nearest.point]] else { return nil }
    return owners[nearest.point]
  }
}
