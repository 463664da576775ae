// Columns in units of the real sample's spread, so that distances do not depend on units.
internal import Numerics

/// Subtracts each column's mean and divides by its width, both of the real sample.
///
/// ```swift
/// let standardise = try Standardisation(by: real)
/// let measures = try precisionRecallDensityCoverage(standardise(real), standardise(generated))
/// ```
/// Columns of physical quantities have units of their own; every measure built on distances needs this first. A column
/// whose weighted variance is not positive is divided by its unweighted width, a constant column by 1.
package struct Standardisation: Sendable, Equatable {
  /// Shape [dimensions].
  package let means: [Double]
  /// Positive, shape [dimensions].
  package let widths: [Double]

  /// O(n d).
  /// - Throws: ``EvaluationError`` when the sample is not measurable (see ``WeightSums``) or a width overflows.
  package init(by real: WeightedPoints) throws {
    let sums = try real.checked("the real sample")
    let ones = [Double](repeating: 1, count: real.weights.count)
    var (means, widths): ([Double], [Double]) = ([], [])
    for (index, column) in real.columns.enumerated() {
      func moments(_ weights: [Double], _ sum: Double) throws -> (mean: Double, variance: Double) {
        let mean = compensatedSum(column.count) { weights[$0] / sum * column[$0] }
        let variance = compensatedSum(column.count) {
          weights[$0] / sum * ((column[$0] - mean) * (column[$0] - mean))
        }
        return (mean, try finite(variance, "the variance of dimension \(index) of the real sample"))
      }
      let isConstant = column.allSatisfy { $0 == column[0] }
      let weighted = try moments(real.weights, sums.sum)
      let variance = weighted.variance > 0 ? weighted.variance : try moments(ones, Double(ones.count)).variance
      means.append(isConstant ? column[0] : weighted.mean)
      widths.append(isConstant || variance <= 0 ? 1 : variance.squareRoot())
    }
    (self.means, self.widths) = (means, widths)
  }

  /// - Precondition: the sample has the dimensions of the real one.
  package func callAsFunction(_ points: WeightedPoints) -> WeightedPoints {
    precondition(points.columns.count == means.count, "a sample of other dimensions")
    return WeightedPoints(
      columns: points.columns.enumerated().map { index, column in
        column.map { ($0 - means[index]) / widths[index] }
      },
      weights: points.weights)
  }
}
