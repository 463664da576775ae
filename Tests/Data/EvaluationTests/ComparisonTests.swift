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
  #expect(try pair.reference.mismatch("wasserstein1", wasserstein1(x, y)) == nil)
  let weighted = try wasserstein1(pair.first(weights: "w"), pair.second(weights: "w"))
  #expect(try pair.reference.mismatch("wasserstein1_weighted", weighted) == nil)
  #expect(try pair.reference.mismatch("wasserstein1_weighted_pot", weighted) == nil)
  #expect(try pair.reference.mismatch("wasserstein2_squared", wasserstein2Squared(x, y)) == nil)
  #expect(try pair.reference.mismatch("cvm_T", cramerVonMises(x.values, y.values)) == nil)
  #expect(try pair.reference.mismatch("anderson_darling_ksamp", andersonDarling(x.values, y.values).normalised) == nil)
  #expect(try pair.reference.mismatch("auc_y_over_x", areaUnderCurve(positive: y, negative: x).area) == nil)
  #expect(throws: EvaluationError.self) { try wasserstein2Squared(pair.first(weights: "s"), y) }
}

@Test func theBootstrapOfTheKolmogorovSmirnovDistanceAgreesWithItsFormula() throws {
  let pair = try Pair()
  let (x, y) = (try pair.first(weights: "s"), try pair.second(weights: "w"))
  let formula = try kolmogorovSmirnov(x, y).uncertainty
  let bootstrap = try bootstrapUncertaintyOfKolmogorovSmirnov(x, y, Bootstrap())
  #expect((0.75...1.3).contains(bootstrap / formula))
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
