// One-dimensional comparisons of two samples: KS, energy distance, Wasserstein, rank tests, chi2.
import CKernels
import Evaluation
import ReferenceCases
import Testing

private struct Pair {
  let reference: ReferenceCase

  init() throws { reference = try ReferenceCase("tests_1d") }

  func first(_ values: String = "x", weights: String? = nil) throws -> WeightedColumn {
    try reference.weightedColumn(values, weights: weights, of: "x.csv")
  }

  func second(_ values: String = "y", weights: String? = nil) throws -> WeightedColumn {
    try reference.weightedColumn(values, weights: weights, of: "y.csv")
  }
}

@Suite(.timeLimit(.minutes(20))) struct ComparisonTests {
  @Test func kolmogorovSmirnovAgreesWithTheReference() throws {
    let pair = try Pair()
    let plain = try kolmogorovSmirnov(pair.first(), pair.second())
    #expect(try pair.reference.mismatch("ks_D", plain.statistic) == nil)
    #expect(try pair.reference.mismatch("ks_p_kolmogorov_limit", plain.pValue) == nil)
    #expect(
      try pair.reference.mismatch("ks_D_ties", kolmogorovSmirnov(pair.first("ties"), pair.second("ties")).statistic)
        == nil)
    #expect(
      try pair.reference.mismatch(
        "ks_D_weighted", kolmogorovSmirnov(pair.first(weights: "w"), pair.second(weights: "w")).statistic) == nil)
    #expect(
      try pair.reference.mismatch(
        "ks_D_signed_weights", kolmogorovSmirnov(pair.first(weights: "s"), pair.second()).statistic) == nil)
  }

  @Test func theTwoSeriesOfTheKolmogorovDistributionMeet() {
    #expect(abs(kolmogorovSurvival(1 - 1e-15) - kolmogorovSurvival(1)) < 1e-14)
    #expect(abs(kolmogorovSurvival(1) - 0.26999967167735456) < 1e-15)  // scipy.special.kolmogorov(1)
    #expect(abs(kolmogorovSurvival(0.5) - 0.9639452436648751) < 1e-14)
    #expect(kolmogorovSurvival(0) == 1)
    #expect(kolmogorovSurvival(40) >= 0)
  }

  @Test func aNegativeZeroTiesWithZero() throws {
    let x = WeightedColumn(values: [-0.0, -0.0, 0, 0, 0])
    let y = WeightedColumn(values: [0.0, 0, -0.0, 0, 0])
    #expect(try kolmogorovSmirnov(x, y).statistic == 0)
    #expect(try areaUnderCurve(positive: x, negative: y).area == 0.5)
    #expect(try energyDistance(x, y).vStatistic == 0)
  }

  @Test func energyDistanceInOneDimensionAgreesWithTheReference() throws {
    let pair = try Pair()
    let plain = try energyDistance(pair.first(), pair.second())
    #expect(try pair.reference.mismatch("energy_distance_V", plain.vStatistic) == nil)
    #expect(try pair.reference.mismatch("energy_distance_U", plain.uStatistic) == nil)
    let weighted = try energyDistance(pair.first(weights: "w"), pair.second(weights: "w"))
    #expect(try pair.reference.mismatch("energy_distance_V_weighted", weighted.vStatistic) == nil)
    #expect(try pair.reference.mismatch("cramer_l2_squared_weighted", weighted.vStatistic / 2) == nil)
    let signed = try energyDistance(pair.first(weights: "s"), pair.second())
    #expect(try pair.reference.mismatch("energy_distance_V_signed", signed.vStatistic) == nil)
    #expect(try pair.reference.mismatch("energy_distance_U_signed", signed.uStatistic) == nil)
  }

  @Test func oneDimensionIsASpecialCaseOfMany() throws {
    let pair = try Pair()
    let (x, y) = (try pair.first("ties", weights: "s"), try pair.second("ties", weights: "w"))
    let line = try energyDistance(x, y)
    let space = try energyDistance(
      WeightedPoints(columns: [x.values], weights: x.weights), WeightedPoints(columns: [y.values], weights: y.weights))
    #expect(abs(line.vStatistic - space.vStatistic) < 1e-12)
    #expect(abs(line.uStatistic - space.uStatistic) < 1e-12)
    #expect(abs(line.uncertainty - space.uncertainty) < 1e-12)
  }

  @Test func theErrorOfTheEnergyDistanceCoversPseudoExperiments() throws {
    var random = RandomSample(seed: 11)
    var (values, errors) = ([Double](), [Double]())
    for _ in 0..<250 {
      let distance = try energyDistance(
        WeightedColumn(values: random.normals(500), weights: random.signedWeights(500)),
        WeightedColumn(values: random.normals(500, mean: 0.5)))
      values.append(distance.uStatistic)
      errors.append(distance.uncertainty)
    }
    let spread = try #require(weightedMoments(WeightedColumn(values: values)).width)
    let mean = try weightedMoments(WeightedColumn(values: errors)).mean
    #expect((0.9...1.1).contains(spread / mean))
  }

  @Test func wassersteinAndRankTestsAgreeWithTheReference() throws {
    let pair = try Pair()
    let (x, y) = (try pair.first(), try pair.second())
    #expect(try pair.reference.mismatch("wasserstein1", wasserstein1(x, y).value) == nil)
    let weighted = try wasserstein1(pair.first(weights: "w"), pair.second(weights: "w")).value
    #expect(try pair.reference.mismatch("wasserstein1_weighted", weighted) == nil)
    #expect(try pair.reference.mismatch("wasserstein1_weighted_pot", weighted) == nil)
    #expect(try pair.reference.mismatch("wasserstein2_squared", wasserstein2Squared(x, y).value) == nil)
    #expect(try pair.reference.mismatch("cvm_T", cramerVonMises(x, y).statistic) == nil)
    #expect(try pair.reference.mismatch("anderson_darling_ksamp", #require(andersonDarling(x, y).normalised)) == nil)
    #expect(try pair.reference.mismatch("auc_y_over_x", areaUnderCurve(positive: y, negative: x).area) == nil)
    #expect(throws: EvaluationError.self) { try wasserstein2Squared(pair.first(weights: "s"), y) }
  }

  /// Samples of two values: D is the difference of two fractions, a smooth function of the weights, whose error the
  /// formula has to first order in 1/n_eff. A standard deviation of B replicas is known to 1/sqrt(2(B - 1)), here taken
  /// five times.
  @Test(arguments: UInt64(1)...2)
  func theBootstrapOfTheKolmogorovSmirnovDistanceAgreesWithItsFormula(seed: UInt64) throws {
    var random = RandomSample(seed: seed)
    func sample(_ fraction: Double) -> WeightedColumn {
      let values = (0..<4000).map { _ in random.uniform() < fraction ? 0.0 : 1 }
      return WeightedColumn(values: values, weights: random.signedWeights(values.count))
    }
    let (x, y) = (sample(0.3), sample(0.6))
    let result = try kolmogorovSmirnov(x, y)
    let replicas = 1000
    let bootstrap = try bootstrapUncertaintyOfKolmogorovSmirnov(x, y, Bootstrap(replicas: replicas, seed: seed))
    let bound = 5 / (2 * Double(replicas - 1)).squareRoot() + 10 / result.effectiveSize
    #expect(abs(bootstrap / result.uncertainty - 1) < bound)
  }

  /// For any samples: the maximum of a Gaussian process varies no more than the process does where it varies most (C.
  /// Borell, Invent. Math. 30 (1975) 207; B. Tsirelson, I. Ibragimov, V. Sudakov, Lect. Notes Math. 550 (1976) 20).
  @Test func theBootstrapOfTheKolmogorovSmirnovDistanceIsBelowTheLargestError() throws {
    let pair = try Pair()
    let (x, y) = (try pair.first(weights: "s"), try pair.second(weights: "w"))
    func variance(_ sample: WeightedColumn, at point: Double) -> Double {
      let sum = sample.weights.reduce(0, +)
      let steps = sample.values.map { $0 <= point ? 1.0 : 0 }
      let distribution = zip(sample.weights, steps).map { $0 * $1 }.reduce(0, +) / sum
      return zip(sample.weights, steps).map { $0 * $0 * ($1 - distribution) * ($1 - distribution) }.reduce(0, +)
        / (sum * sum)
    }
    let largest = try #require((x.values + y.values).map { variance(x, at: $0) + variance(y, at: $0) }.max())
    let replicas = 1000
    let bootstrap = try bootstrapUncertaintyOfKolmogorovSmirnov(x, y, Bootstrap(replicas: replicas))
    #expect(bootstrap > 0)
    #expect(bootstrap < largest.squareRoot() * (1 + 5 / (2 * Double(replicas - 1)).squareRoot()))
  }

  @Test func histogramChiSquareSkipsEmptyBins() throws {
    let one = HistogramContents(contents: [10, 0, 20, 30])
    let two = HistogramContents(contents: [12, 0, 18, 30])
    let result = try histogramChiSquare(one, two)
    #expect(result.degreesOfFreedom == 2)
    #expect(abs(result.statistic - (4.0 / 22 + 4.0 / 38)) < 1e-14)
    #expect(abs(try #require(result.pValue) - fs_exp(-result.statistic / 2)) < 1e-13)
  }

  @Test func manyValuesThatAgreeInTheirUpperBitsAreStillSorted() throws {
    // 4096 values, a step of 2^-40 apart in pairs of ties, given in descending order.
    let step = 0x1p-40
    let values: [Double] = (0..<4096).map { row in 1 + Double((4095 - row) / 2) * step }
    let quantiles = try weightedQuantiles(WeightedColumn(values: values), [0, 0.5, 1])
    let expected: [Double] = [1, 1 + 1023 * step, 1 + 2047 * step]
    #expect(quantiles == expected)
    let shifted = WeightedColumn(values: values.map { $0 + step / 2 })
    #expect(try kolmogorovSmirnov(WeightedColumn(values: values), shifted).statistic == 2.0 / 4096)
  }
}
