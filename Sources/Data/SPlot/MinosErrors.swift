// Asymmetric errors of yields from the profile of the likelihood.

/// The distances at which the NLL, minimised over everything else, has risen by 0.5 (the MINOS errors of MINUIT).
struct MinosErrors {
  struct Pair {
    let component: Int
    let lower: Double
    let upper: Double
  }

  var errors: [Pair] = []
  var evaluations = 0

  /// Components for which a side is not found are omitted.
  static func compute(
    components: [Int], search: FitSearch, minimum: FitPoint, value: Double, deviations: [Double]
  ) -> MinosErrors {
    var result = MinosErrors()
    for component in components {
      var space = search.space
      space.heldYield = component
      let profile = FitSearch(likelihood: search.likelihood, space: space)
      let deviation = deviations[component] > 0 ? deviations[component] : minimum.yields[component].magnitude
      let lower = crossing(profile, component: component, minimum: minimum, value: value, step: -deviation)
      let upper = crossing(profile, component: component, minimum: minimum, value: value, step: deviation)
      result.evaluations += profile.evaluations
      if let lower, let upper {
        result.errors.append(Pair(component: component, lower: lower, upper: upper))
      }
    }
    return result
  }

  /// The distance from the minimum at which the profile has risen by 0.5, taking it for a parabola at every try.
  private static func crossing(
    _ profile: FitSearch, component: Int, minimum: FitPoint, value: Double, step: Double
  ) -> Double? {
    var distance = step
    var start = minimum
    for _ in 0..<12 {
      start.yields[component] = minimum.yields[component] + distance
      guard let end = profile.quasiNewton(start) else {
        distance *= 0.7
        start = minimum
        continue
      }
      let rise = end.value - value
      if (rise - 0.5).magnitude < 1e-4 { return distance.magnitude }
      guard rise > 1e-6 else { return nil }
      distance *= min(max((0.5 / rise).squareRoot(), 0.5), 2)
      start = end.point
    }
    return nil
  }
}
