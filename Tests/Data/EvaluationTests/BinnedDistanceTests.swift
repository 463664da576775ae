// Histogram comparisons: three forms of chi2, separation power, Jensen-Shannon divergence and total variation.
import CKernels
import Evaluation
import ReferenceCases
import Testing

private func histogram(_ name: String, weighted: Bool) throws -> HistogramContents {
  let reference = try ReferenceCase("chi2_hist")
  return HistogramContents(
    contents: try reference.column(name, of: "hist.csv"),
    variances: weighted ? try reference.column("\(name)_sumw2", of: "hist.csv") : nil)
}

@Suite(.timeLimit(.minutes(20))) struct BinnedDistanceTests {
  @Test(arguments: [
    ("uu", "x", false, "y", false), ("uw", "x", false, "yw", true), ("ww", "xw", true, "yw", true),
    ("ww_signed", "xs", true, "yw", true),
  ])
  func histogramChiSquareAgreesWithTheReference(
    form: String, first: String, firstWeighted: Bool, second: String, secondWeighted: Bool
  ) throws {
    let reference = try ReferenceCase("chi2_hist")
    let result = try histogramChiSquare(
      histogram(first, weighted: firstWeighted), histogram(second, weighted: secondWeighted))
    #expect(try reference.mismatch("chi2_\(form)", result.statistic) == nil)
    #expect(try reference.mismatch("ndf_\(form)", Double(result.degreesOfFreedom)) == nil)
    #expect(try reference.mismatch("p_\(form)", try #require(result.pValue)) == nil)
  }

  @Test func binnedDistancesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("chi2_hist")
    let names = [
      (BinnedDistance.separationPower, "separation_power"), (.jensenShannon, "jsd_nats"),
      (.totalVariation, "total_variation"),
    ]
    for (distance, name) in names {
      let value = try binnedDistance(distance, histogram("x", weighted: false), histogram("y", weighted: false))
      #expect(try reference.mismatch(name, value) == nil)
    }
  }

  /// Bins from samples against counting by the definition, for each form.
  @Test(arguments: [UInt64(1), 2, 3])
  func chiSquareOfSamplesIsThatOfTheirHistograms(seed: UInt64) throws {
    print("seed", seed)
    var random = RandomSample(seed: seed)
    let (x, y) = (random.normals(900), random.normals(700, mean: 0.2))
    let (w, v) = (random.signedWeights(900), (0..<700).map { _ in random.uniform() + 0.5 })
    let edges = [-2.0, -1, -0.5, 0, 0.3, 1, 2.5]
    func bin(_ value: Double) -> Int {
      if value < edges[0] { return 0 }
      if value > edges[6] { return 7 }
      return value == edges[6] ? 6 : 1 + (edges.lastIndex { $0 <= value } ?? 0)
    }
    func contents(_ values: [Double], _ weights: [Double]?) -> HistogramContents {
      var (sums, squares) = ([Double](repeating: 0, count: 8), [Double](repeating: 0, count: 8))
      for (row, value) in values.enumerated() {
        let weight = weights?[row] ?? 1
        sums[bin(value)] += weight
        squares[bin(value)] += weight * weight
      }
      return HistogramContents(contents: sums, variances: weights == nil ? nil : squares)
    }
    let bins = try HistogramBins(edges: edges, smallestCount: 0)
    for (first, second) in [(nil, nil), (nil, v), (v + v.prefix(200), nil), (w, v)] as [([Double]?, [Double]?)] {
      let expected = try histogramChiSquare(contents(x, first), contents(y, second))
      let found = try histogramChiSquare(
        first.map { WeightedColumn(values: x, weights: $0) } ?? WeightedColumn(values: x),
        second.map { WeightedColumn(values: y, weights: $0) } ?? WeightedColumn(values: y), bins: bins)
      #expect(found.degreesOfFreedom == expected.degreesOfFreedom)
      #expect(abs(found.statistic - expected.statistic) < 1e-9 * (1 + expected.statistic))
    }
  }

  @Test func defaultBinsHaveEqualProbabilityAndTenEvents() throws {
    var random = RandomSample(seed: 5)
    let (x, y) = (WeightedColumn(values: random.normals(5000)), WeightedColumn(values: random.normals(5000)))
    #expect(try histogramChiSquare(x, y).degreesOfFreedom == 49)
    // A spike that holds half the events takes half the edges.
    let spiky = WeightedColumn(values: x.values.map { $0 < 0 ? 0 : $0 })
    let found = try histogramChiSquare(spiky, spiky)
    #expect((24...25).contains(found.degreesOfFreedom))
    #expect(found.statistic == 0)
    // 55 events: five bins of eleven at most.
    let few = WeightedColumn(values: random.normals(55))
    #expect((1...4).contains(try histogramChiSquare(few, few).degreesOfFreedom))
  }

  @Test func binnedDistancesHaveTheirBounds() throws {
    let low = WeightedColumn(values: (0..<100).map(Double.init))
    let high = WeightedColumn(values: (0..<100).map { Double($0) + 1000 })
    let bins = try HistogramBins(edges: [0, 500, 1200], smallestCount: 0)
    #expect(try binnedDistance(.separationPower, low, high, bins: bins).value == 1)
    #expect(abs(try binnedDistance(.jensenShannon, low, high, bins: bins).value - fs_log(2)) < 1e-15)
    #expect(try binnedDistance(.totalVariation, low, high, bins: bins).value == 1)
    for distance in BinnedDistance.allCases { #expect(try binnedDistance(distance, low, low).value == 0) }
  }

  @Test func negativeContentsAreUndefinedWithAnAlternative() throws {
    let values = (0..<100).map(Double.init)
    let signed = WeightedColumn(values: values, weights: values.map { $0 < 50 ? -0.2 : 1 })
    let bins = try HistogramBins(edges: [0, 50, 99])
    for distance in BinnedDistance.allCases {
      #expect(
        throws: EvaluationError.undefined(
          measure: distance.rawValue, reason: "a bin has a negative sum of weights", alternative: "chi2")
      ) { try binnedDistance(distance, signed, WeightedColumn(values: values), bins: bins) }
    }
    #expect(try histogramChiSquare(signed, WeightedColumn(values: values), bins: bins).statistic > 0)
  }
}
