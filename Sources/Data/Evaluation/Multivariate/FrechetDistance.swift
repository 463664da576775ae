// The Fréchet distance of two samples: that of the normal distributions with their means and covariances.
internal import CKernels
internal import Numerics

/// F = |mu1 - mu2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)), on observables or on any features; not its square root.
///
/// With A = S1^(1/2) the last trace is the sum of the square roots of the eigenvalues of A S2 A. Covariances divide by
/// n - 1 for equal weights, and by the weight sum else. O(n d^2 + d^3), d up to about 512. The value is biased upwards by
/// the order of d^2/n: compare at equal sizes.
///
/// The error is the infinitesimal jackknife, the two samples independent: event x of the first sample counts
/// 2 (mu1 - mu2) (x - mu1) + (x - mu1)^T (1 - T) (x - mu1) with T = A^-1 (A S2 A)^(1/2) A^-1, the linear map that carries
/// the first normal distribution to the second; the other sample likewise with T^-1. None is stated where a covariance
/// is singular. It vanishes where the distributions agree, and is too small there.
/// Source: D. Dowson, B. Landau, J. Multivar. Anal. 12 (1982) 450; M. Heusel et al., arXiv:1706.08500.
/// - Throws: ``EvaluationError`` when a sample is not measurable or the dimensions differ, and
///   ``EvaluationError/undefined(measure:reason:alternative:)`` where signed weights leave a covariance not positive.
package func frechetDistance(_ first: WeightedPoints, _ second: WeightedPoints, threads: Int? = nil) throws -> Estimate
{
  let x = try NormalFit(first, "the first sample", threads: threads)
  let y = try NormalFit(second, "the second sample", threads: threads)
  try requireEqualDimensions(first, second, "the second sample")
  let comparison = try NormalComparison(x, y)
  guard let maps = comparison.maps() else { return Estimate(comparison.distance) }
  let shift = zip(x.mean, y.mean).map { $0 - $1 }
  let variance =
    x.variance(first, linear: shift.map { 2 * $0 }, map: maps.forward, threads: threads)
    + y.variance(second, linear: shift.map { -2 * $0 }, map: maps.back, threads: threads)
  return Estimate(
    comparison.distance, uncertainty: try finite(variance.squareRoot(), "the error of the Fréchet distance"))
}

/// Mean and covariance of a sample.
struct NormalFit: Sendable {
  let mean: [Double]
  /// Shape [d][d].
  let covariance: [[Double]]
  let weightSum: Double

  init(_ points: WeightedPoints, _ name: String, threads: Int?) throws {
    let sums = try points.checked(name)
    let (columns, weights) = (points.columns, points.weights)
    guard columns.count <= 2048 else {
      throw EvaluationError.badOption("\(name) has \(columns.count) dimensions: a covariance takes at most 2048")
    }
    let equal = weights.allSatisfy { $0 == weights[0] }
    let mean = mapChunks(columns.count, threads: threads) { k in
      compensatedSum(weights.count) { weights[$0] * columns[k][$0] } / sums.sum
    }
    let denominator = equal ? sums.sum * (1 - 1 / Double(weights.count)) : sums.sum
    let lower = mapChunks(columns.count, threads: threads) { i in
      (0...i).map { j in productSum(columns[i], mean[i], columns[j], mean[j], weights) / denominator }
    }
    self.mean = mean
    weightSum = sums.sum
    covariance = columns.indices.map { i in columns.indices.map { j in i >= j ? lower[i][j] : lower[j][i] } }
    for row in covariance { for value in row { _ = try finite(value, "the covariance of \(name)") } }
  }

  init(mean: [Double], covariance: [[Double]], weightSum: Double) {
    self.mean = mean
    self.covariance = covariance
    self.weightSum = weightSum
  }

  /// sum w^2 psi^2/W^2 for psi(x) = linear (x - mean) + (x - mean)^T (1 - map) (x - mean), centred.
  func variance(_ points: WeightedPoints, linear: [Double], map: [[Double]], threads: Int?) -> Double {
    let (columns, weights, d) = (points.columns, points.weights, mean.count)
    let chunks = RowChunks(weights.count, size: 1024)
    let influence = mapChunks(chunks.count, threads: threads) { chunk in
      chunks[chunk].map { row in
        let step = (0..<d).map { columns[$0][row] - mean[$0] }
        var sum = 0.0
        for i in 0..<d {
          var product = 0.0
          for j in 0..<d { product += map[i][j] * step[j] }
          sum += step[i] * (linear[i] + step[i] - product)
        }
        return sum
      }
    }.flatMap { $0 }
    let centre = compensatedSum(weights.count) { weights[$0] * influence[$0] } / weightSum
    return sandwichVariance(weights: weights, sum: weightSum) { influence[$0] - centre }
  }
}

