// Class probabilities of generated events, which the inception family is computed from.
internal import CKernels
internal import Numerics

/// What a classifier says of each event: p(y|x) over the classes y, with the weights of the events.
///
/// ```swift
/// let generated = try ClassProbabilities(classifierOutput)
/// print(try inceptionScore(generated).value)
/// ```
package struct ClassProbabilities: Sendable {
  /// Shape [rows][classes]; each row sums to one.
  package let rows: [[Double]]
  /// Shape [rows], never negative: a mean of entropies over signed weights is no mean over events.
  package let weights: [Double]
  package let classes: Int

  /// - Parameters:
  ///   - rows: shape [rows][classes], not negative; a row is divided by its sum, which must be within 10^-3 of one.
  ///   - weights: nil for unit weights.
  /// - Throws: ``EvaluationError`` for an empty sample, rows of different lengths, numbers that are no probabilities, or
  ///   weights that are negative or not measurable.
  package init(_ rows: [[Double]], weights: [Double]? = nil, name: String = "the class probabilities") throws {
    guard let classes = rows.first?.count, classes > 0 else { throw EvaluationError.empty(name) }
    let weights = weights ?? [Double](repeating: 1, count: rows.count)
    guard weights.count == rows.count else {
      throw EvaluationError.lengthMismatch("the weights of \(name)", count: weights.count, expected: rows.count)
    }
    let sums = try WeightSums(weights, name)
    guard weights.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.undefined(
        measure: name, reason: "negative weights give no mean entropy of events", alternative: "probability weights")
    }
    var scaled: [[Double]] = []
    scaled.reserveCapacity(rows.count)
    for (index, row) in rows.enumerated() {
      guard row.count == classes else {
        throw EvaluationError.lengthMismatch("row \(index) of \(name)", count: row.count, expected: classes)
      }
      guard row.allSatisfy(\.isFinite) else { throw EvaluationError.notFinite(name, row: index) }
      let sum = compensatedSum(classes) { row[$0] }
      guard row.allSatisfy({ $0 >= 0 }), (sum - 1).magnitude <= 1e-3 else {
        throw EvaluationError.badOption(
          "row \(index) of \(name) sums to \(sum) or has a negative entry: give probabilities over the classes")
      }
      scaled.append(row.map { $0 / sum })
    }
    self.rows = scaled
    self.weights = weights
    self.classes = classes
    sum = sums.sum
  }

  /// The sum of the weights.
  let sum: Double

  /// p(y) = sum w p(y|x)/W.
  package var marginal: [Double] {
    (0..<classes).map { y in compensatedSum(rows.count) { weights[$0] * rows[$0][y] } / sum }
  }

  /// sum over y of p(y|x) ln p(y|x) of each event, minus its entropy in nats.
  var negativeEntropies: [Double] {
    rows.map { row in compensatedSum(classes) { row[$0] > 0 ? row[$0] * fs_log(row[$0]) : 0 } }
  }

  func mean(_ values: [Double]) -> Double {
    compensatedSum(values.count) { weights[$0] * values[$0] } / sum
  }

  /// sqrt(sum w^2 (a - mean a)^2)/W of the events' influences a.
  func uncertainty(_ influences: [Double]) -> Double {
    let centre = mean(influences)
    return sandwichVariance(weights: weights, sum: sum) { influences[$0] - centre }.squareRoot()
  }
}

/// sum p ln(p/q) in nats, 0 where p is 0.
/// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where q is 0 and p is not.
func divergence(_ p: [Double], from q: [Double], measure: String) throws -> Double {
  guard zip(p, q).allSatisfy({ $0 == 0 || $1 > 0 }) else {
    throw EvaluationError.undefined(
      measure: measure, reason: "a class has probability 0 in the distribution that it is compared with",
      alternative: "inception-score")
  }
  return compensatedSum(p.count) { p[$0] > 0 ? p[$0] * (fs_log(p[$0]) - fs_log(q[$0])) : 0 }
}
