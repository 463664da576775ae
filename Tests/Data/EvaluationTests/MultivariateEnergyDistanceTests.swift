// The energy distance in several dimensions.
import CKernels
import Evaluation
import ReferenceCases
import Testing

private func points(_ reference: ReferenceCase, _ file: String, weights: String? = nil) throws -> WeightedPoints {
  let columns = try reference.columns(of: file)
  let ones = [Double](repeating: 1, count: columns[0].count)
  return WeightedPoints(columns: columns, weights: try weights.map { try reference.columns(of: $0)[0] } ?? ones)
}

private func cloud(_ random: inout RandomSample, _ count: Int, mean: Double = 0) -> WeightedPoints {
  WeightedPoints(
    columns: (0..<3).map { _ in random.normals(count, mean: mean) }, weights: random.signedWeights(count))
}

@Suite(.timeLimit(.minutes(20))) struct MultivariateEnergyDistanceTests {
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

  /// Every instruction set of this CPU sums the distances of blocks, tiles and odd rows to the same bits.
  @Test func distanceSumsHaveTheSameBitsOnEveryInstructionSet() throws {
    let isas: [String] = ["avx512", "avx2", "sse2", "neon", "portable"]
    let tables = isas.compactMap { fs_kernels_named($0) }
    var random = RandomSample(seed: 12)
    for dimensions in [1, 2, 3, 4, 5, 6, 9] {
      let (rows, columns) = (37, 1040)
      let (x, y) = (random.normals(rows * dimensions), random.normals(columns * dimensions))
      let (w, v) = (random.signedWeights(rows), random.signedWeights(columns))
      let answers = tables.map { table in
        var sums = [Double](repeating: 0, count: rows)
        var others = [Double](repeating: 0, count: columns)
        table.pointee.distance_sums(
          Int64(rows), Int64(columns), Int64(dimensions), x, Int64(rows), w, y, Int64(columns), v, &sums, &others)
        var alone = [Double](repeating: 0, count: rows)
        table.pointee.distance_sums(
          Int64(rows), Int64(columns), Int64(dimensions), x, Int64(rows), w, y, Int64(columns), v, &alone, nil)
        #expect(alone == sums)
        return sums + others
      }
      for answer in answers { #expect(answer == answers[0]) }
      let first = (0..<columns).reduce(0.0) { total, j in
        let square = (0..<dimensions).reduce(0.0) { sum, k in
          sum + (x[k * rows] - y[k * columns + j]) * (x[k * rows] - y[k * columns + j])
        }
        return total + v[j] * square.squareRoot()
      }
      #expect(abs(answers[0][0] - first) < 1e-9)
    }
  }

  @Test func randomSubsetsOfALargeSampleAgreeWithTheWhole() throws {
    var random = RandomSample(seed: 13)
    let (x, y) = (cloud(&random, 3000), cloud(&random, 2000, mean: 0.5))
    let whole = try energyDistance(x, y)
    let large = LargeSamples(limit: 1000, subsetRows: 500, subsets: 20)
    let parts = try energyDistance(x, y, large: large, seed: 3, threads: 1)
    #expect(abs(parts.uStatistic - whole.uStatistic) < 3 * parts.uncertainty)
    #expect((1.0...1.6).contains(parts.uncertainty / whole.uncertainty))
    #expect(try energyDistance(x, y, large: large, seed: 3, threads: 5) == parts)
    #expect(try energyDistance(x, y, large: large, seed: 4) != parts)
  }

  @Test func permutationsGiveUniformProbabilitiesAtTheNull() throws {
    var random = RandomSample(seed: 14)
    let values = try (0..<200).map { experiment in
      try energyPermutationTest(
        random.cloud(40), random.cloud(30), permutations: 99, seed: UInt64(experiment), threads: 1
      ).pValue
    }
    let uniform = WeightedColumn(values: (0..<2000).map { (Double($0) + 0.5) / 2000 })
    let comparison = try kolmogorovSmirnov(WeightedColumn(values: values), uniform)
    print("permutations, seed 14: KS probability \(comparison.pValue)")
    #expect(comparison.pValue > 0.01)
  }

  @Test func aPermutationTestFindsADifferenceAndRefusesWeights() throws {
    var random = RandomSample(seed: 15)
    let (x, y) = (random.cloud(300), random.cloud(250, mean: 0.5))
    let found = try energyPermutationTest(x, y, threads: 1)
    #expect(found.pValue == 1 / 501.0)
    #expect(abs(found.statistic - (try energyDistance(x, y).vStatistic)) < 1e-12)
    for threads in [2, 5] { #expect(try energyPermutationTest(x, y, threads: threads) == found) }
    #expect(try energyPermutationTest(x, x).pValue == 1)
    #expect(throws: EvaluationError.self) { try energyPermutationTest(cloud(&random, 50), y) }
  }

  /// For normal samples of width 1 in one dimension, E|N(m, 2)| = 2 exp(-m^2/4)/sqrt(pi) + m erf(m/2); here all
  /// coordinates but the first are constant.
  @Test func theErrorOfTheDistanceOfPointsCovers() throws {
    var random = RandomSample(seed: 16)
    let shift = 1.0
    func mean(_ m: Double) -> Double { 2 * fs_exp(-m * m / 4) / Double.pi.squareRoot() + m * fs_erf(m / 2) }
    let truth = 2 * mean(shift) - 2 * mean(0)
    var (whole, thinned) = ([Estimate](), [Estimate]())
    for experiment in 0..<200 {
      func line(_ mean: Double) -> WeightedPoints {
        let points = random.cloud(400, dimensions: 1, mean: mean, signed: true)
        return WeightedPoints(columns: points.columns + [points.weights.map { _ in 3 }], weights: points.weights)
      }
      let (x, y) = (line(0), line(shift))
      let distance = try energyDistance(x, y, threads: 1)
      whole.append(Estimate(distance.uStatistic, uncertainty: distance.uncertainty))
      let parts = try energyDistance(
        x, y, large: LargeSamples(limit: 200, subsetRows: 200, subsets: 8), seed: UInt64(experiment), threads: 1)
      thinned.append(Estimate(parts.uStatistic, uncertainty: parts.uncertainty))
    }
    let shares = (coverage(truth: truth, whole), coverage(truth: truth, thinned))
    print("energy distance, seed 16: coverage \(shares)")
    #expect((0.6...0.77).contains(shares.0) && (0.6...0.77).contains(shares.1))
  }

  @Test func exponentialsHaveTheBitsOfTheScalarFunctionOnEveryInstructionSet() throws {
    let isas: [String] = ["avx512", "avx2", "sse2", "neon", "portable"]
    var arguments: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, 709.8, 709.9, -745.2, -745.3, .leastNonzeroMagnitude,
    ]
    arguments += (0..<1001).map { index in
      let words = fs_philox(17, 3, 0, UInt64(index))
      let uniform = fs_uniform53(words.w0, words.w1)
      return index % 2 == 0 ? 1600 * uniform - 800 : Double(bitPattern: UInt64(words.w2) << 32 | UInt64(words.w3))
    }
    let expected = arguments.map { fs_exp($0).bitPattern }
    for table in isas.compactMap({ fs_kernels_named($0) }) {
      var found = arguments
      table.pointee.exp_doubles(Int64(found.count), arguments, &found)
      #expect(zip(found, expected).allSatisfy { $0.isNaN ? Double(bitPattern: $1).isNaN : $0.bitPattern == $1 })
    }
  }
}
