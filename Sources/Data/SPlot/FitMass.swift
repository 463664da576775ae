// The extended maximum-likelihood fit of a mass spectrum.
internal import Numerics

/// Fits the yields and shapes of a model to masses.
///
/// Minimises NLL = sum of N_k - sum over events of ln(sum of N_k f_k(m)), the extended unbinned likelihood, and
/// computes s-weights from the yields' covariance at fixed shapes (Pivk & Le Diberder, NIM A555 (2005) 356).
/// The result is the same to the bit for any number of threads. Cost: about 60 passes over the events.
/// - Parameter mass: finite numbers, in any unit.
/// - Throws: `SPlotError` for unusable masses or models, and where the fit broke the sum rule.
package func fitMass(
  _ mass: [Double], model: MassModel, options: MassFitOptions = MassFitOptions()
) throws -> MassFit {
  let selection = try MassSelection(mass, window: model.window)
  let slots = try model.shapeSlots(window: selection.window)
  for name in options.minos where !model.components.contains(where: { $0.name == name }) {
    throw SPlotError.unknownComponent(name, known: model.components.map(\.name))
  }
  let space = ParameterSpace(slots: slots, componentCount: model.components.count)
  guard selection.masses.count >= max(space.count, 1) else {
    throw SPlotError.tooFewEvents(events: selection.masses.count, parameters: space.count)
  }
  func search(_ masses: [Double], _ multiplicities: [Double]?) -> FitSearch {
    FitSearch(
      likelihood: MassLikelihood(
        densities: model.components.map(\.density), window: selection.window, masses: masses,
        multiplicities: multiplicities, threads: options.threads),
      space: space)
  }

  let condensed = CondensedSample(masses: selection.masses, window: selection.window)
  let trial = search(condensed.masses, condensed.multiplicities)
  let full = search(selection.masses, nil)
  guard var best = trial.bestOfStarts(events: Double(selection.masses.count), masses: selection.masses) else {
    throw SPlotError.noStart
  }
  if condensed.multiplicities != nil {
    guard let again = full.quasiNewton(best.point) else { throw SPlotError.noStart }
    best = again
  }
  let minimum = full.finish(best)
  return try MassFit(
    model: model, mass: mass, selection: selection, search: full, minimum: minimum, options: options,
    earlierEvaluations: condensed.multiplicities == nil ? trial.evaluations : 0)
}

/// The events that take part in a fit.
struct MassSelection {
  let window: ClosedRange<Double>
  /// Masses inside the window, in the order of the data.
  let masses: [Double]
  /// Their rows in the data.
  let rows: [Int]

  /// - Throws: `SPlotError` for masses that are not finite and for unusable windows.
  init(_ mass: [Double], window given: ClosedRange<Double>?) throws {
    if let row = mass.firstIndex(where: { !$0.isFinite }) { throw SPlotError.nonFiniteMass(row: row) }
    if let given {
      guard given.lowerBound.isFinite, given.upperBound.isFinite, given.lowerBound < given.upperBound,
        (given.upperBound - given.lowerBound).isFinite
      else {
        throw SPlotError.invalidWindow(
          "it is \(roundTripNumber(given.lowerBound)) to \(roundTripNumber(given.upperBound))")
      }
      window = given
    } else {
      guard let low = mass.min(), let high = mass.max() else {
        throw SPlotError.tooFewEvents(events: 0, parameters: 1)
      }
      guard low < high, (high - low).isFinite else {
        throw SPlotError.invalidWindow("all \(mass.count) masses are \(roundTripNumber(low))")
      }
      window = low...high
    }
    var rows: [Int] = []
    var masses: [Double] = []
    for (row, value) in mass.enumerated() where window.contains(value) {
      rows.append(row)
      masses.append(value)
    }
    self.rows = rows
    self.masses = masses
  }
}

/// Where a search ended.
struct FitMinimum {
  var point: FitPoint
  var edm: Double
  var converged: Bool
}

