// A weighted one-dimensional sample and the sums of its weights.
package import Numerics

/// Values with one weight each; weights may have any sign (s-weights).
package struct WeightedColumn: Sendable {
  package let values: [Double]
  package let weights: [Double]

  /// - Parameters:
  ///   - values: in the unit of the column, shape [rows].
  ///   - weights: any sign, shape [rows]; equal lengths are checked by the measure that uses the column.
  package init(values: [Double], weights: [Double]) {
    self.values = values
    self.weights = weights
  }

  /// A sample with unit weights.
  package init(values: [Double]) {
    self.init(values: values, weights: [Double](repeating: 1, count: values.count))
  }

  /// The sums of the weights, after all checks that make the sample measurable.
  /// - Throws: ``EvaluationError`` when lengths differ, a number is not finite, the sample is empty, its weight sum is
  ///   not positive or its effective size is below 5.
  func checked(_ name: String) throws -> WeightSums {
    guard weights.count == values.count else {
      throw EvaluationError.lengthMismatch(
        "the weight column of \(name)", count: weights.count, expected: values.count)
    }
    try requireFinite(values, name)
    return try WeightSums(weights, name)
  }
}

extension WeightSums {
  /// The sums of a sample that is measurable.
  /// - Throws: ``EvaluationError`` when the weights are empty or not finite, their sum is not positive, or the
  ///   effective size is below ``smallestEffectiveSize``.
  package init(_ weights: [Double], _ name: String) throws {
    guard !weights.isEmpty else { throw EvaluationError.empty(name) }
    try requireFinite(weights, "the weight column of \(name)")
    self.init(weights)
    guard sum.isFinite, sumOfSquares.isFinite else { throw EvaluationError.overflow("the weight sum of \(name)") }
    guard sum > 0 else { throw EvaluationError.weightSumNotPositive(name, sum: sum) }
    // Weights so small that their squares vanish would look like an empty sample.
    guard sumOfSquares >= .leastNormalMagnitude else {
      throw EvaluationError.overflow("the sum of squared weights of \(name)")
    }
    guard effectiveSize >= Self.smallestEffectiveSize else {
      throw EvaluationError.effectiveSizeTooSmall(name, effectiveSize: effectiveSize)
    }
  }
}

/// - Throws: ``EvaluationError/notFinite(_:row:)`` at the first NaN or infinity.
func requireFinite(_ values: [Double], _ name: String) throws {
  if let row = values.firstIndex(where: { !$0.isFinite }) { throw EvaluationError.notFinite(name, row: row) }
}

/// - Returns: `value`, unless the arithmetic left the range of doubles.
/// - Throws: ``EvaluationError/overflow(_:)``.
func finite(_ value: Double, _ name: String) throws -> Double {
  guard value.isFinite else { throw EvaluationError.overflow(name) }
  return value
}
