// The lower triangular factor of a cell's correlations.

/// The Cholesky factor of a weighted correlation matrix.
struct CorrelationFactor {
  /// Row-major, shape [columns, columns].
  let elements: [Double]

  /// The correlations of columns with weights of either sign. A column whose weighted variance is not positive is
  /// correlated with none. Where signed weights give a matrix that is not positive, all correlations are reduced by a
  /// common factor, as little as makes it so.
  init(of columns: [[Double]], weights: [Double]) {
    let count = columns.count
    var total = 0.0
    for weight in weights { total += weight }
    let centred = columns.map { column in
      var sum = 0.0
      for (weight, value) in zip(weights, column) { sum += weight * value }
      let mean = sum / total
      return column.map { $0 - mean }
    }
    func covariance(_ a: Int, _ b: Int) -> Double {
      var sum = 0.0
      for (row, weight) in weights.enumerated() { sum += weight * (centred[a][row] * centred[b][row]) }
      return sum / total
    }
    let variances = (0..<count).map { covariance($0, $0) }
    var matrix = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<row where variances[row] > 0.01 && variances[column] > 0.01 {
        let correlation = covariance(row, column) / (variances[row] * variances[column]).squareRoot()
        matrix[row * count + column] = correlation.isFinite ? min(0.999, max(-0.999, correlation)) : 0
      }
    }
    var kept = 1.0
    while true {
      if let elements = Self.factor(matrix, count, times: kept) {
        self.elements = elements
        return
      }
      kept = kept > 0.01 ? kept - 0.01 : 0
    }
  }

  /// - Parameter kept: the factor of the elements beside the diagonal of ones.
  /// - Returns: nil where a pivot is below 0.001.
  private static func factor(_ matrix: [Double], _ count: Int, times kept: Double) -> [Double]? {
    var factor = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      var rest = 1.0
      for column in 0..<row {
        var sum = kept * matrix[row * count + column]
        for inner in 0..<column { sum -= factor[row * count + inner] * factor[column * count + inner] }
        let element = sum / factor[column * count + column]
        factor[row * count + column] = element
        rest -= element * element
      }
      guard rest >= 0.001 else { return nil }
      factor[row * count + row] = rest.squareRoot()
    }
    return factor
  }
}
