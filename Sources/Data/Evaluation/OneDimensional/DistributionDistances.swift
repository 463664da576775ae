// Kolmogorov-Smirnov, Wasserstein and energy distances on merged columns, with their errors.
internal import CKernels
internal import Numerics

/// D of two columns, and what each row adds to it.
struct KolmogorovSmirnovContributions: Sendable {
  let statistic: Double
  let excess: Double
  /// w/W times the row's influence on D, shape [rows]; their sum is 0.
  let real: [Double]
  let generated: [Double]
}

extension MergedColumns {
  /// D = max |F1 - F2|; see ``kolmogorovSmirnov(_:_:)``. Its uncertainty joins the sandwich error at the maximum and the
  /// excess of the maximum over the truth, of the order n^(-2/3): (mean D of two half samples - D)/(2^(2/3) - 1).
  func kolmogorovSmirnovDistance() throws -> KolmogorovSmirnov {
    let (statistic, index) = largestDifference(first.distribution, second.distribution)
    let (n1, n2) = (first.sums.effectiveSize, second.sums.effectiveSize)
    let effectiveSize = n1 / (n1 + n2) * n2
    let sandwich = try uncertainty(
      "the Kolmogorov-Smirnov distance", first: { $0 <= index ? 1 : 0 }, second: { $0 <= index ? -1 : 0 })
    let excess = expectedExcess(of: statistic)
    return KolmogorovSmirnov(
      statistic: statistic, pValue: kolmogorovSurvival(effectiveSize.squareRoot() * statistic),
      effectiveSize: effectiveSize, location: values[index],
      uncertainty: (sandwich * sandwich + excess * excess).squareRoot())
  }

  /// D as a sum over events, to first order: what the mean of several distances of the same events needs for its error.
  func kolmogorovSmirnovContributions() -> KolmogorovSmirnovContributions {
    let (statistic, index) = largestDifference(first.distribution, second.distribution)
    let sign = first.distribution[index] < second.distribution[index] ? -1.0 : 1.0
    return KolmogorovSmirnovContributions(
      statistic: statistic, excess: expectedExcess(of: statistic),
      real: first.contributions { $0 <= index ? sign : 0 }, generated: second.contributions { $0 <= index ? -sign : 0 })
  }

  /// How much the maximum of the differences exceeds the true one.
  private func expectedExcess(of statistic: Double) -> Double {
    // Distances of samples that lie apart differ by rounding alone.
    let difference = (halfSampleDistance() ?? statistic) - statistic
    return difference > 1e-12 ? difference / 0.5874010519681994 : 0
  }

  private func largestDifference(_ f: [Double], _ g: [Double]) -> (Double, Int) {
    var (statistic, index) = (-1.0, 0)
    for k in values.indices {
      let distance = (f[k] - g[k]).magnitude
      if distance > statistic { (statistic, index) = (distance, k) }
    }
    return (statistic, index)
  }

  /// The mean of D over two random halves; nil where the weights of a half do not allow it.
  private func halfSampleDistance() -> Double? {
    let one = first.halfDistributions(values.count, period: first.places.count)
    // Replicas of an event go with it.
    let two = second.halfDistributions(values.count, period: replicas == nil ? second.places.count : first.places.count)
    guard let one, let two else { return nil }
    return 0.5 * (largestDifference(one.0, two.0).0 + largestDifference(one.1, two.1).0)
  }

  /// W1 = integral |F1 - F2| dx. Moving weight to t changes it by the integral of sign(F1 - F2) from t upwards.
  func wasserstein1Distance() throws -> Estimate {
    var (total, slope) = (CompensatedSum(), CompensatedSum())
    var influence = [Double](repeating: 0, count: values.count)
    for k in 1..<max(1, values.count) {
      let gap = values[k] - values[k - 1]
      let difference = first.distribution[k - 1] - second.distribution[k - 1]
      total.add(gap * difference.magnitude)
      if difference != 0 { slope.add(difference > 0 ? -gap : gap) }
      influence[k] = slope.value
    }
    return Estimate(
      try finite(total.value, "the Wasserstein distance"),
      uncertainty: try uncertainty("the Wasserstein distance", antisymmetric: influence))
  }

