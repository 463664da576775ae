// Two columns to compare, and whether their events belong together.
internal import Numerics

/// A real and a generated column.
///
/// ```swift
/// let pair = ColumnPair(real: real, generated: generated)
/// for result in try compareColumns(pair, [.kolmogorovSmirnov, .wasserstein1]) { print(result.measure, result.estimate) }
/// ```
package struct ColumnPair: Sendable {
  package let real: WeightedColumn
  package let generated: WeightedColumn
  /// How many generated rows belong to each real event; nil where no event of one column has to do with one of the other.
  package let replicas: Int?

  /// Two independent samples.
  package init(real: WeightedColumn, generated: WeightedColumn) {
    self.real = real
    self.generated = generated
    replicas = nil
  }

  /// Events generated for the conditions of the real ones: each event enters the errors as one contribution.
  /// - Parameters:
  ///   - real: shape [events].
  ///   - generated: replica-major, shape [replicas * events].
  ///   - weights: any sign, shape [events]; each replica carries weight / replicas.
  /// - Throws: ``EvaluationError`` for fewer than one replica or lengths that do not agree.
  package init(real: [Double], generated: [Double], weights: [Double], replicas: Int = 1) throws {
    let (count, overflow) = replicas.multipliedReportingOverflow(by: weights.count)
    guard replicas >= 1, !overflow else { throw EvaluationError.badReplicas(replicas) }
    guard real.count == weights.count else {
      throw EvaluationError.lengthMismatch("the real column", count: real.count, expected: weights.count)
    }
    guard generated.count == count else {
      throw EvaluationError.lengthMismatch("the generated column", count: generated.count, expected: count)
    }
    self.real = WeightedColumn(values: real, weights: weights)
    self.generated = WeightedColumn(values: generated, weights: replicaWeights(weights, replicas: replicas))
    self.replicas = replicas
  }
}

extension WeightedColumn {
  /// All weights are one number, which must be positive.
  var isUnweighted: Bool {
    guard let first = weights.first, first > 0 else { return false }
    return weights.allSatisfy { $0 == first }
  }

  var hasNegativeWeights: Bool { weights.contains { $0 < 0 } }
}
