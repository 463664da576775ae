// One number for many columns: the mean of their Kolmogorov-Smirnov distances.
internal import Numerics

extension SampleComparison {
  /// The mean over all columns for which the distance is defined.
  ///
  /// Its error is the sandwich of what each event adds to all distances together, and in quadrature the mean of what the
  /// maxima exceed the truth by. A column of halves with rows left out counts as moving with all others: an upper limit.
  func meanKolmogorovSmirnov() throws -> Measure {
    var (distance, excess, apart, count) = (0.0, 0.0, 0.0, 0)
    var events = [Double](repeating: 0, count: real.weights.count)
    var others = [Double](repeating: 0, count: pairing.replicas == nil ? generated.weights.count : 0)
    for name in names {
      guard let found = try? MergedColumns(columnPair(name), threads: threads).kolmogorovSmirnovContributions() else {
        continue
      }
      count += 1
      distance += found.statistic
      excess += found.excess
      let left = partial.first { $0.name == name }
      if let left, left.rows == nil {
        apart += (sumOfSquares(found.real) + sumOfSquares(found.generated)).squareRoot()
        continue
      }
      for (row, value) in found.real.enumerated() { events[left?.rows?.real[row] ?? row] += value }
      for (row, value) in found.generated.enumerated() {
        let row = left?.rows?.generated[row] ?? row
        // Replicas of an event go with it.
        if pairing.replicas == nil { others[row] += value } else { events[row % events.count] += value }
      }
    }
    guard count > 0 else {
      throw EvaluationError.undefined(
        measure: "mean-kolmogorov-smirnov", reason: "no column has a distance", alternative: "kolmogorov-smirnov")
    }
    let together = (sumOfSquares(events) + sumOfSquares(others)).squareRoot() + apart
    let uncertainty = (together * together + excess * excess).squareRoot() / Double(count)
    return Measure(
      "ks_mean",
      Estimate(distance / Double(count), uncertainty: try finite(uncertainty, "the error of the mean distance")),
      parameters: "columns \(count) of \(names.count)")
  }
}

private func sumOfSquares(_ values: [Double]) -> Double { compensatedSum(values.count) { values[$0] * values[$0] } }
