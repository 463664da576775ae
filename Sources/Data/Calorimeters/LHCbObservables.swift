// Observables of showers in the calorimeter like LHCb's.
internal import CKernels
internal import ToyDescriptions

/// Cells of 20 mm centred on (0, 0); x counts the columns and y the rows. Source: V. Chekalina et al., arXiv:1812.01319,
/// section 4.
struct LHCbObservables: ShowerObservableKind {
  private static let side = 30
  /// 10^k MeV for k = -1 … 4 by quarters.
  private static let thresholds = (0...20).map { step in fs_exp((-1 + 0.25 * Double(step)) * fs_log(10)) }
  private static let squares = [1, 2, 3, 5]

  let conditions = ["px", "py", "x", "y"]
  let names =
    [
      "energy", "response", "centroid_x", "centroid_y", "width_x", "width_y", "covariance_xy", "skewness_x",
      "skewness_y", "width_along",
      "width_across", "asymmetry_along", "asymmetry_across",
    ] + squares.map { "brightest\($0)" } + ["sparsity"] + thresholds.map { "above_\(Int((1000 * $0).rounded()))keV" }
    + ["entropy"]

  /// The centre of a column or row in mm.
  private static func centre(_ index: Int) -> Double { 20 * (Double(index) + 0.5) - 300 }

  func list(_ hits: borrowing ShowerHits, _ conditions: [Double], _ list: inout ObservableList) {
    let side = Self.side
    let (px, py, entryX, entryY) = (conditions[1], conditions[2], conditions[3], conditions[4])
    let transverse = fs_hypot(px, py)
    let (u, v) = transverse > 0 ? (px / transverse, py / transverse) : (1, 0)
    var (x, y, along, across) = (CoordinateSums(), CoordinateSums(), CoordinateSums(), CoordinateSums())
    var covariance = CovarianceSum()
    var (ahead, left) = (0.0, 0.0)
    for hit in 0..<hits.count {
      let (row, column) = Int(hits.places[hit]).quotientAndRemainder(dividingBy: side)
      let (e, a, b) = (hits.energies[hit], Self.centre(column), Self.centre(row))
      x.add(e, at: a)
      y.add(e, at: b)
      covariance.add(e, at: a, b)
      let (dx, dy) = (a - entryX, b - entryY)
      let (l, t) = (dx * u + dy * v, dy * u - dx * v)
      along.add(e, at: l)
      across.add(e, at: t)
      if l != 0 { ahead += l > 0 ? e : -e }
      if t != 0 { left += t > 0 ? e : -e }
    }
    let energy = hits.energy
    list.append([
      energy, energy / conditions[0], x.mean, y.mean, x.width, y.width, covariance.value(x, y), x.skewness, y.skewness,
      along.width, across.width, ahead / energy, left / energy,
    ])
    list.append(brightest(hits).map { $0 / energy })
    list.append(1 - Double(hits.cells(above: 0)) / Double(side * side))
    list.append(Self.thresholds.map { Double(hits.cells(above: $0)) })
    list.append(hits.entropy)
  }

  /// The largest energy in a square of 1, 2, 3 and 5 cells.
  private func brightest(_ hits: borrowing ShowerHits) -> [Double] {
    let side = Self.side
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * side * side) { memory in
      let image = UnsafeMutableBufferPointer(rebasing: memory[..<(side * side)])
      let bands = UnsafeMutableBufferPointer(rebasing: memory[(side * side)...])
      image.initialize(repeating: 0)
      bands.initialize(repeating: 0)
      for hit in 0..<hits.count { image[Int(hits.places[hit])] = hits.energies[hit] }
      return Self.squares.map { width in
        for row in 0..<side {
          for column in 0...side - width {
            var sum = image[row * side + column]
            for next in 1..<max(1, width) { sum += image[row * side + column + next] }
            bands[row * side + column] = sum
          }
        }
        var largest = -Double.infinity
        for row in 0...side - width {
          for column in 0...side - width {
            var sum = bands[row * side + column]
            for next in 1..<max(1, width) { sum += bands[(row + next) * side + column] }
            largest = max(largest, sum)
          }
        }
        return largest
      }
    }
  }
}