  /// E = 2 integral (F1 - F2)^2 dx and its U-statistic; see ``EnergyDistance``.
  func energyDistance() throws -> EnergyDistance {
    var (squares, within1, within2) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    var slope = CompensatedSum()
    var influence = [Double](repeating: 0, count: values.count)
    for k in 1..<max(1, values.count) {
      let gap = values[k] - values[k - 1]
      let (f1, f2) = (first.distribution[k - 1], second.distribution[k - 1])
      squares.add(gap * (f1 - f2) * (f1 - f2))
      within1.add(gap * f1 * (1 - f1))
      within2.add(gap * f2 * (1 - f2))
      slope.add(4 * gap * (f2 - f1))
      influence[k] = slope.value
    }
    let v = try finite(2 * squares.value, "the energy distance")
    let u =
      v - 2 * within1.value / (first.sums.effectiveSize - 1) - 2 * within2.value / (second.sums.effectiveSize - 1)
    return EnergyDistance(
      vStatistic: v, uStatistic: try finite(u, "the energy distance"),
      uncertainty: try uncertainty("the energy distance", antisymmetric: influence))
  }

  /// W2^2 = integral over q of (x_q - y_q)^2. The influences are the potentials of the optimal transport: between
  /// neighbours x, x' of one column they grow by (x' - y)^2 - (x - y)^2, y the partner that both share.
  func wasserstein2SquaredDistance() throws -> Estimate {
    guard !first.hasNegativeWeights, !second.hasNegativeWeights else {
      throw EvaluationError.undefined(
        measure: "wasserstein-2-squared", reason: "negative weights have no quantile function",
        alternative: "wasserstein-1")
    }
    let (x, y) = (first.occupied, second.occupied)
    var total = CompensatedSum()
    var (i, j, reached) = (0, 0, 0.0)
    while i < x.count, j < y.count {
      let (qx, qy) = (first.distribution[x[i]], second.distribution[y[j]])
      let gap = values[x[i]] - values[y[j]]
      let next = min(qx, qy)
      total.add(max(0, next - reached) * gap * gap)
      reached = max(reached, next)
      if qx <= qy { i += 1 } else { j += 1 }
    }
    let one = potential(x, first.distribution, y, second.distribution)
    let two = potential(y, second.distribution, x, first.distribution)
    return Estimate(
      try finite(total.value, "the squared Wasserstein distance"),
      uncertainty: try uncertainty("the squared Wasserstein distance", first: { one[$0] }, second: { two[$0] }))
  }

  private func potential(_ own: [Int], _ f: [Double], _ other: [Int], _ g: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: values.count)
    var total = CompensatedSum()
    var partner = 0
    for (here, next) in zip(own, own.dropFirst()) {
      while partner < other.count - 1, g[other[partner]] < f[here] { partner += 1 }
      let y = values[other[partner]]
      total.add((values[next] - values[here]) * ((values[next] - y) + (values[here] - y)))
      result[next] = total.value
    }
    return result
  }
}

extension MergedColumns.Side {
  /// The values at which the column has weight.
  fileprivate var occupied: [Int] { weights.indices.filter { weights[$0] > 0 } }

  /// The distributions of two halves at each distinct value; rows that agree modulo `period` are in the same half.
  fileprivate func halfDistributions(_ count: Int, period: Int) -> ([Double], [Double])? {
    var half = [Double](repeating: 0, count: count)
    var words = fs_philox_words(w0: 0, w1: 0, w2: 0, w3: 0)
    for event in 0..<period {
      if event % 128 == 0 { words = fs_philox(halfSeed, halfStream, 0, UInt64(event / 128)) }
      let word = SIMD4(words.w0, words.w1, words.w2, words.w3)[event / 32 % 4]
      guard word >> UInt32(event % 32) & 1 == 1 else { continue }
      for row in stride(from: event, to: places.count, by: period) { half[Int(places[row])] += rowWeights[row] }
    }
    let sum = compensatedSum(count) { half[$0] }
    guard sum > 0, sums.sum - sum > 0 else { return nil }
    var (below, other) = (CompensatedSum(), half)
    for index in half.indices {
      below.add(half[index])
      half[index] = below.value / sum
      other[index] = (distribution[index] * sums.sum - below.value) / (sums.sum - sum)
    }
    return (half, other)
  }
}

/// Which half an event is in is the same in every comparison.
private let halfSeed: UInt64 = 1
/// "half".
private let halfStream: UInt32 = 0x6861_6c66
