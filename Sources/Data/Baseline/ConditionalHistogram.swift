// The density of targets given conditions, as histograms of weighted events in cells of the conditions.

/// Histograms of every target in cells of the conditions, joined by the correlations of the cell.
///
///     let fit = ConditionalHistogram.fit(events, weighted: true, shape: shape, settings: settings)
///     let targets = fit.histogram.sample(conditions: conditions, rows: rows, draws: draws)
///
/// A row of conditions falls into one cell, by comparing one condition after the other with a value. There each target
/// has a histogram, kept as a piecewise linear cumulative distribution, and the targets a Gaussian copula with the
/// weighted correlations of the cell. Values with a bin of their own, such as a likelihood difference that is exactly 0
/// for many tracks, have a bin without width and come out exactly.
package struct ConditionalHistogram: Sendable, Equatable {
  package let shape: HistogramShape
  /// Which condition each split compares, as whole numbers; shape [cells - 1], node i has the children 2i + 1 and 2i + 2.
  package internal(set) var splitColumns: [Float]
  /// The value from which on a row goes to the second child; shape [cells - 1]. A node that is not split has the
  /// largest finite number.
  package internal(set) var splitValues: [Float]
  /// Ascending edges of the bins; shape [cells, targets, bins + 1].
  package internal(set) var edges: [Float]
  /// The cumulative distribution at the edges, from 0 to 1; shape [cells, targets, bins + 1].
  package internal(set) var heights: [Float]
  /// Lower triangular factors of the correlations; shape [cells, targets, targets].
  package internal(set) var factors: [Float]

  /// A histogram of no events: every target of every row is 0.
  package init(empty shape: HistogramShape) {
    self.shape = shape
    splitColumns = [Float](repeating: 0, count: shape.cells - 1)
    splitValues = [Float](repeating: .greatestFiniteMagnitude, count: shape.cells - 1)
    let points = shape.cells * shape.targets * (shape.bins + 1)
    edges = [Float](repeating: 0, count: points)
    heights = (0..<points).map { $0 % (shape.bins + 1) == 0 ? 0 : 1 }
    let square = shape.targets * shape.targets
    factors = (0..<shape.cells * square).map { $0 % square % (shape.targets + 1) == 0 ? 1 : 0 }
  }

  /// A histogram whose arrays were stored.
  /// - Returns: nil where an array has another number of elements than the shape says, or where what it holds is no
  ///   histogram: a split of a condition that there is not, descending edges or heights, a number that is not finite.
  package init?(
    shape: HistogramShape, splitColumns: [Float], splitValues: [Float], edges: [Float], heights: [Float],
    factors: [Float]
  ) {
    self.init(empty: shape)
    guard splitColumns.count == self.splitColumns.count, splitValues.count == self.splitValues.count,
      edges.count == self.edges.count, heights.count == self.heights.count, factors.count == self.factors.count,
      splitColumns.allSatisfy({ column in (0..<shape.conditions).contains { Float($0) == column } }),
      [splitValues, edges, heights, factors].allSatisfy({ $0.allSatisfy(\.isFinite) })
    else { return nil }
    let points = shape.bins + 1
    for first in stride(from: 0, to: edges.count, by: points) {
      guard heights[first] == 0, heights[first + shape.bins] == 1 else { return nil }
      for place in first..<first + shape.bins {
        guard edges[place] <= edges[place + 1], heights[place] <= heights[place + 1] else { return nil }
      }
    }
    (self.splitColumns, self.splitValues) = (splitColumns, splitValues)
    (self.edges, self.heights, self.factors) = (edges, heights, factors)
  }
}
