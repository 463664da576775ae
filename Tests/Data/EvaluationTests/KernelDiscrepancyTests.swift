// The maximum mean discrepancy.
import CKernels
import Evaluation
import ReferenceCases
import Testing

@Suite(.timeLimit(.minutes(20))) struct KernelDiscrepancyTests {
  @Test func discrepanciesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let (x, y) = (try reference.points("x.npy"), try reference.points("y.npy"))
    for width in [0.5, 1, 2] {
      let name = width == 0.5 ? "0.5" : "\(Int(width))"
      let distance = try kernelDiscrepancy(x, y, kernel: .gaussian(widths: [width]))
      #expect(try reference.mismatch("mmd2_rbf_V_sigma\(name)", distance.vStatistic) == nil)
      #expect(try reference.mismatch("mmd2_rbf_U_sigma\(name)", distance.uStatistic) == nil)
    }
    for degree in [3, 4] {
      let distance = try kernelDiscrepancy(x, y, kernel: .polynomial(degree: degree))
      #expect(try reference.mismatch("kid_poly\(degree)_U", distance.uStatistic) == nil)
    }
    #expect(try reference.mismatch("median_pairwise_distance_pooled", medianDistance(x, y)) == nil)
  }

  /// 530 points cross the borders of blocks and tiles; the weights have both signs.
  @Test func discrepanciesAgreeWithTheirDefinitionAtAnyNumberOfThreads() throws {
    var random = RandomSample(seed: 31)
    let (x, y) = (random.cloud(530, signed: true), random.cloud(150, mean: 0.4, signed: true))
    let median = try medianDistance(x, y)
    let widths = [0.25, 0.5, 1, 2, 4].map { $0 * median }
    func kernel(_ a: WeightedPoints, _ i: Int, _ b: WeightedPoints, _ j: Int) -> Double {
      let square = (0..<3).reduce(0.0) { sum, k in
        sum + (a.columns[k][i] - b.columns[k][j]) * (a.columns[k][i] - b.columns[k][j])
      }
      return widths.reduce(0) { $0 + fs_exp(-square / (2 * $1 * $1)) }
    }
    func sum(_ a: WeightedPoints, _ b: WeightedPoints) -> Double {
      var total = 0.0
      for i in a.weights.indices {
        for j in b.weights.indices { total += a.weights[i] * b.weights[j] * kernel(a, i, b, j) }
      }
      return total
    }
    let (w, v) = (x.weights.reduce(0, +), y.weights.reduce(0, +))
    let (w2, v2) = (x.weights.reduce(0) { $0 + $1 * $1 }, y.weights.reduce(0) { $0 + $1 * $1 })
    let (xx, yy, xy) = (sum(x, x), sum(y, y), sum(x, y))
    let found = try kernelDiscrepancy(x, y, threads: 1)
    #expect(abs(found.vStatistic - (xx / (w * w) + yy / (v * v) - 2 * xy / (w * v))) < 1e-11)
    let unbiased = (xx - 5 * w2) / (w * w - w2) + (yy - 5 * v2) / (v * v - v2) - 2 * xy / (w * v)
    #expect(abs(found.uStatistic - unbiased) < 1e-11)
    for threads in [2, 5] { #expect(try kernelDiscrepancy(x, y, threads: threads) == found) }
    let swapped = try kernelDiscrepancy(y, x, kernel: .gaussian(widths: widths))
    #expect(abs(swapped.vStatistic - found.vStatistic) < 1e-12)
  }

  /// The Gaussian kernel between normal samples of width 1 and shift m in d dimensions has the mean
  /// (s^2/(s^2 + 2))^(d/2) exp(-d m^2/(2 (s^2 + 2))).
  @Test func theErrorOfTheDiscrepancyCovers() throws {
    var random = RandomSample(seed: 32)
    let (width, shift) = (1.5, 0.8)
    let scale = width * width / (width * width + 2)
    let truth = 2 * fs_pow(scale, 1.5) * (1 - fs_exp(-3 * shift * shift / (2 * (width * width + 2))))
    let experiments = try (0..<200).map { _ in
      let (x, y) = (random.cloud(300, signed: true), random.cloud(300, mean: shift, signed: true))
      return try kernelDiscrepancy(x, y, kernel: .gaussian(widths: [width]), threads: 1).estimate
    }
    let share = coverage(truth: truth, experiments)
    print("discrepancy, seed 32: coverage \(share)")
    #expect((0.6...0.77).contains(share))
  }

  @Test func aDiscrepancyWithoutAScaleIsRefused() throws {
    let constant = WeightedPoints(
      columns: [[Double](repeating: 3, count: 20)], weights: [Double](repeating: 1, count: 20))
    #expect(throws: EvaluationError.self) { try kernelDiscrepancy(constant, constant) }
    #expect(throws: EvaluationError.self) { try kernelDiscrepancy(constant, constant, kernel: .gaussian(widths: [0])) }
    #expect(throws: EvaluationError.self) { try kernelDiscrepancy(constant, constant, kernel: .polynomial(degree: 0)) }
    let same = try kernelDiscrepancy(constant, constant, kernel: .gaussian(widths: [1]))
    #expect(same.vStatistic == 0 && same.uStatistic == 0 && same.uncertainty == 0)
  }
}
