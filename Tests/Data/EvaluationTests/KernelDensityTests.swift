// Kernel density estimates against reference programs.
import Evaluation
import ReferenceCases
import Testing

private func line(_ values: [Double], _ weights: [Double]? = nil) -> WeightedPoints {
  WeightedPoints(columns: [values], weights: weights ?? values.map { _ in 1 })
}

@Suite(.timeLimit(.minutes(20))) struct KernelDensityTests {
  @Test func kernelDensitiesInOneDimensionAgreeWithTheReference() throws {
    let reference = try ReferenceCase("tests_1d")
    let points = try reference.column("x", of: "x.csv")
    let sample = try reference.column("y", of: "y.csv")
    let plain = try KernelDensity(line(sample), bandwidth: 0.25).logDensity(at: [Array(points.prefix(200))])
    #expect(try reference.mismatch("parzen_mean_loglik_h0.25", plain.reduce(0, +) / 200) == nil)
    let weights = try reference.column("w", of: "y.csv")
    let weighted = try KernelDensity(line(sample, weights), bandwidth: 0.25)
    #expect(try reference.mismatch("parzen_weighted_first5", weighted.logDensity(at: [Array(points.prefix(5))])) == nil)
    let factor = try KernelDensity.scottFactor(line(sample))
    #expect(try reference.mismatch("kde_scott_factor", factor) == nil)
    let n = Double(sample.count)
    let width = try #require(weightedMoments(WeightedColumn(values: sample)).width) * (n / (n - 1)).squareRoot()
    let scott = try KernelDensity(line(sample), bandwidth: factor * width)
    #expect(try reference.mismatch("kde_scott_logpdf_first5", scott.logDensity(at: [Array(points.prefix(5))])) == nil)
  }

  @Test func kernelDensityInFiveDimensionsAgreesWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let (x, y) = (try reference.columns(of: "x.npy"), try reference.columns(of: "y.npy"))
    let model = WeightedPoints(columns: y, weights: y[0].map { _ in 1 })
    let logs = try KernelDensity(model, bandwidth: 0.6).logDensity(at: x)
    #expect(try reference.mismatch("parzen5d_mean_loglik_h0.6", logs.reduce(0, +) / Double(logs.count)) == nil)
  }

  @Test func aDensityFarFromEveryEventIsTinyAndNotZero() throws {
    let density = try KernelDensity(line([0, 1, 2, 3, 4]), bandwidth: 0.1)
    #expect(try density.logDensity(at: [[1e3]])[0] < -4e7)
    #expect(throws: EvaluationError.self) {
      try KernelDensity(line([0, 1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1, -0.1]), bandwidth: 1)
    }
    #expect(throws: EvaluationError.self) { try KernelDensity(line([0, 1, 2, 3, 4]), bandwidth: 0) }
  }
}
