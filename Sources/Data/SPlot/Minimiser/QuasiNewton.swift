// The BFGS minimiser with a line search that satisfies the strong Wolfe conditions.

/// A value and its gradient.
struct Slope {
  var value: Double
  var gradient: [Double]
}

/// Minimises a smooth function of a few variables (J. Nocedal & S. Wright, Numerical Optimization, algorithms 3.5, 3.6
/// and 6.1). The function may be undefined (nil) in places, which count as infinitely high.
struct QuasiNewton {
  /// The search ends when the estimated vertical distance g·H⁻¹·g/2 falls below this.
  var tolerance = 1e-6
  var maximumIterations = 200
  /// Largest first step of each variable in a line search.
  var maximumStep: [Double]

  struct Result {
    var variables: [Double]
    var slope: Slope
    /// The last estimate of g·H⁻¹·g/2.
    var distance: Double
    var converged: Bool
  }

  /// - Parameter metric: an estimate of the inverse Hessian at the start, positive definite.
  /// - Returns: nil where the function is undefined at the start.
  func minimise(
    from start: [Double], metric: SymmetricMatrix, function: ([Double]) -> Slope?
  ) -> Result? {
    guard let first = function(start), first.value.isFinite else { return nil }
    var result = Result(variables: start, slope: first, distance: .infinity, converged: false)
    var inverse = metric
    var restarts = 0
    for _ in 0..<maximumIterations {
      let gradient = result.slope.gradient
      var direction = inverse.times(gradient).map { -$0 }
      var descent = dot(direction, gradient)
      if !(descent < 0) {
        inverse = metric
        direction = inverse.times(gradient).map { -$0 }
        descent = dot(direction, gradient)
      }
      result.distance = -0.5 * descent
      if !(result.distance > tolerance) {
        result.converged = true
        return result
      }
      guard let step = lineSearch(from: result, along: direction, descent: descent, function: function) else {
        // A bad metric is replaced once; after that the point is as good as rounding allows.
        guard restarts < 2 else { break }
        restarts += 1
        inverse = metric
        continue
      }
      let moved = zip(step.variables, result.variables).map { $0 - $1 }
      let change = zip(step.slope.gradient, gradient).map { $0 - $1 }
      result.variables = step.variables
      result.slope = step.slope
      update(&inverse, moved: moved, change: change)
    }
    result.converged = result.distance <= tolerance
    return result
  }

  /// H ← (1 - ρsyᵀ)H(1 - ρysᵀ) + ρssᵀ with ρ = 1/(y·s); unchanged where the curvature is not positive.
  private func update(_ inverse: inout SymmetricMatrix, moved: [Double], change: [Double]) {
    let curvature = dot(moved, change)
    guard curvature > 1e-14 * (dot(moved, moved) * dot(change, change)).squareRoot() else { return }
    let image = inverse.times(change)
    let stretch = (1 + dot(change, image) / curvature) / curvature
    for row in moved.indices {
      for column in 0...row {
        inverse[row, column] +=
          stretch * moved[row] * moved[column] - (image[row] * moved[column] + moved[row] * image[column]) / curvature
      }
    }
  }

  private struct Trial {
    var length: Double
    var variables: [Double]
    var slope: Slope
    /// The derivative along the line.
    var descent: Double
  }

  private func lineSearch(
    from origin: Result, along direction: [Double], descent: Double, function: ([Double]) -> Slope?
  ) -> (variables: [Double], slope: Slope)? {
    let start = origin.slope.value
    func trial(_ length: Double) -> Trial? {
      let variables = zip(origin.variables, direction).map { $0 + length * $1 }
      guard let slope = function(variables), slope.value.isFinite else { return nil }
      return Trial(length: length, variables: variables, slope: slope, descent: dot(slope.gradient, direction))
    }
    func isTooHigh(_ trial: Trial) -> Bool { trial.slope.value > start + 1e-4 * trial.length * descent }
    func isFlat(_ trial: Trial) -> Bool { trial.descent.magnitude <= -0.9 * descent }

    var low = Trial(length: 0, variables: origin.variables, slope: origin.slope, descent: descent)
    var high: Trial?
    var highLength = Double.infinity
    var length = 1.0
    for (step, limit) in zip(direction, maximumStep) where step.magnitude * length > limit {
      length = limit / step.magnitude
    }
    for _ in 0..<40 {
      guard let next = trial(length) else {
        high = nil
        highLength = length
        length = low.length + (length - low.length) * 0.25
        continue
      }
      if isTooHigh(next) || (low.length > 0 && next.slope.value >= low.slope.value) {
        high = next
        highLength = length
      } else if isFlat(next) {
        return (next.variables, next.slope)
      } else if next.descent * (highLength > low.length ? 1 : -1) >= 0 {
        high = low
        highLength = low.length
        low = next
      } else {
        low = next
      }
      if highLength.isInfinite {
        length *= 2.5
      } else {
        length = inside(low, high, highLength)
        if (highLength - low.length).magnitude < 1e-12 * max(low.length, highLength) { break }
      }
    }
    return low.length > 0 && low.slope.value < start ? (low.variables, low.slope) : nil
  }

  /// The minimum of the cubic through both ends, kept off the ends; the middle where there is none.
  private func inside(_ low: Trial, _ high: Trial?, _ highLength: Double) -> Double {
    let span = highLength - low.length
    let middle = low.length + 0.5 * span
    guard let high else { return low.length + 0.25 * span }
    let secant = low.descent + high.descent - 3 * (low.slope.value - high.slope.value) / (low.length - high.length)
    let radicand = secant * secant - low.descent * high.descent
    guard radicand >= 0 else { return middle }
    let root = span > 0 ? radicand.squareRoot() : -radicand.squareRoot()
    let denominator = high.descent - low.descent + 2 * root
    guard denominator != 0 else { return middle }
    let position = high.length - span * (high.descent + root - secant) / denominator
    let nearest = min(low.length, highLength) + 0.1 * span.magnitude
    let farthest = max(low.length, highLength) - 0.1 * span.magnitude
    guard position.isFinite else { return middle }
    return min(max(position, nearest), farthest)
  }
}