extension FitSearch {
  /// EM and BFGS from every start that the data suggest; the lowest minimum, the first of equals.
  func bestOfStarts(events: Double, masses: [Double]) -> (point: FitPoint, value: Double, converged: Bool)? {
    let starts = StartValues(densities: likelihood.densities, window: likelihood.window, masses: masses)
    let yields = [Double](repeating: events / Double(space.componentCount), count: space.componentCount)
    var best: (point: FitPoint, value: Double, converged: Bool)?
    for shapes in starts.candidates(space.slots) {
      let start = space.sharing(FitPoint(yields: yields, shapes: shapes))
      guard let yielded = expectationMaximisation(start), let end = quasiNewton(yielded) else { continue }
      if let best, !(end.value < best.value - 1e-4) { continue }
      best = end
    }
    return best
  }

  /// From the end of BFGS to the minimum.
  func finish(_ end: (point: FitPoint, value: Double, converged: Bool)) -> FitMinimum {
    var (point, _, converged) = end
    for _ in 0..<3 {
      guard let here = evaluate(point, order: .gradient) else { break }
      let astray = limitState(point, gradient: space.reduce(here.gradient)).astray
      guard !astray.isEmpty, let again = quasiNewton(space.movedInside(point, places: astray)) else { break }
      guard again.value < here.value else { break }
      (point, converged) = (again.point, again.converged)
    }
    point = settleAtLimits(space.ordered(point, densities: likelihood.densities))
    let polished = polish(point)
    point = polishYields(polished.point)
    return FitMinimum(
      point: point, edm: polished.distance, converged: polished.distance.isFinite ? polished.distance < 1e-6 : converged
    )
  }

  /// Puts parameters that come within a thousandth of their range of a limit, pulled there by the likelihood, at it.
  private func settleAtLimits(_ start: FitPoint) -> FitPoint {
    guard let here = evaluate(start, order: .gradient) else { return start }
    let gradient = space.reduce(here.gradient)
    var values = space.values(start)
    for (index, limits) in space.limits.enumerated() {
      guard let limits else { continue }
      let reach = 1e-3 * (limits.upperBound - limits.lowerBound)
      if values[index] - limits.lowerBound < reach, gradient[index] > 0 { values[index] = limits.lowerBound }
      if limits.upperBound - values[index] < reach, gradient[index] < 0 { values[index] = limits.upperBound }
    }
    let settled = space.point(values, base: start)
    guard let there = evaluate(settled, order: .value), there.value <= here.value else { return start }
    return settled
  }
}

extension ParameterSpace {
  /// The point with some floating parameters moved a fiftieth of their range away from the nearer limit.
  func movedInside(_ point: FitPoint, places: [Int]) -> FitPoint {
    var values = values(point)
    for place in places {
      guard let limits = limits[place] else { continue }
      let step = 0.02 * (limits.upperBound - limits.lowerBound)
      let isLow = values[place] - limits.lowerBound < limits.upperBound - values[place]
      values[place] = isLow ? limits.lowerBound + step : limits.upperBound - step
    }
    return self.point(values, base: point)
  }

  /// The point with s1 < s2 in every double Gaussian whose parameters are free to be exchanged.
  func ordered(_ point: FitPoint, densities: [MassDensity]) -> FitPoint {
    var point = point
    var first = 0
    for density in densities {
      if density == .doubleGaussian, point.shapes[first + 1] > point.shapes[first + 2] {
        let places = [first + 1, first + 2, first + 3]
        let isFree = places.allSatisfy { place in
          slots[place].floats && !slots.contains { $0.shared == place }
        }
        let fraction = slots[first + 3].limits
        if isFree, slots[first + 1].limits == slots[first + 2].limits,
          fraction.lowerBound + fraction.upperBound == 1
        {
          point.shapes.swapAt(first + 1, first + 2)
          point.shapes[first + 3] = 1 - point.shapes[first + 3]
        }
      }
      first += density.parameterNames.count
    }
    return point
  }
}
