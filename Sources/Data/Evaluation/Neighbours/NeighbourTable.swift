// A table of generated events beside the training events nearest to them, copies flagged.
internal import Numerics

/// One generated event and its nearest training events.
package struct NeighbourTableRow: Sendable, Equatable {
  package struct Neighbour: Sendable, Equatable {
    /// Row of the training sample.
    package let row: Int
    /// Euclidean, in the units of the columns.
    package let distance: Double
  }

  /// Row of the generated sample.
  package let row: Int
  /// Nearest first; ties in ascending order of the row.
  package let neighbours: [Neighbour]
  /// Whether the nearest is a copy: its distance is at most 1e-6 of the training sample's scale, the root of the summed
  /// variances of its columns.
  package let isCopy: Bool
}

/// The training events nearest to some generated ones, for a look at both.
///
/// Coordinates are used as they are: standardise them first (``Standardisation``). Weights do not enter.
/// Source: A. Borji, arXiv:1802.03446, qualitative measure 1.
/// - Parameters:
///   - rows: rows of the generated sample, such as 0..<20.
///   - neighbours: per event; fewer where the training sample has fewer events.
/// - Throws: ``EvaluationError`` when a sample is not measurable or there is no such row.
package func neighbourTable(
  training: WeightedPoints, generated: WeightedPoints, rows: [Int], neighbours: Int = 3, threads: Int? = nil
) throws -> [NeighbourTableRow] {
  _ = try training.checked("the training sample")
  _ = try generated.checked("the generated sample")
  try requireEqualDimensions(training, generated, "the generated sample")
  guard neighbours >= 1, rows.allSatisfy({ generated.weights.indices.contains($0) }) else {
    throw EvaluationError.badOption(
      "a table of neighbours needs at least 1 neighbour and rows below \(generated.weights.count): correct them")
  }
  let count = min(neighbours, training.weights.count)
  let found = try NeighbourIndex(PointRows(training)).nearest(
    count, of: PointRows(generated).rows(rows), threads: threads)
  try requireFiniteDistances(found, "the table of neighbours")
  let scale = unweightedScale(training)
  return rows.enumerated().map { place, row in
    NeighbourTableRow(
      row: row,
      neighbours: (0..<count).map {
        NeighbourTableRow.Neighbour(row: found.row(place, $0), distance: found.distance(place, $0))
      },
      isCopy: found.distance(place) <= 1e-6 * scale)
  }
}

/// The root of the summed variances of all columns; an overflowing variance counts as none.
private func unweightedScale(_ points: WeightedPoints) -> Double {
  let count = Double(points.weights.count)
  let variance = compensatedSum(points.columns.count) { axis in
    let column = points.columns[axis]
    let mean = compensatedSum(column.count) { column[$0] / count }
    return compensatedSum(column.count) { (column[$0] - mean) * (column[$0] - mean) / count }
  }
  return variance.isFinite ? variance.squareRoot() : 0
}
