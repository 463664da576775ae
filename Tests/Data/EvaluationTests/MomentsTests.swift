// Moments, quantiles and refusals.
import Evaluation
import Numerics
import ReferenceCases
import Testing

@Suite(.timeLimit(.minutes(20))) struct MomentsTests {
  @Test(arguments: [("unw", nil), ("w", "w"), ("signed", "s")])
  func momentsAgreeWithTheReference(suffix: String, weights: String?) throws {
    let reference = try ReferenceCase("tests_1d")
    let moments = try weightedMoments(reference.weightedColumn("x", weights: weights, of: "x.csv"))
    #expect(try reference.mismatch("mean_\(suffix)", moments.mean) == nil)
    #expect(try reference.mismatch("var_\(suffix)", try #require(moments.variance)) == nil)
    #expect(try reference.mismatch("skew_\(suffix)", try #require(moments.skewness)) == nil)
    #expect(try reference.mismatch("kurt_excess_\(suffix)", try #require(moments.excessKurtosis)) == nil)
    #expect(try reference.mismatch("err_mean_\(suffix)", moments.meanError) == nil)
  }

  @Test func quantilesAreTheInvertedDistribution() throws {
    let reference = try ReferenceCase("tests_1d")
    let sample = try reference.weightedColumn("x", weights: "w", of: "x.csv")
    #expect(
      try reference.mismatch(
        "quantiles_weighted_inverse_cdf", try weightedQuantiles(sample, [0.05, 0.25, 0.5, 0.75, 0.95])) == nil)
  }

  @Test func effectiveSizesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("tests_1d")
    #expect(try reference.mismatch("neff_x", WeightSums(reference.column("w", of: "x.csv"), "x").effectiveSize) == nil)
    #expect(try reference.mismatch("neff_s", WeightSums(reference.column("s", of: "x.csv"), "x").effectiveSize) == nil)
  }

  @Test func aNegativeVarianceIsUndefinedAndNotNaN() throws {
    // Two far events of weight -1 among twenty near ones of weight 1.
    let values = (0..<20).map { Double($0 % 2) * 0.1 } + [-10, 10]
    let moments = try weightedMoments(
      WeightedColumn(values: values, weights: [Double](repeating: 1, count: 20) + [-1, -1]))
    #expect(moments.variance == nil && moments.width == nil && moments.widthError == nil)
    #expect(moments.skewness == nil && moments.excessKurtosis == nil)
    #expect(moments.mean.isFinite && moments.meanError > 0)
  }

  @Test func aConstantColumnHasNoWidthAndNoShape() throws {
    let moments = try weightedMoments(WeightedColumn(values: [Double](repeating: 0.1, count: 1001)))
    #expect(moments.width == 0)
    #expect(moments.skewness == nil)
  }

  @Test func theErrorOfTheWidthCoversPseudoExperiments() throws {
    var random = RandomSample(seed: 3)
    var pulls: [Double] = []
    for _ in 0..<250 {
      let sample = WeightedColumn(values: random.normals(1000), weights: random.signedWeights(1000))
      let moments = try weightedMoments(sample)
      pulls.append((try #require(moments.width) - 1) / (try #require(moments.widthError)))
    }
    #expect((0.9...1.1).contains(try #require(weightedMoments(WeightedColumn(values: pulls)).width)))
  }

  @Test func samplesThatCannotBeMeasuredAreRefused() throws {
    let values = [1.0, 2, 3, 4, 5, 6]
    #expect(throws: EvaluationError.empty("the sample")) { try weightedMoments(WeightedColumn(values: [])) }
    #expect(throws: EvaluationError.effectiveSizeTooSmall("the sample", effectiveSize: 4)) {
      try weightedMoments(WeightedColumn(values: [1, 2, 3, 4]))
    }
    #expect(throws: EvaluationError.weightSumNotPositive("the sample", sum: -6)) {
      try weightedMoments(WeightedColumn(values: values, weights: values.map { _ in -1 }))
    }
    #expect(throws: EvaluationError.notFinite("the sample", row: 1)) {
      try weightedMoments(WeightedColumn(values: [1, .nan, 3, 4, 5, 6]))
    }
    #expect(throws: EvaluationError.self) {
      try weightedMoments(WeightedColumn(values: values, weights: [1]))
    }
    #expect(throws: EvaluationError.self) {
      try weightedMoments(WeightedColumn(values: values.map { $0 * 1e200 }))
    }
    #expect(throws: EvaluationError.self) {
      try weightedMoments(WeightedColumn(values: values, weights: values.map { _ in 1e-200 }))
    }
  }
}
