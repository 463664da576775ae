// From the minimum of a fit to its result: covariance, limits, weights, warnings.
internal import Numerics

extension MassFit {
  init(
    model: MassModel, mass: [Double], selection: MassSelection, search: FitSearch, minimum: FitMinimum,
    options: MassFitOptions, earlierEvaluations: Int
  ) throws {
    let space = search.space
    let point = minimum.point
    let names = model.components.map(\.name)
    guard let here = search.evaluate(point, order: .information) else { throw SPlotError.noStart }
    let errors = search.covariance(point, here)
    let table = try WeightTable(
      likelihood: search.likelihood, point: point, information: here.information, selection: selection,
      rowCount: mass.count, names: names)

    var deviations = [Double](repeating: 0, count: space.count)
    for (index, place) in errors.places.enumerated() {
      deviations[place] = errors.matrix[index, index].squareRoot()
    }
    let minos = MinosErrors.compute(
      components: options.minos.compactMap { names.firstIndex(of: $0) }, search: search, minimum: point,
      value: here.value, deviations: deviations)

    self.model = model
    self.window = selection.window
    self.mass = mass
    self.eventCount = selection.masses.count
    self.eventsOutside = mass.count - selection.masses.count
    self.yields = names.indices.map { component in
      ComponentYield(
        component: names[component], value: point.yields[component], error: deviations[component],
        fixedShapeError: table.covariance[component, component].squareRoot(),
        minos: minos.errors.first { $0.component == component }.map { ($0.lower, $0.upper) })
    }
    self.shapes = space.slots.enumerated().map { index, slot in
      let root = slot.shared ?? index
      let free = space.freeShapes.firstIndex(of: root)
      let limits = space.slots[root].limits
      let reach = 1e-3 * (limits.upperBound - limits.lowerBound)
      let value = point.shapes[index]
      return ShapeParameter(
        component: names[slot.component], name: slot.name, value: value,
        error: free.map { deviations[names.count + $0] } ?? 0, limits: limits, isFixed: space.slots[root].isFixed,
        isAtLimit: free != nil && (value - limits.lowerBound < reach || limits.upperBound - value < reach),
        shared: slot.shared.map {
          SharedParameter(component: names[space.slots[$0].component], parameter: space.slots[$0].name)
        })
    }
    self.nll = here.value
    self.edm = minimum.edm
    self.parameterNames = errors.places.map { space.name(of: $0, components: names) }
    self.covariance = errors.matrix.rows
    self.converged = minimum.converged
    self.hessianPositiveDefinite = errors.undetermined.isEmpty
    self.yieldCovariance = table.covariance.rows
    self.identities = table.identities
    self.diagnostics = table.diagnostics
    self.weightColumns = table.columns
    self.evaluations = search.evaluations + earlierEvaluations + minos.evaluations
    self.warnings = []
    self.warnings = collectWarnings(undetermined: errors.undetermined.map { space.name(of: $0, components: names) })
    if identities.sumRule > 5e-2 { throw SPlotError.sumRuleViolated(identities.sumRule) }
  }

  private func collectWarnings(undetermined: [String]) -> [String] {
    var warnings: [String] = []
    if eventsOutside > 0 {
      warnings.append(
        "\(eventsOutside) of \(mass.count) events lie outside the window \(window.lowerBound) to"
          + " \(window.upperBound) and have weight zero")
    }
    if !converged { warnings.append("the fit did not converge (estimated distance to the minimum \(edm))") }
    if !hessianPositiveDefinite {
      warnings.append(
        "the Hessian is not positive definite: the data do not determine \(undetermined.joined(separator: ", "));"
          + " errors hold with \(undetermined.count == 1 ? "it" : "them") fixed")
    }
    for name in parametersAtLimit { warnings.append("\(name) is at a limit; its error is not meaningful") }
    for name in componentsBelowZero {
      warnings.append(
        "the density of \(name) is negative in a part of the window; lower its degree or narrow the window")
    }
    for (yield, diagnostic) in zip(yields, diagnostics) {
      if yield.value < 0 {
        warnings.append("\(yield.component) has a negative yield; drop the component")
      } else if yield.value < 3 * yield.error {
        warnings.append(
          "the yield of \(yield.component) is below three times its error; its weights are not trustworthy")
      }
      if diagnostic.effectiveSize < 50 {
        warnings.append(
          "the weights of \(yield.component) are worth \(decimal(diagnostic.effectiveSize, places: 1)) events, fewer"
            + " than 50")
      }
    }
    if identities.sumRule > 5e-3 {
      warnings.append("the sum rule is violated by \(decimal(identities.sumRule, places: 5)), more than 0.005")
    }
    return warnings
  }
}

extension MassFit {
  /// Polynomial components that are negative at one of 1001 points of the window.
  private var componentsBelowZero: [String] {
    let length = window.upperBound - window.lowerBound
    let columns = densities(at: (0...1000).map { window.lowerBound + length * Double($0) / 1000 })
    return zip(yields, columns).filter { $1.contains { $0 < 0 } }.map { $0.0.component }
  }
}

extension ParameterSpace {
  /// `N(component)` for a yield, `component.parameter` for a shape.
  func name(of place: Int, components: [String]) -> String {
    let yields = freeYields
    if place < yields.count { return "N(\(components[yields[place]]))" }
    let slot = slots[freeShapes[place - yields.count]]
    return "\(components[slot.component]).\(slot.name)"
  }
}

/// The covariance of the floating parameters that the data determine.
struct FitCovariance {
  /// Places of the parameters in the list of floating ones.
  var places: [Int]
  var matrix: SymmetricMatrix
  /// Floating parameters without which only the Hessian is positive definite.
  var undetermined: [Int]
}

extension FitSearch {
  /// The inverse Hessian at a minimum. Parameters held at limits are omitted; where it is not positive definite the
  /// shapes of least curvature are omitted too, and named.
  func covariance(_ point: FitPoint, _ here: MassLikelihood.Evaluation) -> FitCovariance {
    let information = space.reduce(here.information)
    var hessian = information
    // The line shape of a Crystal Ball has a kink in its curvature where the tail begins, so that the likelihood's
    // second derivative jumps at every event. Steps of a twentieth of a standard deviation average over that.
    for stepFraction in [0.02, 0.05] {
      let finer = self.hessian(point, information: information, curvature: hessian, stepFraction: stepFraction)
      hessian = finer ?? hessian
    }
    let held = limitState(point, gradient: space.reduce(here.gradient)).held
    var places = (0..<space.count).filter { !held.contains($0) }
    var undetermined: [Int] = []
    let yields = space.freeYields.count
    while true {
      if let matrix = hessian.block(places).inverse() {
        return FitCovariance(places: places, matrix: matrix, undetermined: undetermined)
      }
      let shapes = places.filter { $0 >= yields }
      let alone = shapes.first { out in hessian.block(places.filter { $0 != out }).inverse() != nil }
      guard let out = alone ?? shapes.min(by: { weakness(hessian, $0) < weakness(hessian, $1) }) else {
        return FitCovariance(places: [], matrix: SymmetricMatrix(order: 0), undetermined: undetermined + places)
      }
      places.removeAll { $0 == out }
      undetermined.append(out)
    }
  }

  /// How much the likelihood changes over a parameter's range.
  private func weakness(_ hessian: SymmetricMatrix, _ place: Int) -> Double {
    let limits = space.limits[place]
    let range = limits.map { $0.upperBound - $0.lowerBound } ?? 1
    return hessian[place, place] * range * range
  }
}
