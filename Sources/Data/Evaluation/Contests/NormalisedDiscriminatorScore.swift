// NRDS: how long the events of each generator stay plausible while one classifier learns to reject all of them.
internal import Numerics

/// NRDS_i = A_i / sum A, A_i the area under the curve of the classifier's mean output on events of generator i.
///
/// Higher is better; the scores sum to one. No error is stated: the points of a curve share one training, which must be
/// repeated to know their spread. O(points). Source: Z. Zhang et al., arXiv:1801.06790.
/// - Parameters:
///   - curves: mean outputs after each epoch, not negative, shape [generators][points].
///   - epochs: where the points are, ascending; nil for steps of one.
/// - Throws: ``EvaluationError`` for curves of different lengths or fewer than two points, outputs that are negative or not
///   finite, or where all areas are 0.
package func normalisedDiscriminatorScores(curves: [[Double]], epochs: [Double]? = nil) throws -> [Double] {
  guard let points = curves.first?.count else { throw EvaluationError.empty("the list of curves") }
  guard points >= 2 else {
    throw EvaluationError.badOption("a curve has \(points) points: its area needs at least two")
  }
  let epochs = epochs ?? (0..<points).map(Double.init)
  guard epochs.count == points else {
    throw EvaluationError.lengthMismatch("the list of epochs", count: epochs.count, expected: points)
  }
  guard epochs.allSatisfy(\.isFinite), zip(epochs, epochs.dropFirst()).allSatisfy({ $0 < $1 }) else {
    throw EvaluationError.badEdges("the epochs of the curves")
  }
  let areas = try curves.map { curve in
    guard curve.count == points else {
      throw EvaluationError.lengthMismatch("a curve", count: curve.count, expected: points)
    }
    try requireFinite(curve, "a curve of mean outputs")
    guard curve.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.badOption("a mean output is negative: give probabilities of being real")
    }
    return compensatedSum(points - 1) { (epochs[$0 + 1] - epochs[$0]) * (0.5 * curve[$0] + 0.5 * curve[$0 + 1]) }
  }
  let total = try finite(compensatedSum(areas.count) { areas[$0] }, "the sum of the areas")
  guard total > 0 else {
    throw EvaluationError.undefined(
      measure: "nrds", reason: "the classifier rejects the events of every generator from the first epoch",
      alternative: "c2st")
  }
  return areas.map { $0 / total }
}
