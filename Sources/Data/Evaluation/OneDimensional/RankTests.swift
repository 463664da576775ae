// Rank tests of two unweighted samples: Cramér-von Mises and Anderson-Darling.
internal import Numerics

/// The two-sample Cramér-von Mises statistic T with midranks at ties, unweighted.
///
/// O(n) after a radix sort. Source: T. Anderson, Ann. Math. Stat. 33 (1962) 1148, eq. 10.
/// - Throws: ``EvaluationError`` when a sample has fewer than five rows or a number is not finite.
package func cramerVonMises(_ first: [Double], _ second: [Double]) throws -> Double {
  let x = try SortedSample(WeightedColumn(values: first), "the first sample")
  let y = try SortedSample(WeightedColumn(values: second), "the second sample")
  let (n, m) = (Double(first.count), Double(second.count))
  var (sumX, sumY) = (CompensatedSum(), CompensatedSum())
  walkDistinctValues(x, y) { _, placesX, placesY in
    let midrank = Double(placesX.lowerBound + placesY.lowerBound) + Double(placesX.count + placesY.count + 1) / 2
    for place in placesX { sumX.add((midrank - Double(place + 1)) * (midrank - Double(place + 1))) }
    for place in placesY { sumY.add((midrank - Double(place + 1)) * (midrank - Double(place + 1))) }
  }
  let u = n * sumX.value + m * sumY.value
  return u / (n * m) / (n + m) - (4 * n * m - 1) / (6 * (n + m))
}

/// The two-sample Anderson-Darling statistic, midrank version, unweighted.
package struct AndersonDarling: Sendable, Equatable {
  /// A^2_akN.
  package let statistic: Double
  /// (A^2 - 1)/sigma, with its mean and standard deviation under equal distributions.
  package let normalised: Double
}

/// O(n) after a radix sort. Source: F. Scholz, M. Stephens, JASA 82 (1987) 918, eqs. 4 and 7.
/// - Throws: ``EvaluationError`` when a sample has fewer than five rows or a number is not finite, or all values are
///   equal.
package func andersonDarling(_ first: [Double], _ second: [Double]) throws -> AndersonDarling {
  let x = try SortedSample(WeightedColumn(values: first), "the first sample")
  let y = try SortedSample(WeightedColumn(values: second), "the second sample")
  guard x.values.first != y.values.last || y.values.first != x.values.last else {
    throw EvaluationError.badOption("all values are equal: the Anderson-Darling statistic needs two distinct values")
  }
  let (n1, n2) = (Double(first.count), Double(second.count))
  let total = n1 + n2
  var (sum1, sum2) = (CompensatedSum(), CompensatedSum())
  walkDistinctValues(x, y) { _, placesX, placesY in
    let own = Double(placesX.count + placesY.count)
    let b = Double(placesX.lowerBound + placesY.lowerBound) + own / 2
    let scale = own / total / (b * (total - b) - total * own / 4)
    func term(_ places: Range<Int>, _ size: Double) -> Double {
      let m = Double(places.lowerBound) + Double(places.count) / 2
      return scale * (total * m - b * size) * (total * m - b * size)
    }
    sum1.add(term(placesX, n1))
    sum2.add(term(placesY, n2))
  }
  let statistic = (total - 1) / total * (sum1.value / n1 + sum2.value / n2)
  return AndersonDarling(
    statistic: statistic, normalised: (statistic - 1) / andersonDarlingVariance(n1, n2).squareRoot())
}

/// The variance of A^2 for two samples under equal distributions.
private func andersonDarlingVariance(_ n1: Double, _ n2: Double) -> Double {
  let total = n1 + n2
  let reciprocals = 1 / n1 + 1 / n2
  var (harmonic, g) = (0.0, 0.0)
  for step in 1...Int(total) - 2 {
    harmonic += 1 / (total - Double(step))
    g += harmonic / Double(step + 1)
  }
  let h = harmonic + 1
  let a = (4 * g - 6) + (10 - 6 * g) * reciprocals
  let b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * reciprocals - 8 * h + 4 * g - 6
  let c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * reciprocals + 4 * h
  let d = 4 * (2 * h + 6) - 8 * h
  return (((a * total + b) * total + c) * total + d) / ((total - 1) * (total - 2) * (total - 3))
}
