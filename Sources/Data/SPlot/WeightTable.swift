// s-weights of all components, the identities they obey, and what they are like.

/// w_n(m) = sum over j of V_nj f_j(m)/F(m), where V⁻¹_nj = sum over events of f_n f_j/F² with shapes at their best
/// values (Pivk & Le Diberder, NIM A555 (2005) 356, equations 10 and 11). Some weights are negative, always.
struct WeightTable {
  let covariance: SymmetricMatrix
  /// One column per component, one row per given mass; zero outside the window.
  let columns: [[Double]]
  let identities: SWeightIdentities
  let diagnostics: [WeightDiagnostics]

  /// - Throws: `SPlotError.singularWeights` where V does not exist, `.densityNotPositive` where F is not positive.
  init(
    likelihood: MassLikelihood, point: FitPoint, information: SymmetricMatrix, selection: MassSelection,
    rowCount: Int, names: [String]
  ) throws {
    let components = names.count
    guard let covariance = information.block(Array(0..<components)).inverse(),
      let densities = likelihood.densityColumns(shapes: point.shapes)
    else { throw SPlotError.singularWeights }
    var columns = [[Double]](repeating: [Double](repeating: 0, count: rowCount), count: components)
    var sums = BlockedSums(count: components * (components + 4))
    var completeness = 0.0
    var ratios = [Double](repeating: 0, count: components)
    var weights = ratios
    var extremes = [(low: Double, high: Double)](repeating: (.infinity, -.infinity), count: components)
    for (event, row) in selection.rows.enumerated() {
      var total = 0.0
      for component in 0..<components { total += point.yields[component] * densities[component][event] }
      guard total > 0 else { throw SPlotError.densityNotPositive(row: row) }
      for component in 0..<components { ratios[component] = densities[component][event] / total }
      var completed = 0.0
      for component in 0..<components {
        var weight = 0.0
        for other in 0..<components { weight += covariance[component, other] * ratios[other] }
        weights[component] = weight
        columns[component][row] = weight
        completed += weight
        extremes[component] = (min(extremes[component].low, weight), max(extremes[component].high, weight))
      }
      completeness = max(completeness, (completed - 1).magnitude)
      for component in 0..<components {
        let first = component * (components + 4)
        sums.add(weights[component], at: first)
        sums.add(weights[component].magnitude, at: first + 1)
        sums.add(weights[component] < 0 ? 1 : 0, at: first + 2)
        sums.add(ratios[component], at: first + 3)
        for other in 0..<components { sums.add(weights[component] * weights[other], at: first + 4 + other) }
      }
      sums.nextEvent()
    }
    let totals = sums.totals
    var yieldSum = 0.0
    var deviation = 0.0
    var sumRule = 0.0
    let allYields = point.yields.reduce(0, +)
    var diagnostics: [WeightDiagnostics] = []
    for component in 0..<components {
      let first = component * (components + 4)
      yieldSum = max(yieldSum, (totals[first] - point.yields[component]).magnitude / totals[first + 1])
      sumRule = max(sumRule, (totals[first + 3] - 1).magnitude)
      for other in 0..<components {
        let scale = (covariance[component, component] * covariance[other, other]).squareRoot()
        deviation = max(deviation, (totals[first + 4 + other] - covariance[component, other]).magnitude / scale)
      }
      diagnostics.append(
        WeightDiagnostics(
          component: names[component], purity: point.yields[component] / allYields, weightSum: totals[first],
          weightSumSquares: totals[first + 4 + component], absoluteWeightSum: totals[first + 1],
          minimumWeight: extremes[component].low, maximumWeight: extremes[component].high,
          negativeFraction: totals[first + 2] / Double(selection.masses.count)))
    }
    self.covariance = covariance
    self.columns = columns
    self.identities = SWeightIdentities(
      yieldSum: yieldSum, completeness: completeness, covariance: deviation, sumRule: sumRule)
    self.diagnostics = diagnostics
  }
}

/// Several sums over events at the same time, added up in blocks so that rounding does not grow with the sample.
struct BlockedSums {
  private var block: [Double]
  private var whole: [Double]
  private var events = 0

  init(count: Int) {
    block = Array(repeating: 0, count: count)
    whole = block
  }

  mutating func add(_ value: Double, at index: Int) { block[index] += value }

  mutating func nextEvent() {
    events += 1
    guard events.isMultiple(of: MassLikelihood.blockSize) else { return }
    for index in block.indices {
      whole[index] += block[index]
      block[index] = 0
    }
  }

  var totals: [Double] { zip(whole, block).map { $0 + $1 } }
}
