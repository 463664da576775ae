// The average log-likelihood and the coverage by kernel densities.
import CKernels
import Evaluation
import ReferenceCases
import Testing

@Suite(.timeLimit(.minutes(20))) struct AverageLogLikelihoodTests {
  @Test func likelihoodAndCoverageAgreeWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let (x, y) = (try reference.points("x.npy"), try reference.points("y.npy"))
    let found = try averageLogLikelihood(x, y, bandwidth: 0.6, threads: 1)
    #expect(try reference.mismatch("parzen5d_mean_loglik_h0.6", found.estimate.value) == nil)
    #expect(try reference.mismatch("coverage_adagan_h0.6", densityCoverage(x, y, bandwidth: 0.6).value) == nil)
    for threads in [2, 5] { #expect(try averageLogLikelihood(x, y, bandwidth: 0.6, threads: threads) == found) }
  }

  /// The density of normal events with a kernel of width h tends to N(0, 1 + h^2): E ln p = -ln(2 pi s^2)/2 - (1 +
  /// m^2)/(2 s^2) per coordinate, for real events shifted by m.
  @Test func theErrorOfTheLikelihoodCovers() throws {
    var random = RandomSample(seed: 71)
    let (shift, spread) = (0.5, 1 + 1.0)
    let truth = 2 * (-0.5 * fs_log(2 * .pi * spread) - (1 + shift * shift) / (2 * spread))
    let experiments = try (0..<200).map { _ in
      try averageLogLikelihood(
        random.cloud(300, dimensions: 2, mean: shift), random.cloud(400, dimensions: 2), bandwidth: 1, threads: 1
      ).estimate
    }
    let share = coverage(truth: truth, experiments)
    print("likelihood, seed 71: coverage \(share)")
    #expect((0.6...0.77).contains(share))
  }

  @Test func theBestWidthIsFoundInsideTheGrid() throws {
    var random = RandomSample(seed: 72)
    let (x, y) = (random.cloud(500, dimensions: 2), random.cloud(400, dimensions: 2))
    let found = try averageLogLikelihood(x, y, seed: 3, threads: 1)
    #expect(!found.atEdge && (0.1...0.8).contains(found.bandwidth))
    for factor in [0.3, 3] {
      let other = try averageLogLikelihood(x, y, bandwidth: found.bandwidth * factor)
      #expect(other.estimate.value < found.estimate.value)
    }
    #expect(try averageLogLikelihood(x, y, seed: 3, threads: 5) == found)
    let covered = try densityCoverage(x, y, seed: 3)
    #expect(abs(covered.value - 0.95) < 0.05)
    #expect(try densityCoverage(random.cloud(100, dimensions: 2, mean: 30), y, bandwidth: 0.3).value == 0)
  }

  @Test func densitiesThatDoNotExistAreRefused() throws {
    var random = RandomSample(seed: 73)
    let x = random.cloud(50)
    let constant = WeightedPoints(columns: x.columns.map { $0.map { _ in 1 } }, weights: x.weights)
    let signed = random.cloud(50, signed: true)
    #expect(throws: EvaluationError.self) { try averageLogLikelihood(x, constant) }
    #expect(throws: EvaluationError.self) { try averageLogLikelihood(signed, x) }
    #expect(throws: EvaluationError.self) { try averageLogLikelihood(x, signed, bandwidth: 1) }
    #expect(throws: EvaluationError.self) { try densityCoverage(signed, x, bandwidth: 1) }
    #expect(throws: EvaluationError.self) { try averageLogLikelihood(x, random.cloud(50), bandwidth: 1e-300) }
  }
}
