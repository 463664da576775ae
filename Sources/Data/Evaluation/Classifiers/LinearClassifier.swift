// Multinomial logistic regression, the baseline beside trees.
internal import CKernels
internal import Numerics

/// p_k(x) = softmax of a linear function of the standardised columns.
///
/// Minimises sum w (ln sum_k e^(F_k) - F_y) + ridge/2 sum beta^2 over the slopes (not the intercepts) by Newton's method
/// with step halving; class 0 has F = 0. Columns are standardised with the weighted mean and width of the training rows;
/// constant columns are left out. O(iterations * rows * ((classes - 1) (columns + 1))^2).
struct LinearClassifier: Sendable {
  let classes: Int
  private let centres: [Double]
  private let inverseWidths: [Double]
  /// Shape [classes - 1][columns + 1], the intercept last.
  private let coefficients: [Double]

  /// The largest number of coefficients, for the Hessian is a square of it.
  static let mostCoefficients = 1000

  /// - Parameters:
  ///   - columns: finite, shape [columns][rows of the table].
  ///   - rows: to learn from.
  ///   - labels: 0 ..< classes.
  ///   - weights: not negative, with a positive sum over `rows`.
  static func fit(
    _ columns: [[Double]], rows: [Int], labels: [Int], weights: [Double], classes: Int, ridge: Double = 1
  ) throws -> LinearClassifier {
    let size = (classes - 1) * (columns.count + 1)
    guard size <= mostCoefficients else {
      throw EvaluationError.badOption(
        "a linear classifier of \(columns.count) columns and \(classes) classes has \(size) coefficients, more than "
          + "\(mostCoefficients): choose fewer columns, or trees")
    }
    guard ridge > 0, ridge.isFinite else {
      throw EvaluationError.badOption("the ridge is \(ridge): choose more than 0")
    }
    let total = compensatedSum(rows.count) { weights[rows[$0]] }
    var centres: [Double] = []
    var inverseWidths: [Double] = []
    for column in columns {
      // Halved twice, so that the difference of two finite values is finite.
      let scale = rows.reduce(0) { max($0, column[$1].magnitude) } * 4
      guard scale > 0, scale.isFinite else {
        centres.append(0)
        inverseWidths.append(0)
        continue
      }
      let mean = compensatedSum(rows.count) { weights[rows[$0]] / total * (column[rows[$0]] / scale) }
      let variance = compensatedSum(rows.count) { place in
        let difference = column[rows[place]] / scale - mean
        return weights[rows[place]] / total * (difference * difference)
      }
      centres.append(mean * scale)
      inverseWidths.append(variance > 1e-24 ? 1 / (variance.squareRoot() * scale) : 0)
    }
    var newton = Newton(classes: classes, width: columns.count + 1, ridge: ridge)
    for row in rows where weights[row] > 0 {
      newton.add(
        columns.indices.map { (columns[$0][row] - centres[$0]) * inverseWidths[$0] } + [1], labels[row], weights[row])
    }
    return LinearClassifier(
      classes: classes, centres: centres, inverseWidths: inverseWidths, coefficients: newton.solve())
  }

  /// F of each class, shape [rows][classes], flat; the first is 0.
  func margins(_ columns: [[Double]], rows: [Int]) -> [Double] {
    let width = columns.count + 1
    return rows.flatMap { row in
      [0]
        + (0..<classes - 1).map { k in
          var sum = coefficients[k * width + width - 1]
          for column in columns.indices {
            sum += coefficients[k * width + column] * ((columns[column][row] - centres[column]) * inverseWidths[column])
          }
          return sum
        }
    }
  }
}

/// The minimisation.
private struct Newton {
  let classes: Int
  let width: Int
  let ridge: Double
  private var inputs: [Double] = []
  private var labels: [Int] = []
  private var weights: [Double] = []
  private var size: Int { (classes - 1) * width }

  init(classes: Int, width: Int, ridge: Double) {
    (self.classes, self.width, self.ridge) = (classes, width, ridge)
  }

