// Kernel density estimates against reference programs.
import Evaluation
import Testing

private func line(_ values: [Double], _ weights: [Double]? = nil) -> WeightedPoints {
  WeightedPoints(columns: [values], weights: weights ?? values.map { _ in 1 })
}

@Test func kernelDensitiesInOneDimensionAgreeWithTheReference() throws {
  let fixture = try Fixture("tests_1d")
  let (x, y) = (try fixture.columns("x.csv"), try fixture.columns("y.csv"))
  let points = try #require(x["x"])
  let sample = try #require(y["y"])
  let plain = try KernelDensity(line(sample), bandwidth: 0.25).logDensity(at: [Array(points.prefix(200))])
  try fixture.check("parzen_mean_loglik_h0.25", plain.reduce(0, +) / 200)
  let weights = try #require(y["w"])
  let weighted = try KernelDensity(line(sample, weights), bandwidth: 0.25)
  try fixture.check("parzen_weighted_first5", list: weighted.logDensity(at: [Array(points.prefix(5))]))
  let factor = try KernelDensity.scottFactor(line(sample))
  try fixture.check("kde_scott_factor", factor)
  let n = Double(sample.count)
  let width = try #require(weightedMoments(WeightedColumn(values: sample)).width) * (n / (n - 1)).squareRoot()
  let scott = try KernelDensity(line(sample), bandwidth: factor * width)
  try fixture.check("kde_scott_logpdf_first5", list: scott.logDensity(at: [Array(points.prefix(5))]))
}

@Test func kernelDensityInFiveDimensionsAgreesWithTheReference() throws {
  let fixture = try Fixture("nd_distances")
  let (x, y) = (try fixture.matrix("x.npy"), try fixture.matrix("y.npy"))
  let model = WeightedPoints(columns: y, weights: y[0].map { _ in 1 })
  let logs = try KernelDensity(model, bandwidth: 0.6).logDensity(at: x)
  try fixture.check("parzen5d_mean_loglik_h0.6", logs.reduce(0, +) / Double(logs.count))
}

@Test func aDensityFarFromEveryEventIsTinyAndNotZero() throws {
  let density = try KernelDensity(line([0, 1, 2, 3, 4]), bandwidth: 0.1)
  #expect(try density.logDensity(at: [[1e3]])[0] < -4e7)
  #expect(throws: EvaluationError.self) {
    try KernelDensity(line([0, 1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1, -0.1]), bandwidth: 1)
  }
  #expect(throws: EvaluationError.self) { try KernelDensity(line([0, 1, 2, 3, 4]), bandwidth: 0) }
}
