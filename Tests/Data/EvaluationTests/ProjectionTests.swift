// Linear combinations of columns, and measures in bins of a condition.
import Evaluation
import Testing

@Suite(.timeLimit(.minutes(20))) struct ProjectionTests {
  @Test func projectionsAreLinearCombinations() throws {
    let names = ["RichDLLk", "RichDLLp"]
    let columns: [[Double]] = [[1, 2, 3], [10, 20, 30]]
    let difference = Projection(
      name: "p - K", terms: [ProjectionTerm("RichDLLp"), ProjectionTerm("RichDLLk", factor: -2)])
    #expect(try difference.values(names: names, columns: columns) == [8, 16, 24])
    #expect(throws: EvaluationError.unknownTarget("RichDLLe", known: names)) {
      try Projection(name: "e", terms: [ProjectionTerm("RichDLLe")]).values(names: names, columns: columns)
    }
    for terms in [[], [ProjectionTerm("RichDLLk", factor: .nan)]] {
      #expect(throws: EvaluationError.self) {
        try Projection(name: "bad", terms: terms).values(names: names, columns: columns)
      }
    }
    #expect(throws: EvaluationError.self) { try difference.values(names: names, columns: [[1], [1, 2]]) }
  }

  @Test func conditionBinsAreHalfOpenButTheLast() throws {
    let bins = try ConditionBins(edges: [0, 1, 2])
    #expect([-0.1, 0, 0.99, 1, 2, 2.1].map { bins.bin(of: $0) } == [nil, 0, 0, 1, 1, nil])
    let quantiles = try ConditionBins(quantiles: 4, of: WeightedColumn(values: (0..<100).map(Double.init)))
    #expect(quantiles.edges == [0, 24, 49, 74, 99])
    for edges in [[], [1], [1, 1], [2, 1], [0, .nan]] as [[Double]] {
      #expect(throws: EvaluationError.self) { try ConditionBins(edges: edges) }
    }
    #expect(throws: EvaluationError.self) {
      try ConditionBins(quantiles: 3, of: WeightedColumn(values: [Double](repeating: 1, count: 9)))
    }
  }

  @Test func aBinIsMeasuredLikeItsRowsAlone() throws {
    var random = RandomSample(seed: 12)
    let condition = (0..<900).map { _ in random.uniform() * 3 }
    let (real, weights) = (random.normals(900), random.signedWeights(900))
    let generated = random.normals(1800, mean: 0.3)
    let pair = try ColumnPair(real: real, generated: generated, weights: weights, replicas: 2)
    let bins = try ConditionBins(edges: [0, 1, 2, 2.5, 10, 11])
    let measures: [OneDimensionalMeasure] = [.mean, .kolmogorovSmirnov, .energyDistance]
    let results = try compareInBins(pair, measures, bins: bins, realCondition: condition)
    #expect(results.count == 5)
    let inside = condition.indices.filter { condition[$0] >= 1 && condition[$0] < 2 }
    let expected = try compareColumns(
      ColumnPair(
        real: inside.map { real[$0] }, generated: inside.map { generated[$0] } + inside.map { generated[900 + $0] },
        weights: inside.map { weights[$0] }, replicas: 2), measures)
    #expect(results[1].results == expected && results[1].reason == nil)
    #expect(results[1].realRows == inside.count && results[1].generatedRows == 2 * inside.count)
    // Nothing is there: a reason, no number.
    #expect(results[4].results.isEmpty && results[4].reason != nil)
    for threads in [1, 2, 5] {
      #expect(
        try compareInBins(pair, measures, bins: bins, realCondition: condition, threads: threads) == results)
    }
  }

  @Test func independentSamplesHaveTheirOwnConditions() throws {
    var random = RandomSample(seed: 13)
    let pair = ColumnPair(
      real: WeightedColumn(values: random.normals(300)), generated: WeightedColumn(values: random.normals(200)))
    let conditions = ((0..<300).map(Double.init), (0..<200).map(Double.init))
    let bins = try ConditionBins(edges: [0, 100, 250])
    let found = try compareInBins(
      pair, [.wasserstein1], bins: bins, realCondition: conditions.0, generatedCondition: conditions.1)
    #expect(found.map(\.realRows) == [100, 151] && found.map(\.generatedRows) == [100, 100])
    #expect(throws: EvaluationError.self) {
      try compareInBins(pair, [.wasserstein1], bins: bins, realCondition: conditions.0)
    }
    #expect(throws: EvaluationError.self) {
      try compareInBins(pair, [.wasserstein1], bins: bins, realCondition: [1], generatedCondition: conditions.1)
    }
  }
}
