// The last steps of a fit, in external coordinates: Newton on everything, Newton on the yields, and the Hessian.

extension FitSearch {
  /// The Hessian of the NLL over the floating parameters.
  ///
  /// Between yields it is exact; rows of shapes are central differences of the analytic gradient.
  /// - Parameter curvature: roughly the Hessian; the step of a parameter is `stepFraction` of 1/sqrt of its diagonal.
  /// - Returns: nil where the likelihood is undefined near the point.
  func hessian(
    _ point: FitPoint, information: SymmetricMatrix, curvature: SymmetricMatrix, stepFraction: Double
  ) -> SymmetricMatrix? {
    let values = space.values(point)
    let limits = space.limits
    let yields = space.freeYields.count
    var result = information
    var rows: [[Double]] = []
    for index in yields..<values.count {
      guard let limit = limits[index] else { return nil }
      let range = limit.upperBound - limit.lowerBound
      let deviation = curvature[index, index] > 0 ? 1 / curvature[index, index].squareRoot() : range
      let step = max(min(stepFraction * deviation, 1e-2 * range), 1e-9 * range)
      var moved = values
      func gradient(_ value: Double) -> [Double]? {
        moved[index] = value
        return evaluate(space.point(moved, base: point), order: .gradient).map { space.reduce($0.gradient) }
      }
      let high = min(values[index] + step, limit.upperBound)
      let low = max(values[index] - step, limit.lowerBound)
      guard high > low, let above = gradient(high), let below = gradient(low) else { return nil }
      rows.append(zip(above, below).map { ($0 - $1) / (high - low) })
    }
    for row in rows.indices {
      for column in 0..<yields { result[yields + row, column] = rows[row][column] }
      for other in 0...row {
        result[yields + row, yields + other] = 0.5 * (rows[row][yields + other] + rows[other][yields + row])
      }
    }
    return result
  }

  /// Newton steps on all floating parameters that are not held at a limit.
  /// - Returns: the point with g·H⁻¹·g/2 there, infinite where the Hessian was never positive definite.
  func polish(_ start: FitPoint) -> (point: FitPoint, distance: Double) {
    var point = start
    var distance = Double.infinity
    for _ in 0..<3 {
      guard let here = evaluate(point, order: .information) else { break }
      let information = space.reduce(here.information)
      guard
        let hessian = hessian(point, information: information, curvature: information, stepFraction: 0.02)
      else { break }
      let held = limitState(point, gradient: space.reduce(here.gradient)).held
      let free = (0..<space.count).filter { !held.contains($0) }
      guard let inverse = hessian.block(free).inverse() else { break }
      var current = here
      for _ in 0..<4 {
        let slope = space.reduce(current.gradient)
        let gradient = free.map { slope[$0] }
        let step = inverse.times(gradient)
        distance = 0.5 * dot(gradient, step)
        guard distance > 1e-12 else { return (point, distance) }
        guard let next = descend(from: point, value: current.value, step: step, free: free) else { break }
        point = next.point
        current = next.evaluation
      }
    }
    return (point, distance)
  }

  /// The first of the points a whole, half, quarter … step down that stays inside limits and is not higher.
  private func descend(
    from point: FitPoint, value: Double, step: [Double], free: [Int]
  ) -> (point: FitPoint, evaluation: MassLikelihood.Evaluation)? {
    let values = space.values(point)
    let limits = space.limits
    for halving in 0..<6 {
      let fraction = 1 / Double(1 << halving)
      var moved = values
      for (index, place) in free.enumerated() { moved[place] -= fraction * step[index] }
      let inside = zip(moved, limits).allSatisfy { $1?.contains($0) ?? true }
      guard inside else { continue }
      let next = space.point(moved, base: point)
      if let evaluation = evaluate(next, order: .gradient),
        evaluation.value <= value + 1e-12 * value.magnitude
      {
        return (next, evaluation)
      }
    }
    return nil
  }

  /// Newton steps on the yields alone until every |dNLL/dN_k| is below 1e-9 or rounding stops them: the exact sum rules
  /// of s-weights need it.
  func polishYields(_ start: FitPoint) -> FitPoint {
    var point = start
    let yields = space.freeYields
    var best = (point: start, slope: Double.infinity)
    for _ in 0..<12 {
      guard let here = evaluate(point, order: .information) else { return best.point }
      let gradient = yields.map { here.gradient[$0] }
      let slope = gradient.reduce(0) { max($0, $1.magnitude) }
      if slope < best.slope { best = (point, slope) }
      guard slope > 1e-11, let inverse = here.information.block(yields).inverse() else { return best.point }
      for (component, step) in zip(yields, inverse.times(gradient)) { point.yields[component] -= step }
    }
    return best.point
  }
}
