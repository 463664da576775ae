// The Fréchet distance, and the physics distances built on it and on the discrepancy.
import CKernels
import Evaluation
import ReferenceCases
import Testing

@Suite(.timeLimit(.minutes(20))) struct FrechetDistanceTests {
  @Test func frechetDistancesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let y = try reference.points("y.npy")
    #expect(try reference.mismatch("frechet", frechetDistance(reference.points("x.npy"), y).value) == nil)
    let weighted = try reference.points("x.npy", weights: "wx.npy")
    #expect(try reference.mismatch("frechet_weighted", frechetDistance(weighted, y).value) == nil)
  }

  @Test func physicsDistancesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("fpd_kpd")
    let (x, y) = (try reference.points("x.npy"), try reference.points("y.npy"))
    let scales = x.columns.map { $0.reduce(0) { max($0, abs($1)) } }
    func scaled(_ points: WeightedPoints) -> WeightedPoints {
      WeightedPoints(columns: zip(points.columns, scales).map { c, s in c.map { $0 / s } }, weights: points.weights)
    }
    #expect(try reference.mismatch("frechet_full_normalised", frechetDistance(scaled(x), scaled(y)).value) == nil)
    let whole = try kernelDiscrepancy(scaled(x), scaled(y), kernel: .polynomial(degree: 4))
    #expect(try reference.mismatch("mmd_poly4_full_normalised", whole.uStatistic) == nil)
    var results: [(fpd: PhysicsDistance, kpd: PhysicsDistance)] = []
    for seed: UInt64 in 1...4 {
      let fpd = try frechetPhysicsDistance(x, y, seed: seed)
      let kpd = try kernelPhysicsDistance(x, y, batchSize: 1000, seed: seed)
      results.append((fpd, kpd))
      #expect(try reference.mismatch("fpd", fpd.value) == nil)
    }
    for threads in [1, 2, 5] {
      #expect(try frechetPhysicsDistance(x, y, seed: 1, threads: threads) == results[0].fpd)
      #expect(try kernelPhysicsDistance(x, y, batchSize: 1000, seed: 1, threads: threads) == results[0].kpd)
    }
    // The medians of ten batches spread by a fifth of the tolerance (150 seeds): the default seed, and the mean of
    // four.
    #expect(try reference.mismatch("kpd_median", results[0].kpd.value) == nil)
    #expect(try reference.mismatch("kpd_median", results.map(\.kpd.value).reduce(0, +) / 4) == nil)
  }

  /// In one dimension the distance is (mu1 - mu2)^2 + (sigma1 - sigma2)^2; independent coordinates add up.
  @Test func theErrorOfTheFrechetDistanceCovers() throws {
    var random = RandomSample(seed: 41)
    let truth = 3 * (1.0 * 1.0 + 0.6 * 0.6)
    let experiments = try (0..<200).map { _ in
      try frechetDistance(
        random.cloud(1500, signed: true), random.cloud(1500, mean: 1, width: 1.6, signed: true), threads: 1)
    }
    let share = coverage(truth: truth, experiments)
    print("Fréchet, seed 41: coverage \(share)")
    #expect((0.6...0.77).contains(share))
  }

  @Test func theFrechetDistanceKeepsItsSymmetries() throws {
    var random = RandomSample(seed: 42)
    let (x, y) = (random.cloud(400, dimensions: 6), random.cloud(300, dimensions: 6, mean: 0.5, width: 2))
    let found = try frechetDistance(x, y, threads: 1)
    for threads in [2, 5] { #expect(try frechetDistance(x, y, threads: threads) == found) }
    let swapped = try frechetDistance(y, x)
    #expect(abs(swapped.value - found.value) < 1e-11)
    #expect(abs((swapped.uncertainty ?? 0) - (found.uncertainty ?? 1)) < 1e-10)
    let same = try frechetDistance(x, x)
    #expect(same.value >= 0 && same.value < 1e-12)
    // A rotation of both samples in the plane of the first two coordinates changes nothing.
    func rotated(_ points: WeightedPoints) -> WeightedPoints {
      var columns = points.columns
      for row in points.weights.indices {
        columns[0][row] = 0.6 * points.columns[0][row] - 0.8 * points.columns[1][row]
        columns[1][row] = 0.8 * points.columns[0][row] + 0.6 * points.columns[1][row]
      }
      return WeightedPoints(columns: columns, weights: points.weights)
    }
    #expect(abs(try frechetDistance(rotated(x), rotated(y)).value - found.value) < 1e-11)
  }

  @Test func degenerateCovariancesHaveADistanceWithoutAnError() throws {
    var random = RandomSample(seed: 43)
    let x = random.cloud(100, dimensions: 2)
    let flat = WeightedPoints(columns: [x.columns[0], x.columns[0].map { _ in 4 }], weights: x.weights)
    let found = try frechetDistance(flat, flat)
    #expect(abs(found.value) < 1e-12 && found.uncertainty == nil)
    // Negative weights far out leave a negative variance.
    var weights = x.weights
    var column = x.columns[0]
    for row in 0..<4 { (weights[row], column[row]) = (-1, 50 * Double(row % 2 == 0 ? 1 : -1)) }
    let negative = WeightedPoints(columns: [column, x.columns[1]], weights: weights)
    #expect(throws: EvaluationError.self) { try frechetDistance(negative, x) }
    #expect(throws: EvaluationError.self) { try frechetPhysicsDistance(negative, x) }
    #expect(throws: EvaluationError.self) { try kernelPhysicsDistance(x, negative) }
  }

  /// Uniform coordinates in [-1, 1] and in 0.1 +- 0.8: the largest magnitude of the reference is nearly 1, and all moments
  /// are known. Each distance is 0.1^2 + (0.2/sqrt 3)^2 per coordinate.
  @Test func theErrorsOfPhysicsDistancesCover() throws {
    func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * base } }
    func moment(_ j: Int, _ low: Double, _ high: Double) -> Double {
      (power(high, j + 1) - power(low, j + 1)) / (Double(j + 1) * (high - low))
    }
    let binomial: [[Double]] = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1], [1, 4, 6, 4, 1]]
    // E (x y/3 + 1)^4 for independent points of two boxes: moments of the sum of three products.
    func kernel(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
      let product = (0...4).map { moment($0, a.0, a.1) * moment($0, b.0, b.1) }
      func sum(_ p: [Double], _ q: [Double]) -> [Double] {
        (0...4).map { n in (0...n).reduce(0) { $0 + binomial[n][$1] * p[$1] * q[n - $1] } }
      }
      let three = sum(sum(product, product), product)
      return (0...4).reduce(0) { $0 + binomial[4][$1] * three[$1] / power(3, $1) }
    }
    let (real, generated) = ((-1.0, 1.0), (-0.7, 0.9))
    let truths = (
      frechet: 3 * (0.01 + 0.04 / 3),
      kernel: kernel(real, real) + kernel(generated, generated) - 2 * kernel(real, generated)
    )
    var random = RandomSample(seed: 44)
    func box(_ sides: (Double, Double)) -> WeightedPoints {
      WeightedPoints(
        columns: (0..<3).map { _ in (0..<1000).map { _ in sides.0 + (sides.1 - sides.0) * random.uniform() } },
        weights: [Double](repeating: 1, count: 1000))
    }
    var (frechet, kernels) = ([Estimate](), [Estimate]())
    for experiment in 0..<200 {
      let (x, y) = (box(real), box(generated))
      let batches = FrechetBatches(sizes: 250...1000, batches: 3)
      let seed = UInt64(experiment)
      frechet.append(try frechetPhysicsDistance(x, y, batches: batches, seed: seed, threads: 1).estimate)
      kernels.append(try kernelPhysicsDistance(x, y, batchSize: 150, seed: seed, threads: 1).estimate)
    }
    let shares = (coverage(truth: truths.frechet, frechet), coverage(truth: truths.kernel, kernels))
    print("FPD, KPD, seed 44: coverage \(shares)")
    #expect((0.6...0.77).contains(shares.0) && (0.6...0.77).contains(shares.1))
  }
}
