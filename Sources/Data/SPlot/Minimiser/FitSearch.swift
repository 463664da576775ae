// The search for the minimum: EM for the yields, BFGS in unbounded coordinates, Newton steps in external ones.

/// The state of one fit on one sample; counts its evaluations.
final class FitSearch {
  let likelihood: MassLikelihood
  let space: ParameterSpace
  private(set) var evaluations = 0

  init(likelihood: MassLikelihood, space: ParameterSpace) {
    self.likelihood = likelihood
    self.space = space
  }

  /// The likelihood at a point whose shared parameters are equal.
  func evaluate(_ point: FitPoint, order: MassLikelihood.Order) -> MassLikelihood.Evaluation? {
    evaluations += 1
    return likelihood.evaluate(yields: point.yields, shapes: point.shapes, order: order)
  }

  /// N_k ← sum of N_k f_k/F, which raises the likelihood with every round.
  func expectationMaximisation(_ start: FitPoint, rounds: Int = 10) -> FitPoint? {
    var point = start
    for _ in 0..<rounds {
      guard let here = evaluate(point, order: .gradient) else { return nil }
      for component in point.yields.indices where component != space.heldYield {
        point.yields[component] *= 1 - here.gradient[component]
      }
    }
    return point
  }

  /// BFGS from a point.
  func quasiNewton(_ start: FitPoint) -> (point: FitPoint, value: Double, converged: Bool)? {
    guard space.count > 0 else {
      return evaluate(start, order: .value).map { (start, $0.value, true) }
    }
    let coordinates = space.coordinates(space.values(start))
    guard let metric = metric(start, coordinates: coordinates) else { return nil }
    let yields = space.freeYields.count
    let events = Double(likelihood.masses.count)
    let search = QuasiNewton(
      maximumStep: (0..<space.count).map { $0 < yields ? max(events, 1) : 0.5 })
    let result = search.minimise(from: coordinates, metric: metric) { coordinates in
      let (values, slopes) = space.values(at: coordinates)
      guard let here = evaluate(space.point(values, base: start), order: .gradient) else { return nil }
      return Slope(value: here.value, gradient: zip(space.reduce(here.gradient), slopes).map { $0 * $1 })
    }
    guard let result else { return nil }
    let point = space.point(space.values(at: result.variables).values, base: start)
    return (point, result.slope.value, result.converged)
  }

  /// The inverse of the information matrix in coordinates, made positive definite: the first metric of BFGS.
  private func metric(_ start: FitPoint, coordinates: [Double]) -> SymmetricMatrix? {
    let (values, slopes) = space.values(at: coordinates)
    guard let here = evaluate(space.point(values, base: start), order: .information) else { return nil }
    var matrix = space.reduce(here.information)
    for row in 0..<matrix.order {
      for column in 0...row { matrix[row, column] *= slopes[row] * slopes[column] }
    }
    let yields = space.freeYields.count
    for row in 0..<matrix.order {
      matrix[row, row] = matrix[row, row] * (1 + 1e-6) + (row < yields ? 1e-12 : 1e-2)
    }
    if let inverse = matrix.inverse() { return inverse }
    var diagonal = SymmetricMatrix(order: matrix.order)
    for row in 0..<matrix.order { diagonal[row, row] = 1 / matrix[row, row] }
    return diagonal
  }

  /// Places of floating parameters that stand at a limit to which the likelihood pulls them, and of those that stand
  /// there though it pulls them back inside.
  func limitState(_ point: FitPoint, gradient: [Double]) -> (held: [Int], astray: [Int]) {
    var held: [Int] = []
    var astray: [Int] = []
    let values = space.values(point)
    for (index, limits) in space.limits.enumerated() {
      guard let limits else { continue }
      let reach = 1e-6 * (limits.upperBound - limits.lowerBound)
      if values[index] - limits.lowerBound < reach {
        if gradient[index] > 0 { held.append(index) } else { astray.append(index) }
      } else if limits.upperBound - values[index] < reach {
        if gradient[index] < 0 { held.append(index) } else { astray.append(index) }
      }
    }
    return (held, astray)
  }
}
