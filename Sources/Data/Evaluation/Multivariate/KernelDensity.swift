// Gaussian kernel density estimates in one and more dimensions.
internal import CKernels
internal import Numerics

/// A Gaussian mixture with one component of width h on every event: p_h(x) = 1/W sum_j w_j N(x; y_j, h^2 I).
///
/// Unreliable above about ten dimensions. Source: E. Parzen, Ann. Math. Stat. 33 (1962) 1065.
package struct KernelDensity: Sendable {
  private let model: WeightedPoints
  private let logWeights: [Double]
  /// h, in the unit of the columns.
  package let bandwidth: Double

  /// - Throws: ``EvaluationError`` when a weight is negative (a density does not exist then), the sample is not
  ///   measurable, or the bandwidth is not positive.
  package init(_ model: WeightedPoints, bandwidth: Double) throws {
    let sums = try model.checked("the sample of the density")
    guard model.weights.allSatisfy({ $0 >= 0 }) else {
      throw EvaluationError.badOption("the sample of the density has negative weights: give probability weights")
    }
    guard bandwidth > 0, bandwidth.isFinite else {
      throw EvaluationError.badOption("the bandwidth \(bandwidth) is not positive: give the width of the kernel")
    }
    self.model = model
    self.bandwidth = bandwidth
    let norm = Double(model.columns.count) * (fs_log(bandwidth) + 0.5 * fs_log(2 * Double.pi))
    logWeights = model.weights.map { $0 > 0 ? fs_log($0 / sums.sum) - norm : -.infinity }
  }

  /// ln p_h at each point, by a sum of exponentials taken relative to the largest. O(n m d).
  /// - Parameter columns: shape [dimensions][points].
  /// - Throws: ``EvaluationError`` when the dimensions differ, columns differ in length or a number is not finite.
  package func logDensity(at columns: [[Double]], threads: Int? = nil) throws -> [Double] {
    guard columns.count == model.columns.count else {
      throw EvaluationError.lengthMismatch("a point", count: columns.count, expected: model.columns.count)
    }
    for column in columns {
      guard column.count == columns[0].count else {
        throw EvaluationError.lengthMismatch("a column of points", count: column.count, expected: columns[0].count)
      }
      try requireFinite(column, "a column of points")
    }
    let chunks = RowChunks(columns[0].count, size: 256)
    let parts = mapChunks(chunks.count, threads: threads) { chunk in
      chunks[chunk].map { row in logDensity(columns.map { $0[row] }) }
    }
    return parts.flatMap { $0 }
  }

  private func logDensity(_ point: [Double]) -> Double {
    var terms = logWeights
    for (column, coordinate) in zip(model.columns, point) {
      for row in terms.indices {
        let step = (column[row] - coordinate) / bandwidth
        terms[row] -= 0.5 * step * step
      }
    }
    let largest = terms.max() ?? -.infinity
    guard largest > -.infinity else { return largest }
    return largest + fs_log(compensatedSum(terms.count) { fs_exp(terms[$0] - largest) })
  }

  /// Scott's factor n_eff^(-1/(d+4)); the bandwidth is this times the sample's standard deviation (ddof 1).
  ///
  /// Source: D. Scott, Multivariate Density Estimation (1992), eq. 6.42.
  /// - Throws: ``EvaluationError`` when the sample is not measurable.
  package static func scottFactor(_ model: WeightedPoints) throws -> Double {
    let sums = try model.checked("the sample of the density")
    return fs_pow(sums.effectiveSize, -1 / Double(model.columns.count + 4))
  }
}