/// sum w (x - a) (y - b), in four lanes over blocks of 1024 rows.
func productSum(_ x: [Double], _ a: Double, _ y: [Double], _ b: Double, _ w: [Double]) -> Double {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      w.withUnsafeBufferPointer { w in
        var total = CompensatedSum()
        let chunks = RowChunks(w.count, size: 1024)
        for chunk in 0..<chunks.count {
          let rows = chunks[chunk]
          var four = SIMD4<Double>(repeating: 0)
          var row = rows.lowerBound
          while row + 4 <= rows.upperBound {
            let u = SIMD4(x[row], x[row + 1], x[row + 2], x[row + 3]) - a
            let v = SIMD4(y[row], y[row + 1], y[row + 2], y[row + 3]) - b
            four += SIMD4(w[row], w[row + 1], w[row + 2], w[row + 3]) * u * v
            row += 4
          }
          var sum = (four[0] + four[1]) + (four[2] + four[3])
          while row < rows.upperBound {
            sum += w[row] * (x[row] - a) * (y[row] - b)
            row += 1
          }
          total.add(sum)
        }
        return total.value
      }
    }
  }
}

/// Two normal distributions and the Fréchet distance between them.
struct NormalComparison {
  let distance: Double
  private let first: SymmetricEigen
  private let second: SymmetricEigen
  /// A S2 A.
  private let inner: SymmetricEigen

  /// - Throws: ``EvaluationError/undefined(measure:reason:alternative:)`` where a covariance has a negative eigenvalue that
  ///   is no rounding.
  init(_ x: NormalFit, _ y: NormalFit) throws {
    first = try SymmetricEigen(x.covariance)
    second = try SymmetricEigen(y.covariance)
    for (eigen, name) in [(first, "first"), (second, "second")] {
      let (low, high) = (eigen.values.first ?? 0, eigen.values.last ?? 0)
      guard high >= 0, low >= -1e-10 * high else {
        throw EvaluationError.undefined(
          measure: "the Fréchet distance", reason: "the covariance of the \(name) sample is not positive",
          alternative: "the energy distance, or probability weights")
      }
    }
    let root = first.mapped { fs_sqrt(max(0, $0)) }
    let middle = try SymmetricEigen(symmetrised(matrixProduct(matrixProduct(root, y.covariance), root)))
    inner = middle
    let cross = compensatedSum(middle.values.count) { fs_sqrt(max(0, middle.values[$0])) }
    var total = CompensatedSum()
    for (a, b) in zip(x.mean, y.mean) { total.add((a - b) * (a - b)) }
    for i in x.covariance.indices {
      total.add(x.covariance[i][i])
      total.add(y.covariance[i][i])
    }
    total.add(-2 * cross)
    distance = try finite(max(0, total.value), "the Fréchet distance")
  }

  /// The linear maps from the first distribution to the second and back; nil where a covariance is singular.
  func maps() -> (forward: [[Double]], back: [[Double]])? {
    for eigen in [first, second, inner] {
      guard let low = eigen.values.first, let high = eigen.values.last, low > 1e-12 * high else { return nil }
    }
    let (root, inverse) = (first.mapped { fs_sqrt($0) }, first.mapped { 1 / fs_sqrt($0) })
    let middle = inner.mapped { fs_sqrt($0) }
    let middleInverse = inner.mapped { 1 / fs_sqrt($0) }
    return (
      symmetrised(matrixProduct(matrixProduct(inverse, middle), inverse)),
      symmetrised(matrixProduct(matrixProduct(root, middleInverse), root))
    )
  }
}

private func symmetrised(_ matrix: [[Double]]) -> [[Double]] {
  matrix.indices.map { i in matrix.indices.map { j in (matrix[i][j] + matrix[j][i]) / 2 } }
}
