// The energy distance in several dimensions.
import Evaluation
import ReferenceCases
import Testing

private func points(_ reference: ReferenceCase, _ file: String, weights: String? = nil) throws -> WeightedPoints {
  let columns = try reference.columns(of: file)
  let ones = [Double](repeating: 1, count: columns[0].count)
  return WeightedPoints(columns: columns, weights: try weights.map { try reference.columns(of: $0)[0] } ?? ones)
}

@Test func energyDistanceInFiveDimensionsAgreesWithTheReference() throws {
  let reference = try ReferenceCase("nd_distances")
  let y = try points(reference, "y.npy")
  let plain = try energyDistance(points(reference, "x.npy"), y)
  #expect(try reference.mismatch("energy_V", plain.vStatistic) == nil)
  #expect(try reference.mismatch("energy_U", plain.uStatistic) == nil)
  #expect(
    try reference.mismatch(
      "energy_V_weighted", energyDistance(points(reference, "x.npy", weights: "wx.npy"), y).vStatistic) == nil)
  let signed = try energyDistance(points(reference, "x.npy", weights: "sx.npy"), y)
  #expect(try reference.mismatch("energy_V_signed", signed.vStatistic) == nil)
  #expect(try reference.mismatch("energy_U_signed", signed.uStatistic) == nil)
}

private func cloud(_ random: inout RandomSample, _ count: Int, mean: Double = 0) -> WeightedPoints {
  WeightedPoints(
    columns: (0..<3).map { _ in random.normals(count, mean: mean) }, weights: random.signedWeights(count))
}

/// 1001 and 997 points cross the borders of blocks, tiles and groups.
@Test func blocksAndThreadsChangeNoBit() throws {
  var random = RandomSample(seed: 4)
  let (x, y) = (cloud(&random, 1001), cloud(&random, 997, mean: 0.3))
  let serial = try energyDistance(x, y, threads: 1)
  #expect(try energyDistance(x, y, threads: 3) == serial)
  #expect(try energyDistance(x, y) == serial)
  var sums = (0.0, 0.0, 0.0)
  func add(_ a: WeightedPoints, _ b: WeightedPoints) -> Double {
    var total = 0.0
    for i in a.weights.indices {
      for j in b.weights.indices {
        let square = (0..<3).map { (a.columns[$0][i] - b.columns[$0][j]) * (a.columns[$0][i] - b.columns[$0][j]) }
        total += a.weights[i] * b.weights[j] * square.reduce(0, +).squareRoot()
      }
    }
    return total
  }
  sums = (add(x, y), add(x, x), add(y, y))
  let (w, v) = (x.weights.reduce(0, +), y.weights.reduce(0, +))
  #expect(abs(serial.vStatistic - (2 * sums.0 / (w * v) - sums.1 / (w * w) - sums.2 / (v * v))) < 1e-10)
}

@Test func anIdenticalSampleIsAtDistanceZero() throws {
  var random = RandomSample(seed: 6)
  let x = cloud(&random, 600)
  #expect(abs(try energyDistance(x, x).vStatistic) < 1e-13)
}

@Test func theErrorInSeveralDimensionsIsAtMostRootTwoTooLargeAtTheNull() throws {
  var random = RandomSample(seed: 9)
  var (values, errors) = ([Double](), [Double]())
  for _ in 0..<150 {
    let distance = try energyDistance(cloud(&random, 200), cloud(&random, 200), threads: 1)
    values.append(distance.uStatistic)
    errors.append(distance.uncertainty)
  }
  let spread = try weightedMoments(WeightedColumn(values: values))
  let ratio = try weightedMoments(WeightedColumn(values: errors)).mean / (try #require(spread.width))
  #expect((1.0...1.6).contains(ratio))
  #expect(abs(spread.mean) < 4 * spread.meanError)  // the U-statistic is unbiased
}

@Test func pointsThatCannotBeComparedAreRefused() throws {
  var random = RandomSample(seed: 2)
  let x = cloud(&random, 50)
  let flat = WeightedPoints(columns: [x.columns[0]], weights: x.weights)
  #expect(throws: EvaluationError.self) { try energyDistance(x, flat) }
  #expect(throws: EvaluationError.self) { try energyDistance(WeightedPoints(columns: [], weights: x.weights), x) }
  let far = WeightedPoints(columns: x.columns.map { $0.map { $0 * 1e200 } }, weights: x.weights)
  #expect(throws: EvaluationError.self) { try energyDistance(x, far) }
}
