// The check of sPlot's condition: within each component, other columns must not depend on the mass.
internal import CKernels
internal import Numerics

/// Whether a column is independent of the mass within the components.
package struct IndependenceCheck: Sendable, Equatable {
  /// A stretch of the mass in which one kind of event prevails.
  package struct Region: Sendable, Equatable {
    /// "lower sideband", "signal region" or "upper sideband"
    package let name: String
    package let masses: ClosedRange<Double>
    package let events: Int
    /// Kendall's tau-b of mass and column; nil with fewer than 10 events or no variation.
    package let tau: Double?
    /// tau divided by its standard deviation under independence.
    package let significance: Double?
  }

  /// In ascending mass; regions that do not exist are omitted.
  package let regions: [Region]
  /// Largest difference of the column's distribution functions in the two sidebands; nil with fewer than 10 events.
  package let sidebandDistance: Double?
  /// The asymptotic Kolmogorov-Smirnov p-value of that difference.
  package let sidebandProbability: Double?
  /// How far the column is from a mixture of the fitted components, in standard deviations; see `mixtureSignificance`.
  /// Nil where the fractions do not vary.
  package let mixtureSignificance: Double?
  /// Sentences for a person; empty when nothing speaks against independence at the level of 0.001.
  package let warnings: [String]
}

/// Compares a column between and within mass regions.
///
/// The signal region is where the fitted fraction of peaking events is at least half of its largest value, the
/// sidebands are where it is below a twentieth of it, on either side; without peaks they are the window's halves.
/// In the signal region a mixture of components that differ in the column shows as a correlation too, hence there only
/// what no mixture can give is warned of.
/// - Parameters:
///   - column: one value per event of `mass`.
///   - mass: the masses that were fitted.
/// - Throws: `SPlotError` for columns of another length or with values that are not finite.
package func independence(of column: [Double], mass: [Double], fit: MassFit) throws -> IndependenceCheck {
  guard column.count == mass.count else { throw SPlotError.lengthsDiffer(column: column.count, mass: mass.count) }
  if let row = mass.firstIndex(where: { !$0.isFinite }) { throw SPlotError.nonFiniteMass(row: row) }
  if let row = column.firstIndex(where: { !$0.isFinite }) { throw SPlotError.nonFiniteColumn(row: row) }
  var warnings: [String] = []
  var sidebands: [[Double]] = []
  var regions: [IndependenceCheck.Region] = []
  for stretch in fit.massRegions {
    let rows = mass.indices.filter { stretch.masses.contains(mass[$0]) }
    let values = rows.map { column[$0] }
    let kendall = rows.count >= 10 ? KendallTau(rows.map { mass[$0] }, values) : nil
    regions.append(
      IndependenceCheck.Region(
        name: stretch.name, masses: stretch.masses, events: rows.count, tau: kendall?.tau,
        significance: kendall?.significance))
    guard stretch.isSideband else { continue }
    sidebands.append(values)
    if let kendall, kendall.significance.magnitude > 3.29 {
      warnings.append(
        "the column depends on the mass in the \(stretch.name): Kendall tau \(decimal(kendall.tau, places: 4)),"
          + " \(decimal(kendall.significance.magnitude, places: 1)) standard deviations")
    }
  }
  var distance: Double?
  var probability: Double?
  if sidebands.count == 2, sidebands.allSatisfy({ $0.count >= 10 }) {
    let size = Double(sidebands[0].count) * Double(sidebands[1].count) / Double(sidebands[0].count + sidebands[1].count)
    let largest = largestDifference(sidebands[0].sorted(), sidebands[1].sorted())
    let chance = kolmogorov(size.squareRoot() * largest)
    if chance < 1e-3 {
      warnings.append(
        "the column differs between the mass sidebands: Kolmogorov-Smirnov distance \(decimal(largest, places: 4)),"
          + " p-value \(decimal(chance, places: 6))")
    }
    (distance, probability) = (largest, chance)
  }
  let inside = mass.indices.filter { fit.window.contains(mass[$0]) }
  let densities = zip(fit.yields, fit.densities(at: inside.map { mass[$0] })).map { yield, density in
    density.map { $0 * max(0, yield.value) }
  }
  let mixture = mixtureSignificance(
    of: inside.map { column[$0] }, densities: densities, isPeak: fit.model.components.map(\.density.isPeak))
  if let mixture, mixture.magnitude > 3.29 {
    warnings.append(
      "the column depends on the mass within the peak: its mean over the mass is no mixture of the components' means,"
        + " \(decimal(mixture.magnitude, places: 1)) standard deviations")
  }
  return IndependenceCheck(
    regions: regions, sidebandDistance: distance, sidebandProbability: probability, mixtureSignificance: mixture,
    warnings: warnings)
}

extension MassFit {
  /// The signal region and the sidebands.
  fileprivate var massRegions: [(name: String, masses: ClosedRange<Double>, isSideband: Bool)] {
    let length = window.upperBound - window.lowerBound
    let positions = (0...2000).map { $0 == 2000 ? window.upperBound : window.lowerBound + length * Double($0) / 2000 }
    let densities = densities(at: positions)
    let fractions = positions.indices.map { index in
      var peak = 0.0
      var total = 0.0
      for component in yields.indices {
        let part = yields[component].value * densities[component][index]
        total += part
        if model.components[component].density.isPeak { peak += part }
      }
      return total > 0 ? peak / total : 0
    }
    let largest = fractions.reduce(0, max)
    guard largest > 0, let first = fractions.firstIndex(where: { $0 >= 0.5 * largest }),
      let last = fractions.lastIndex(where: { $0 >= 0.5 * largest })
    else {
      let middle = 0.5 * (window.lowerBound + window.upperBound)
      return [
        ("lower sideband", window.lowerBound...middle, true), ("upper sideband", middle...window.upperBound, true),
      ]
    }
    var regions: [(name: String, masses: ClosedRange<Double>, isSideband: Bool)] = []
    if let end = fractions[..<first].lastIndex(where: { $0 < 0.05 * largest }) {
      regions.append(("lower sideband", window.lowerBound...positions[end], true))
    }
    regions.append(("signal region", positions[first]...positions[last], false))
    if let start = fractions[last...].firstIndex(where: { $0 < 0.05 * largest }) {
      regions.append(("upper sideband", positions[start]...window.upperBound, true))
    }
    return regions
  }
}

/// The largest difference of two empirical distribution functions; equal values are passed together.
private func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  var (first, second) = (0, 0)
  var largest = 0.0
  while first < left.count, second < right.count {
    let value = min(left[first], right[second])
    while first < left.count, left[first] == value { first += 1 }
    while second < right.count, right[second] == value { second += 1 }
    largest = max(largest, (Double(first) / Double(left.count) - Double(second) / Double(right.count)).magnitude)
  }
  return largest
}

/// Q(z) = 2 · sum over k of (-1)^(k-1) exp(-2k²z²), which is 1 to double precision below 0.2.
private func kolmogorov(_ z: Double) -> Double {
  guard z > 0.2 else { return 1 }
  var sum = 0.0
  for k in 1...100 {
    let term = fs_exp(-2 * Double(k * k) * z * z)
    sum += k.isMultiple(of: 2) ? -term : term
    if term < 1e-17 { break }
  }
  return min(max(2 * sum, 0), 1)
}
