// Checks of measures that are not defined with weights of either sign, or with any weights.

/// What a measure without signed weights offers instead.
let positiveWeightsAlternative = "probability weights (regress the s-weights on the features), which are positive"

extension WeightedPoints {
  /// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` at a negative weight.
  func requirePositiveWeights(_ measure: String, _ sample: String) throws {
    guard weights.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.undefined(
        measure: measure, reason: "\(sample) has negative weights", alternative: positiveWeightsAlternative)
    }
  }

  /// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where weights differ.
  func requireEqualWeights(_ measure: String, _ sample: String) throws {
    guard weights.allSatisfy({ $0 == weights[0] }) else {
      throw EvaluationError.undefined(
        measure: measure, reason: "\(sample) has weights that differ",
        alternative: "a sample of equal weights, resampled with probability weights")
    }
  }
}

/// - Throws: ``EvaluationError/lengthMismatch(_:count:expected:)`` where two samples differ in their dimensions.
func requireEqualDimensions(_ first: WeightedPoints, _ second: WeightedPoints, _ name: String) throws {
  guard first.columns.count == second.columns.count else {
    throw EvaluationError.lengthMismatch(
      "a point of \(name)", count: second.columns.count, expected: first.columns.count)
  }
}
