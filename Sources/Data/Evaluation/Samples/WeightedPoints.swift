// A weighted sample in several dimensions.
internal import Numerics

/// Points with one weight each, stored by columns.
package struct WeightedPoints: Sendable {
  /// Shape [dimensions][rows].
  package let columns: [[Double]]
  /// Any sign, shape [rows].
  package let weights: [Double]

  package init(columns: [[Double]], weights: [Double]) {
    self.columns = columns
    self.weights = weights
  }

  /// - Throws: ``EvaluationError`` when there is no dimension, columns differ in length, a number is not finite, or the
  ///   sample is not measurable (see ``WeightSums``).
  func checked(_ name: String) throws -> WeightSums {
    guard !columns.isEmpty else { throw EvaluationError.empty(name) }
    for (index, column) in columns.enumerated() {
      guard column.count == weights.count else {
        throw EvaluationError.lengthMismatch(
          "dimension \(index) of \(name)", count: column.count, expected: weights.count)
      }
      try requireFinite(column, "dimension \(index) of \(name)")
    }
    return try WeightSums(weights, name)
  }
}
