// Several variables combined into one that tells two classes apart, as a combined particle identification is.
internal import Numerics

/// The log odds of a logistic regression: a linear combination of variables, above 0 where the positive class is likelier
/// among equal numbers of both.
///
/// ```swift
/// let combination = try LogisticCombination(columns: variables, isPositive: isProton)
/// let score = try combination.logOdds([RichDLLp, RichDLLk, muon, calorimeter])
/// ```
/// Both classes have the same total weight. The coefficients minimise the cross entropy with a ridge (see
/// docs/evaluation.md); they are a function of the events and their order.
package struct LogisticCombination: Sendable {
  private let classifier: LinearClassifier
  private let variables: Int

  /// O(50 rows variables^2).
  /// - Parameters:
  ///   - columns: finite, shape [variables][rows].
  ///   - isPositive: the class of each row, shape [rows].
  /// - Throws: ``EvaluationError`` for no variable, columns that disagree in length, numbers that are not finite, or fewer
  ///   than five rows in a class.
  package init(columns: [[Double]], isPositive: [Bool]) throws {
    guard !columns.isEmpty else { throw EvaluationError.empty("the list of variables") }
    for (place, column) in columns.enumerated() {
      guard column.count == isPositive.count else {
        throw EvaluationError.lengthMismatch("variable \(place)", count: column.count, expected: isPositive.count)
      }
      try requireFinite(column, "variable \(place)")
    }
    let positives = isPositive.count(where: \.self)
    let negatives = isPositive.count - positives
    for (count, name) in [(positives, "the positive class"), (negatives, "the negative class")] {
      _ = try WeightSums([Double](repeating: 1, count: count), name)
    }
    let half = Double(isPositive.count) / 2
    classifier = try LinearClassifier.fit(
      columns, rows: Array(isPositive.indices), labels: isPositive.map { $0 ? 1 : 0 },
      weights: isPositive.map { half / Double($0 ? positives : negatives) }, classes: 2)
    variables = columns.count
  }

  /// ln(p / (1 - p)) of each row, shape [rows].
  /// - Throws: ``EvaluationError`` for another number of variables, columns that disagree in length, or numbers that are
  ///   not finite.
  package func logOdds(_ columns: [[Double]]) throws -> [Double] {
    guard columns.count == variables else {
      throw EvaluationError.lengthMismatch("the list of variables", count: columns.count, expected: variables)
    }
    let rows = columns[0].count
    for (place, column) in columns.enumerated() {
      guard column.count == rows else {
        throw EvaluationError.lengthMismatch("variable \(place)", count: column.count, expected: rows)
      }
      try requireFinite(column, "variable \(place)")
    }
    let margins = classifier.margins(columns, rows: Array(0..<rows))
    return (0..<rows).map { margins[2 * $0 + 1] }
  }
}
