// The closed forms of the studies agree with the numbers of scipy and numpy in Tests/Fixtures.
import Foundation
import ReferenceCases
import Studies
import Testing

private let data = GaussianMixture([(0.7, 5, 0.8), (0.3, -4, 1)])
private let collapsed = GaussianMixture(mean: 5, sigma: 0.8)

@Suite(.timeLimit(.minutes(20))) struct ClosedFormTests {
  @Test func theOptimalDiscriminatorIsTheReferences() throws {
    let reference = try ReferenceCase("optimal_discriminator")
    let xs = try reference.column("x", of: "grid.csv")
    let distances = Divergences(data: data, generator: collapsed)
    #expect(
      try reference.mismatch(
        "D_every30", stride(from: 0, to: xs.count, by: 30).map { distances.optimalDiscriminator(xs[$0]) }) == nil)
    for (column, mixture) in [("p_data", data), ("p_gen", collapsed)] {
      for (x, density) in zip(xs, try reference.column(column, of: "grid.csv")) {
        #expect((mixture.density(x) - density).magnitude <= 1e-12 * density + 1e-300)
      }
    }
    #expect(try reference.mismatch("jsd_nats", distances.jensenShannon) == nil)
    #expect(try reference.mismatch("wasserstein1", distances.wasserstein) == nil)
    #expect(try reference.mismatch("cramer_l2_squared", distances.cramer) == nil)
  }

  @Test func theDivergenceSaturatesAsTheReferenceDoes() throws {
    let reference = try ReferenceCase("optimal_discriminator")
    let name = "jsd_two_gaussians_sigma0.5_vs_distance"
    let pairs = try reference.values(name)
    let found = stride(from: 0, to: pairs.count, by: 2).flatMap { place in
      [
        pairs[place],
        Divergences(
          data: GaussianMixture(mean: 0, sigma: 0.5), generator: GaussianMixture(mean: pairs[place], sigma: 0.5)
        ).jensenShannon,
      ]
    }
    #expect(try reference.mismatch(name, found) == nil)
  }

  @Test(arguments: [0.3, 1.0, 2.5])
  func gradientsAreThoseOfFiniteDifferences(shift: Double) {
    func at(_ shift: Double) -> Divergences {
      Divergences(data: data, generator: GaussianMixture(mean: 5 + shift, sigma: 0.8))
    }
    let step = 1e-4
    let divergence = (at(shift + step).jensenShannon - at(shift - step).jensenShannon) / (2 * step)
    #expect((at(shift).jensenShannonGradient - divergence).magnitude < 1e-6)
    let distance = (at(shift + step).wasserstein - at(shift - step).wasserstein) / (2 * step)
    #expect((at(shift).wassersteinGradient - distance).magnitude < 1e-4)
  }

  @Test(arguments: [1, 2, 5, 10, 50])
  func theCoinsExpectedLossesAreTheReferences(size: Int) throws {
    let reference = try ReferenceCase("bernoulli_biased_gradient")
    let game = BernoulliGame(truth: 0.6, size: size)
    #expect((game.probabilities.reduce(0, +) - 1).magnitude < 1e-12)
    let losses = (0...10).map { game.expected(.wasserstein, at: Double($0) / 10) }
    #expect(try reference.mismatch("expected_W1_m\(size)_at_0_.1_..1", losses) == nil)
    #expect(try reference.mismatch("argmin_expected_W1_m\(size)", game.minimiser(of: .wasserstein)) == nil)
    #expect(try reference.mismatch("argmin_expected_cramer_m\(size)", game.minimiser(of: .cramer)) == nil)
    #expect(
      try reference.mismatch("expected_gradient_W1_at_theta*_m\(size)", game.expectedGradient(.wasserstein, at: 0.6))
        == nil)
    #expect(game.expectedGradient(.cramer, at: 0.6).magnitude < 1e-12)
  }

  @Test func descentsGoWhereTheirExpectedGradientsVanish() {
    func end(_ loss: BernoulliGame.Loss, _ size: Int) -> Double {
      let path = BernoulliGame(truth: 0.6, size: size).descent(loss, from: 0.5, steps: 4000, rate: 0.002, seed: 3)
      return path.suffix(2000).reduce(0, +) / 2000
    }
    #expect(end(.wasserstein, 1) > 0.95)
    #expect((end(.wasserstein, 2) - 0.5).magnitude < 0.02)
    for size in [1, 2, 5] { #expect((end(.cramer, size) - 0.6).magnitude < 0.05) }
    let game = BernoulliGame(truth: 0.6, size: 2)
    let path = game.descent(.cramer, from: 0, steps: 10, rate: 0.1, seed: 1)
    #expect(path.count == 11 && path == game.descent(.cramer, from: 0, steps: 10, rate: 0.1, seed: 1))
  }
}