  mutating func add(_ input: [Double], _ label: Int, _ weight: Double) {
    inputs += input
    labels.append(label)
    weights.append(weight)
  }

  func solve() -> [Double] {
    var coefficients = [Double](repeating: 0, count: size)
    var state = evaluate(coefficients, derivatives: true)
    for _ in 0..<50 {
      guard let step = solved(state.hessian, state.gradient, size: size) else { break }
      var fraction = 1.0
      var next = coefficients
      var loss = Double.infinity
      for _ in 0..<30 {
        next = zip(coefficients, step).map { $0 - fraction * $1 }
        loss = evaluate(next, derivatives: false).loss
        if loss <= state.loss { break }
        fraction /= 2
      }
      guard loss <= state.loss else { break }
      let gain = state.loss - loss
      coefficients = next
      if gain <= 1e-12 * (1 + loss) { break }
      state = evaluate(coefficients, derivatives: true)
    }
    return coefficients
  }

  private func evaluate(
    _ coefficients: [Double], derivatives: Bool
  ) -> (loss: Double, gradient: [Double], hessian: [Double]) {
    var loss = CompensatedSum()
    var gradient = [Double](repeating: 0, count: derivatives ? size : 0)
    var hessian = [Double](repeating: 0, count: derivatives ? size * size : 0)
    var margins = [Double](repeating: 0, count: classes)
    for row in labels.indices {
      let (first, weight) = (row * width, weights[row])
      var largest = 0.0
      for k in 1..<classes {
        var sum = 0.0
        for j in 0..<width { sum += coefficients[(k - 1) * width + j] * inputs[first + j] }
        margins[k] = sum
        largest = max(largest, sum)
      }
      var sum = 0.0
      for k in 0..<classes { sum += fs_exp(margins[k] - largest) }
      loss.add(weight * (fs_log(sum) + largest - margins[labels[row]]))
      guard derivatives else { continue }
      let probabilities = margins.map { fs_exp($0 - largest) / sum }
      for k in 1..<classes {
        let residual = weight * (probabilities[k] - (labels[row] == k ? 1 : 0))
        for j in 0..<width { gradient[(k - 1) * width + j] += residual * inputs[first + j] }
        for l in 1...k {
          let curvature = weight * probabilities[k] * ((k == l ? 1 : 0) - probabilities[l])
          for j in 0..<width {
            let place = ((k - 1) * width + j) * size + (l - 1) * width
            let factor = curvature * inputs[first + j]
            for i in 0..<width { hessian[place + i] += factor * inputs[first + i] }
          }
        }
      }
    }
    for place in 0..<size {
      let isIntercept = place % width == width - 1
      // A hair of ridge keeps the intercept of a class without events finite.
      let strength = isIntercept ? 1e-6 * ridge : ridge
      loss.add(strength / 2 * coefficients[place] * coefficients[place])
      guard derivatives else { continue }
      gradient[place] += strength * coefficients[place]
      hessian[place * size + place] += strength
    }
    return (loss.value, gradient, hessian)
  }
}

/// The solution of A x = b by Cholesky's factorisation of the lower triangle of A; nil where A is not positive definite.
private func solved(_ matrix: [Double], _ right: [Double], size: Int) -> [Double]? {
  var factor = matrix
  for i in 0..<size {
    for j in 0...i {
      var sum = factor[i * size + j]
      for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
      if i == j {
        guard sum > 0 else { return nil }
        factor[i * size + i] = sum.squareRoot()
      } else {
        factor[i * size + j] = sum / factor[j * size + j]
      }
    }
  }
  var x = right
  for i in 0..<size {
    for k in 0..<i { x[i] -= factor[i * size + k] * x[k] }
    x[i] /= factor[i * size + i]
  }
  for i in stride(from: size - 1, through: 0, by: -1) {
    for k in i + 1..<max(i + 1, size) { x[i] -= factor[k * size + i] * x[k] }
    x[i] /= factor[i * size + i]
  }
  return x
}
