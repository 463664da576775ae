// Optimal transport: exact and with an entropy.
import Evaluation
import ReferenceCases
import Testing

@Suite(.timeLimit(.minutes(20))) struct TransportTests {
  @Test func transportAgreesWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let (x, y) = (try reference.points("x.npy", rows: 150), try reference.points("y.npy", rows: 150))
    #expect(try reference.mismatch("emd_exact_first150", exactTransport(x, y).value) == nil)
    let squared = try exactTransport(x, y, cost: .squaredDistance)
    #expect(try reference.mismatch("emd2_squared_cost_first150", squared.value) == nil)
    let entropic = try sinkhornTransport(x, y, regularisation: 1, threads: 1)
    #expect(try reference.mismatch("sinkhorn_reg1_first150", entropic.cost) == nil)
    for threads in [2, 5] { #expect(try sinkhornTransport(x, y, regularisation: 1, threads: threads) == entropic) }
  }

  /// In one dimension the sorted order is optimal, for any sizes and weights.
  @Test func exactTransportOnALineIsTheWassersteinDistance() throws {
    var random = RandomSample(seed: 61)
    for (n, m) in [(12, 12), (40, 40), (37, 83), (150, 64)] {
      let (a, b) = (random.normals(n), random.normals(m, mean: 0.7, width: 1.4))
      for weighted in [false, true] {
        // Some weights of zero, some ties.
        let w = (0..<n).map { weighted ? ($0 % 7 == 3 ? 0 : 0.1 + random.uniform()) : 1 }
        let v = (0..<m).map { _ in weighted ? 0.1 + random.uniform() : 1 }
        let (x, y) = (WeightedPoints(columns: [a], weights: w), WeightedPoints(columns: [b], weights: v))
        let (p, q) = (WeightedColumn(values: a, weights: w), WeightedColumn(values: b, weights: v))
        #expect(abs(try exactTransport(x, y).value - wasserstein1(p, q).value) < 1e-12)
        #expect(abs(try exactTransport(y, x, cost: .squaredDistance).value - wasserstein2Squared(p, q).value) < 1e-12)
      }
    }
  }

  /// Six points of equal weights: the best of all 720 assignments.
  @Test func exactTransportIsTheBestAssignment() throws {
    var random = RandomSample(seed: 62)
    let (x, y) = (random.cloud(6), random.cloud(6, mean: 0.5))
    func best(_ row: Int, _ free: [Int]) -> Double {
      guard row < 6 else { return 0 }
      return free.map { column in
        let square = (0..<3).reduce(0.0) { sum, k in
          sum + (x.columns[k][row] - y.columns[k][column]) * (x.columns[k][row] - y.columns[k][column])
        }
        return square.squareRoot() / 6 + best(row + 1, free.filter { $0 != column })
      }.min() ?? 0
    }
    #expect(abs(try exactTransport(x, y).value - best(0, Array(0..<6))) < 1e-13)
  }

  @Test func entropicTransportApproachesTheExactCost() throws {
    var random = RandomSample(seed: 63)
    let (x, y) = (random.cloud(60), random.cloud(50, mean: 0.5))
    let exact = try exactTransport(x, y).value
    let costs = try [1, 0.3, 0.1, 0.03].map {
      try sinkhornTransport(x, y, regularisation: $0, tolerance: 1e-6, maximumIterations: 100_000).cost
    }
    for (larger, smaller) in zip(costs, costs.dropFirst()) { #expect(larger > smaller) }
    #expect(costs[3] > exact - 1e-6 && costs[3] < exact + 0.03)
    // Without logarithms these exponentials would all vanish.
    let far = WeightedPoints(columns: y.columns.map { $0.map { $0 + 1e4 } }, weights: y.weights)
    #expect(try sinkhornTransport(x, far, regularisation: 1).cost > 1e4)
  }

  @Test func transportOfDegenerateSamples() throws {
    var random = RandomSample(seed: 64)
    let x = random.cloud(30)
    #expect(try exactTransport(x, x).value == 0)
    let point = WeightedPoints(columns: [[Double](repeating: 2, count: 9)], weights: [Double](repeating: 1, count: 9))
    #expect(try exactTransport(point, point).value == 0)
    #expect(try sinkhornTransport(point, point).cost == 0)
    let signed = WeightedPoints(columns: x.columns, weights: (0..<30).map { $0 == 4 ? -0.1 : 1 })
    #expect(throws: EvaluationError.self) { try exactTransport(x, signed) }
    #expect(throws: EvaluationError.self) { try sinkhornTransport(signed, x) }
    #expect(throws: EvaluationError.self) { try sinkhornTransport(x, x, regularisation: 0) }
    let far = WeightedPoints(columns: x.columns.map { $0.map { $0 * 1e200 } }, weights: x.weights)
    #expect(throws: EvaluationError.self) { try exactTransport(x, far) }
  }
}
