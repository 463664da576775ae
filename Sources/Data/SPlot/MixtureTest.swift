// Whether a column is, at every mass, the mixture of the components that the fit says.

/// The part of the check of independence that sees inside a peak.
///
/// Where a column is independent of the mass within each component, its mean at a mass m is a sum of the components' own means
/// times their fitted fractions p_k(m) there. A column whose values decide the width of a peak isn't: at equal fractions it
/// differs from what core and sidebands imply. The test is the coefficient of p(1 − p), p being the fraction of all peaks, in
/// a linear regression of the column's ranks beside the fractions, in units of its standard deviation (H. White,
/// Econometrica 48 (1980) 817, for errors that depend on the mass).
/// - Parameters:
///   - column: one value per mass.
///   - densities: of each component at each mass, `[component][event]`, times the yields.
///   - isPeak: for each component.
/// - Returns: about normal with mean 0 and width 1 where the column is independent; nil where the fractions do not vary
///   enough, as without a peak.
func mixtureSignificance(of column: [Double], densities: [[Double]], isPeak: [Bool]) -> Double? {
  let order = densities.count + 1
  let ranks = scaledRanks(column)
  var moments = SymmetricMatrix(order: order)
  var products = [Double](repeating: 0, count: order)
  let rows = column.indices.map { event in regressors(densities.map { $0[event] }, isPeak) }
  for (row, rank) in zip(rows, ranks) {
    for i in 0..<order {
      products[i] += row[i] * rank
      for j in 0...i { moments[i, j] += row[i] * row[j] }
    }
  }
  guard let inverse = moments.inverse() else { return nil }
  let coefficients = inverse.times(products)
  // Of the sandwich only the element of the last coefficient is needed.
  let last = (0..<order).map { inverse[order - 1, $0] }
  var variance = 0.0
  for (row, rank) in zip(rows, ranks) {
    let part = dot(last, row) * (rank - dot(coefficients, row))
    variance += part * part
  }
  return variance > 0 ? coefficients[order - 1] / variance.squareRoot() : nil
}

/// The components' fractions and p(1 − p).
private func regressors(_ densities: [Double], _ isPeak: [Bool]) -> [Double] {
  let total = densities.reduce(0, +)
  let fractions = densities.map { total > 0 ? $0 / total : 0 }
  let peak = zip(fractions, isPeak).reduce(0.0) { $1.1 ? $0 + $1.0 : $0 }
  return fractions + [peak * (1 - peak)]
}

/// Ranks from 0 to 1, equal values sharing their mean rank, so that no tail rules the regression.
private func scaledRanks(_ column: [Double]) -> [Double] {
  let order = column.indices.sorted { (column[$0], $0) < (column[$1], $1) }
  var ranks = [Double](repeating: 0, count: column.count)
  var start = 0
  while start < order.count {
    var end = start
    while end + 1 < order.count, column[order[end + 1]] == column[order[start]] { end += 1 }
    for place in start...end { ranks[order[place]] = Double(start + end) / 2 / Double(max(1, order.count - 1)) }
    start = end + 1
  }
  return ranks
}
