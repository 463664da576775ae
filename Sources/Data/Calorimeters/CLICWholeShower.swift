// Observables of the whole of a shower in the calorimeter like CLIC's.
internal import CKernels

/// Sums over all cells of one shower.
struct CLICWholeShower {
  private static let depthShares = [25, 50, 75, 90, 95]
  private static let radiusShares = [50, 68, 90, 95]
  private static let rings = 15
  private static let energyBins = 20
  /// 45 keV 2^k.
  private static let thresholds = (0..<8).map { 45 << $0 }
  /// Edges of the spectrum: 0.045 MeV 10^(0.225 k).
  private static let edges = (1..<energyBins).map { 0.045 * fs_exp(0.225 * Double($0) * fs_log(10)) }

  static let names: [String] =
    ["energy", "response", "hits"] + thresholds.map { "above_\($0)keV" }
    + ["x", "y", "z"].flatMap { ["mean_\($0)", "variance_\($0)", "third_\($0)"] }
    + ["covariance_xy", "covariance_xz", "covariance_yz"] + depthShares.map { "depth\($0)" }
    + radiusShares.map { "radius\($0)" } + ["max_layer", "first_layer", "third1_frac", "third2_frac", "third3_frac"]
    + (0..<rings).map { "ring\(twoDigits($0))_frac" } + (0..<energyBins).map { "spectrum\(twoDigits($0))" }
    + ["mean_log", "entropy", "inertia1", "inertia2", "inertia3"]

  private let energies: [Double]
  private let positions: [(x: Double, y: Double, layer: Int)]
  private let layers: [Double]
  private let energy: Double
  private let entropy: Double
  private let above: [Int]

  init(
    _ hits: borrowing ShowerHits, _ positions: [(x: Double, y: Double, layer: Int)], _ layers: [Double]
  ) {
    (energies, self.positions, self.layers) = (hits.energies, positions, layers)
    (energy, entropy) = (hits.energy, hits.entropy)
    above = [hits.cells(above: 0)] + Self.thresholds.map { hits.cells(above: 0.001 * Double($0)) }
  }

  func list(trueEnergy: Double, _ list: inout ObservableList) {
    list.append([energy, energy / trueEnergy])
    list.append(above.map(Double.init))

    var (x, y, z) = (CoordinateSums(), CoordinateSums(), CoordinateSums())
    var (xy, xz, yz) = (CovarianceSum(), CovarianceSum(), CovarianceSum())
    for (e, position) in zip(energies, positions) {
      let depth = CLICObservables.cell * (Double(position.layer) + 0.5)
      x.add(e, at: position.x)
      y.add(e, at: position.y)
      z.add(e, at: depth)
      xy.add(e, at: position.x, position.y)
      xz.add(e, at: position.x, depth)
      yz.add(e, at: position.y, depth)
    }
    for sums in [x, y, z] { list.append([sums.mean, sums.variance, sums.thirdMoment]) }
    let covariances = [xy.value(x, y), xz.value(x, z), yz.value(y, z)]
    list.append(covariances)
    list.append(depths)
    let radial = RadialProfile(energies, positions, x.mean, y.mean)
    list.append(radial.radii(containing: Self.radiusShares.map { 0.01 * Double($0) }, of: energy))
    list.append(longitudinal)
    list.append(radial.rings(Self.rings, width: 0.25 * CLICObservables.moliereRadius).map { $0 / energy })
    list.append(spectrum)
    list.append([meanLogarithm, entropy])
    list.append(
      inertia(
        x.variance, y.variance, z.variance, xy: covariances[0], xz: covariances[1], yz: covariances[2]))
  }

  /// Depths in layers above which 25 … 95% of the energy lie, linear within a layer.
  private var depths: [Double] {
    Self.depthShares.map { share in
      let wanted = 0.01 * Double(share) * energy
      var sum = 0.0
      for (layer, own) in layers.enumerated() {
        if own > 0, sum + own >= wanted { return Double(layer) + (wanted - sum) / own }
        sum += own
      }
      return Double(layers.count)
    }
  }

  /// The layer with the most energy, the first with more than 1%, and the shares of layers 0-7, 8-16 and 17-24.
  private var longitudinal: [Double] {
    let largest = layers.max().flatMap { layers.firstIndex(of: $0) }
    let first = layers.firstIndex { $0 > 0.01 * energy }
    let thirds = [0..<8, 8..<17, 17..<25].map { layers[$0].reduce(0, +) / energy }
    return [largest.map(Double.init) ?? .nan, first.map(Double.init) ?? .nan] + thirds
  }

  /// The shares of cells with energy in 20 bins of its logarithm; what lies outside is in the first and the last bin.
  private var spectrum: [Double] {
    var counts = [Int](repeating: 0, count: Self.energyBins)
    for e in energies where e > 0 { counts[Self.edges.firstIndex { e < $0 } ?? Self.edges.count] += 1 }
    return counts.map { Double($0) / Double(above[0]) }
  }

  /// The mean of ln(e/S) over cells with energy.
  private var meanLogarithm: Double {
    var sum = 0.0
    for e in energies where e > 0 { sum += fs_log(e / energy) }
    return sum / Double(above[0])
  }
}

/// The energies of a shower's columns by their distance from its axis.
private struct RadialProfile {
  /// Ascending.
  private var columns: [(radius: Double, energy: Double)] = []

  init(_ energies: [Double], _ positions: [(x: Double, y: Double, layer: Int)], _ x: Double, _ y: Double) {
    // Cells come column by column.
    var (last, lastY) = (Double.nan, Double.nan)
    for (e, position) in zip(energies, positions) {
      if position.x == last, position.y == lastY {
        columns[columns.count - 1].energy += e
      } else {
        let (dx, dy) = (position.x - x, position.y - y)
        columns.append(((dx * dx + dy * dy).squareRoot(), e))
        (last, lastY) = (position.x, position.y)
      }
    }
    // Columns at equal distances keep their order, so that sums have the same bits everywhere.
    columns = columns.enumerated().sorted { ($0.element.radius, $0.offset) < ($1.element.radius, $1.offset) }.map(
      \.element)
  }

  /// The smallest distances of columns within which shares of the energy lie, in mm.
  func radii(containing shares: [Double], of energy: Double) -> [Double] {
    var sum = 0.0
    var found: [Double] = []
    for column in columns {
      sum += column.energy
      while found.count < shares.count, sum >= shares[found.count] * energy { found.append(column.radius) }
    }
    return found + [Double](repeating: columns.last?.radius ?? .nan, count: shares.count - found.count)
  }

  /// The energies in rings of a width about the axis; what lies beyond is in none.
  func rings(_ count: Int, width: Double) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for column in columns where column.radius < Double(count) * width {
      sums[min(count - 1, Int(column.radius / width))] += column.energy
    }
    return sums
  }
}

/// 03.
private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
