// All one-dimensional measures of two columns: definitions, symmetries, errors, equal bits, p-values.
import CKernels
import Evaluation
import Testing

private func result(_ results: [OneDimensionalResult], _ measure: OneDimensionalMeasure) throws -> Estimate {
  let found = try #require(results.first { $0.measure == measure })
  return try #require(found.estimate, "\(found.reason?.description ?? "")")
}

/// Columns with ties, signed weights in one and positive ones in the other.
private func tiedPair(_ seed: UInt64, signed: Bool) -> ColumnPair {
  var random = RandomSample(seed: seed)
  let x = random.normals(300).map { ($0 * 8).rounded() / 8 }
  let y = random.normals(200, mean: 0.4).map { ($0 * 8).rounded() / 8 }
  return ColumnPair(
    real: WeightedColumn(
      values: x, weights: signed ? random.signedWeights(300) : (0..<300).map { _ in random.uniform() }),
    generated: WeightedColumn(values: y, weights: (0..<200).map { _ in random.uniform() }))
}

@Suite(.timeLimit(.minutes(20))) struct OneDimensionalMeasureTests {
  @Test(arguments: [UInt64(1), 2, 3], [true, false])
  func distancesAgreeWithTheirDefinitions(seed: UInt64, signed: Bool) throws {
    print("seed", seed)
    let pair = tiedPair(seed, signed: signed)
    let results = try compareColumns(pair)
    let (x, y) = (pair.real, pair.generated)
    let (sumX, sumY) = (x.weights.reduce(0, +), y.weights.reduce(0, +))
    func distribution(_ column: WeightedColumn, _ z: Double) -> Double {
      zip(column.values, column.weights).reduce(0) { $0 + ($1.0 <= z ? $1.1 : 0) }
    }
    let points = Set(x.values + y.values).sorted()
    let differences = points.map { distribution(x, $0) / sumX - distribution(y, $0) / sumY }
    #expect(abs(try result(results, .kolmogorovSmirnov).value - differences.map(abs).max()!) < 1e-12)
    var (w1, cramer) = (0.0, 0.0)
    for k in 1..<points.count {
      w1 += (points[k] - points[k - 1]) * abs(differences[k - 1])
      cramer += (points[k] - points[k - 1]) * differences[k - 1] * differences[k - 1]
    }
    #expect(abs(try result(results, .wasserstein1).value - w1) < 1e-12)
    #expect(abs(try result(results, .cramer).value - cramer) < 1e-12)
    let energy = try energyDistance(x, y)
    #expect(abs(try result(results, .energyDistance).value - energy.uStatistic) < 1e-12)
    #expect(abs(try #require(result(results, .energyDistance).uncertainty) - energy.uncertainty) < 1e-12)
    // The rank tests and the transport of quantiles need other weights.
    let ranked = try #require(results.first { $0.measure == .cramerVonMises })
    #expect(ranked.estimate == nil && ranked.reason != nil)
    #expect((results.first { $0.measure == .wasserstein2Squared }?.estimate == nil) == signed)
  }

  /// Each measure's error against the derivative of its value by the weight of every event, by finite differences. That of the
  /// total variation, which has kinks, is another one near them.
  @Test(arguments: [UInt64(7), 8])
  func errorsAreTheInfinitesimalJackknife(seed: UInt64) throws {
    print("seed", seed)
    var random = RandomSample(seed: seed)
    let (x, y) = (random.normals(60), random.normals(50, mean: 0.5, width: 1.4))
    let (w, v) = ((0..<60).map { _ in random.uniform() + 0.1 }, (0..<50).map { _ in random.uniform() + 0.1 })
    let bins = try HistogramBins(edges: [-1, 0, 1], smallestCount: 0)
    let measures: [OneDimensionalMeasure] =
      [.mean, .width, .skewness, .excessKurtosis, .wasserstein1, .wasserstein2Squared, .cramer]
      + [.separationPower, .jensenShannon].map { .binned($0) }
    func values(_ w: [Double], _ v: [Double]) throws -> [OneDimensionalResult] {
      try compareColumns(
        ColumnPair(real: WeightedColumn(values: x, weights: w), generated: WeightedColumn(values: y, weights: v)),
        measures, bins: bins)
    }
    let results = try values(w, v)
    var variances = [Double](repeating: 0, count: measures.count)
    for event in 0..<110 {
      let step = 1e-6
      func moved(_ by: Double) throws -> [Double] {
        var (w, v) = (w, v)
        if event < 60 { w[event] *= 1 + by } else { v[event - 60] *= 1 + by }
        return try values(w, v).map { try #require($0.estimate).value }
      }
      for (index, (above, below)) in try zip(moved(step), moved(-step)).enumerated() {
        variances[index] += (above - below) / (2 * step) * ((above - below) / (2 * step))
      }
    }
    for (index, measure) in measures.enumerated() {
      let error = try #require(results[index].estimate?.uncertainty)
      #expect(abs(error / variances[index].squareRoot() - 1) < 1e-4, "\(measure.name)")
    }
  }

  /// Where every bin differs by many errors the total variation is a smooth function of the weights: the derivative of its
  /// value by the weight of an event, by finite differences.
  @Test func errorOfTheTotalVariationIsTheInfinitesimalJackknifeFarFromItsKinks() throws {
    var random = RandomSample(seed: 9)
    let (x, y) = (random.normals(400), random.normals(300, mean: 2, width: 0.5))
    var weights = (0..<700).map { _ in random.uniform() + 0.1 }
    let bins = try HistogramBins(edges: [-1, 0, 1], smallestCount: 0)
    func distance() throws -> Estimate {
      try binnedDistance(
        .totalVariation, WeightedColumn(values: x, weights: Array(weights[..<400])),
        WeightedColumn(values: y, weights: Array(weights[400...])), bins: bins)
    }
    var variance = 0.0
    for event in weights.indices {
      let (weight, step) = (weights[event], 1e-6)
      weights[event] = weight * (1 + step)
      let above = try distance().value
      weights[event] = weight * (1 - step)
      let slope = (above - (try distance().value)) / (2 * step)
      weights[event] = weight
      variance += slope * slope
    }
    #expect(abs(try #require(distance().uncertainty) / variance.squareRoot() - 1) < 1e-3)
  }

  /// The errors of rank tests by repeating one event: their statistics take no weights, but many copies of the columns
  /// make one more copy a small step.
  @Test func errorsOfRankTestsAreTheInfinitesimalJackknife() throws {
    var random = RandomSample(seed: 21)
    let (x, y) = (random.normals(25), random.normals(20, mean: 0.8))
    let copies = 400
    func column(_ values: [Double], more: Int? = nil) -> WeightedColumn {
      WeightedColumn(
        values: values.enumerated().flatMap { [Double](repeating: $1, count: copies + ($0 == more ? 1 : 0)) })
    }
    for test in [cramerVonMises, andersonDarling] {
      let base = try test(column(x), column(y), nil)
      // At fixed numbers of events the statistic is nm/N times a functional of the shares.
      func functional(_ result: RankTest, _ n: Int, _ m: Int) -> Double {
        result.statistic * Double(n + m) / Double(n * m)
      }
      let (n, m) = (25 * copies, 20 * copies)
      let start = functional(base, n, m)
      var variance = 0.0
      for event in 0..<25 {
        let moved = functional(try test(column(x, more: event), column(y), nil), n + 1, m)
        variance += Double(copies) * (moved - start) * (moved - start)
      }
      for event in 0..<20 {
        let moved = functional(try test(column(x), column(y, more: event), nil), n, m + 1)
        variance += Double(copies) * (moved - start) * (moved - start)
      }
      let expected = variance.squareRoot() * Double(n * m) / Double(n + m)
      #expect(abs(base.uncertainty / expected - 1) < 0.05)
    }
  }

  @Test(arguments: [UInt64(1), 2])
  func measuresAreSymmetricAndFollowTheAxis(seed: UInt64) throws {
    print("seed", seed)
    let pair = tiedPair(seed, signed: false)
    let measures: [OneDimensionalMeasure] = [
      .kolmogorovSmirnov, .wasserstein1, .wasserstein2Squared, .energyDistance, .cramer,
    ]
    let one = try compareColumns(pair, measures)
    let swapped = try compareColumns(ColumnPair(real: pair.generated, generated: pair.real), measures)
    func scaled(_ column: WeightedColumn) -> WeightedColumn {
      WeightedColumn(values: column.values.map { 4 - 2 * $0 }, weights: column.weights.map { 3 * $0 })
    }
    let moved = try compareColumns(ColumnPair(real: scaled(pair.real), generated: scaled(pair.generated)), measures)
    for (index, factor) in [1.0, 2, 4, 2, 2].enumerated() {
      let (a, b, c) = (
        try #require(one[index].estimate), try #require(swapped[index].estimate), try #require(moved[index].estimate)
      )
      #expect(abs(a.value - b.value) < 1e-12 && abs(factor * a.value - c.value) < 1e-11, "\(measures[index].name)")
      let error = try #require(a.uncertainty)
      #expect(abs(error - b.uncertainty!) < 1e-9 && abs(factor * error - c.uncertainty!) < 1e-9)
    }
  }

  @Test func oneReplicaOfEveryEventCountsEachEventOnce() throws {
    var random = RandomSample(seed: 4)
    let x = random.normals(400)
    let weights = random.signedWeights(400)
    let same = try ColumnPair(real: x, generated: x.map { $0 + 1 }, weights: weights)
    let shifted = try result(compareColumns(same, [.mean]), .mean)
    #expect(abs(shifted.value - 1) < 1e-12 && shifted.uncertainty! < 1e-12)
    // Equal replicas change nothing.
    let y = random.normals(400, mean: 1)
    let once = try compareColumns(ColumnPair(real: x, generated: y, weights: weights))
    let thrice = try compareColumns(ColumnPair(real: x, generated: y + y + y, weights: weights, replicas: 3))
    for (a, b) in zip(once, thrice) where ![.chiSquare, .energyDistance].contains(a.measure) {
      guard let a = a.estimate, let b = b.estimate else { continue }
      #expect(abs(a.value - b.value) < 1e-10)
      if let error = a.uncertainty { #expect(abs(error - b.uncertainty!) < 1e-10) }
    }
  }

  @Test func everyNumberOfThreadsGivesTheSameBits() throws {
    let pair = tiedPair(9, signed: true)
    let one = try compareColumns(pair, threads: 1)
    for threads in [2, 5] { #expect(try compareColumns(pair, threads: threads) == one) }
  }

  @Test func limitDistributionsHaveTheirPublishedQuantiles() {
    // T. Anderson, D. Darling (1952), tables: 5 % and 1 %.
    #expect(abs(cramerVonMisesSurvival(0.46136) - 0.05) < 1e-5)
    #expect(abs(cramerVonMisesSurvival(0.74346) - 0.01) < 1e-5)
    #expect(abs(andersonDarlingSurvival(2.492) - 0.05) < 3e-5)
    #expect(abs(andersonDarlingSurvival(3.8781) - 0.01) < 2e-5)
    for survival in [cramerVonMisesSurvival, andersonDarlingSurvival] {
      #expect(survival(-1) == 1 && survival(1e9) == 0)
      let values = (0...200).map { survival(0.005 * Double($0)) }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 - 1e-9 })
    }
  }

  /// Two halves of one sample, 200 times: p-values are uniform.
  @Test func pValuesOfTwoHalvesAreUniform() throws {
    let seed: UInt64 = 20
    print("seed", seed)
    var random = RandomSample(seed: seed)
    var pValues: [OneDimensionalMeasure: [Double]] = [:]
    for _ in 0..<200 {
      let values = random.normals(5000)
      let pair = ColumnPair(
        real: WeightedColumn(values: Array(values.prefix(2500))),
        generated: WeightedColumn(values: Array(values.suffix(2500))))
      for result in try compareColumns(pair, [.kolmogorovSmirnov, .chiSquare, .cramerVonMises, .andersonDarling]) {
        pValues[result.measure, default: []].append(try #require(result.pValue))
      }
    }
    for (measure, values) in pValues {
      let sorted = values.sorted()
      let n = Double(sorted.count)
      let distance = sorted.enumerated().map { max($1 - Double($0) / n, Double($0 + 1) / n - $1) }.max() ?? 1
      print(measure.name, "uniform with p", kolmogorovSurvival(n.squareRoot() * distance))
      #expect(kolmogorovSurvival(n.squareRoot() * distance) > 0.01, "\(measure.name)")
    }
  }

  /// Default bins hold 40 events, so that none are merged: p-values are uniform in small columns, too.
  @Test(arguments: [100, 300, 1000]) func chiSquareIsUniformInSmallColumns(rows: Int) throws {
    print("seed 21 and \(rows)")
    var random = RandomSample(seed: 21 + UInt64(rows))
    let values = try (0..<200).map { _ in
      func column() -> WeightedColumn {
        WeightedColumn(values: random.normals(rows), weights: (0..<rows).map { _ in 0.5 + random.uniform() })
      }
      let pair = ColumnPair(real: column(), generated: column())
      return try #require(compareColumns(pair, [.chiSquare]).first?.pValue)
    }.sorted()
    let distance = values.enumerated().map { max($1 - Double($0) / 200, Double($0 + 1) / 200 - $1) }.max() ?? 1
    print("uniform with p", kolmogorovSurvival(200.0.squareRoot() * distance))
    #expect(kolmogorovSurvival(200.0.squareRoot() * distance) > 0.01)
  }
}
