// Distances averaged over projections.
import CKernels
import Evaluation
import Numerics
import ReferenceCases
import Testing

@Suite(.timeLimit(.minutes(20))) struct SlicedDistancesTests {
  @Test func slicedWassersteinAgreesWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let columns = try reference.columns(of: "projections.npy")
    let directions = columns[0].indices.map { row in columns.map { $0[row] } }
    let found = try slicedWasserstein1(reference.points("x.npy"), reference.points("y.npy"), directions: directions)
    #expect(try reference.mismatch("sliced_w1_given_projections", found.mean) == nil)
    #expect(found.slices.count == directions.count)
  }

  @Test func slicesAreTheDistancesOfProjections() throws {
    var random = RandomSample(seed: 51)
    let (x, y) = (random.cloud(203, signed: true), random.cloud(151, mean: 0.3, signed: true))
    let directions = randomDirections(7, dimensions: 3, seed: 5)
    for direction in directions { #expect(abs(direction.reduce(0) { $0 + $1 * $1 } - 1) < 1e-14) }
    func projected(_ points: WeightedPoints, _ direction: [Double]) -> WeightedColumn {
      let values = points.weights.indices.map { row in
        (0..<3).reduce(0) { $0 + direction[$1] * points.columns[$1][row] }
      }
      return WeightedColumn(values: values, weights: points.weights)
    }
    let wasserstein = try slicedWasserstein1(x, y, directions: directions, threads: 1)
    let smirnov = try slicedKolmogorovSmirnov(x, y, count: 7, seed: 5, threads: 1)
    for (slice, direction) in directions.enumerated() {
      let (a, b) = (projected(x, direction), projected(y, direction))
      #expect(abs(wasserstein.slices[slice] - (try wasserstein1(a, b).value)) < 1e-13)
      #expect(abs(smirnov.slices[slice] - (try kolmogorovSmirnov(a, b).statistic)) < 1e-13)
    }
    for threads in [2, 5] {
      #expect(try slicedWasserstein1(x, y, directions: directions, threads: threads) == wasserstein)
      #expect(try slicedKolmogorovSmirnov(x, y, count: 7, seed: 5, threads: threads) == smirnov)
    }
    #expect(smirnov.largest.distance == smirnov.slices.max())
    #expect(throws: EvaluationError.self) { try slicedWasserstein1(x, y, directions: [[1, 0]]) }
    #expect(throws: EvaluationError.self) { try slicedWasserstein1(x, y, count: 0) }
  }

  /// Along a unit vector u, normal samples of width 1 shifted by m in each coordinate are |m sum u| apart in W1, and
  /// 2 Phi(|m sum u|/2) - 1 in KS.
  @Test func theErrorsOfSlicedDistancesCover() throws {
    var random = RandomSample(seed: 52)
    let directions = randomDirections(8, dimensions: 3, seed: 9).filter { abs($0.reduce(0, +)) > 0.5 }
    let shifts = directions.map { abs($0.reduce(0, +)) }
    let truths = (
      shifts.reduce(0, +) / Double(shifts.count),
      shifts.reduce(0) { $0 + fs_erf($1 / 2 / 2.0.squareRoot()) } / Double(shifts.count)
    )
    var (wasserstein, smirnov) = ([Estimate](), [Estimate]())
    for _ in 0..<200 {
      let (x, y) = (random.cloud(800, signed: true), random.cloud(800, mean: 1, signed: true))
      wasserstein.append(try slicedWasserstein1(x, y, directions: directions, threads: 1).estimate)
      smirnov.append(try slicedKolmogorovSmirnov(x, y, directions: directions, threads: 1).estimate)
    }
    let shares = (coverage(truth: truths.0, wasserstein), coverage(truth: truths.1, smirnov))
    print("sliced, seed 52: coverage \(shares)")
    #expect((0.6...0.77).contains(shares.0))
    #expect((0.6...0.77).contains(shares.1))
  }
}
