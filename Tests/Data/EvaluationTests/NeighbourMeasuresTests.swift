// Measures by nearest neighbours: label accuracy, memorising, retrieval, repetition, tables and known supports.
import CKernels
import Evaluation
import ReferenceCases
import Testing

/// Integers from 0 to `support` - 1, equally likely.
private func draws(_ random: inout RandomSample, _ count: Int, support: Int) -> WeightedPoints {
  WeightedPoints(columns: [(0..<count).map { _ in (random.uniform() * Double(support)).rounded(.down) }])
}

private let ring = (0..<8).map { k -> Mode in
  let angle = Double(k) * Double.pi / 4
  return Mode(name: "\(k)", points: [[fs_cos(angle), fs_sin(angle)]], sigma: 0.05, fraction: 0.125)
}

/// Points about some modes of the ring.
private func ringPoints(_ random: inout RandomSample, _ count: Int, modes: Range<Int>, width: Double) -> WeightedPoints
{
  let centres = (0..<count).map { _ in
    ring[modes.lowerBound + Int(random.uniform() * Double(modes.count))].points[0]
  }
  return WeightedPoints(columns: (0..<2).map { axis in centres.map { $0[axis] + width * random.normal() } })
}

@Suite(.timeLimit(.minutes(20))) struct NeighbourMeasuresTests {
  @Test func nearestNeighbourAccuracyAgreesWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let found = try neighbourAccuracy(reference.points("x.npy"), reference.points("y.npy"))
    #expect(try reference.mismatch("loo_1nn_accuracy", found.all.value) == nil)
  }

  @Test func nearestNeighbourAccuracyIsChanceForEqualDistributionsAndOneForSeparateOnes() throws {
    var random = RandomSample(seed: 8)
    let (x, y) = (random.cloud(1000, dimensions: 2), random.cloud(500, dimensions: 2))
    let same = try neighbourAccuracy(x, y)
    let error = try #require(same.all.uncertainty)
    #expect((same.chance - (1000.0 * 999 + 500 * 499) / (1500 * 1499)).magnitude < 1e-12)
    #expect((same.all.value - same.chance).magnitude < 4 * error)
    let apart = try neighbourAccuracy(x, random.cloud(500, dimensions: 2, mean: 100))
    #expect(apart.all.value == 1 && apart.real.value == 1 && apart.generated.value == 1)
    // Every point has a copy in the other sample, which is nearer than all of its own.
    #expect(try neighbourAccuracy(x, x).all.value == 0)
    for threads in [2, 5] { #expect(try neighbourAccuracy(x, y, threads: threads) == same) }
  }

  @Test func errorsOfTheNeighbourAccuracyCover() throws {
    var estimates: [[Estimate]] = [[], [], []]
    for experiment in 0..<200 {
      var random = RandomSample(seed: 6000 + UInt64(experiment))
      let (x, y) = (random.cloud(150, dimensions: 2), random.cloud(150, dimensions: 2, mean: 0.8))
      let found = try neighbourAccuracy(x, y, seed: UInt64(experiment))
      for (place, estimate) in [found.all, found.real, found.generated].enumerated() {
        estimates[place].append(estimate)
      }
    }
    for (name, values) in zip(["all", "real", "generated"], estimates) {
      print("seeds 6000 to 6199: the error of the accuracy, \(name), covers", coverage(values))
      #expect((0.57...0.80).contains(coverage(values)), "\(name)")
    }
  }

  @Test func aGeneratorThatRepeatsTrainingEventsIsFound() throws {
    var random = RandomSample(seed: 21)
    let (training, heldOut) = (random.cloud(400, dimensions: 3), random.cloud(300, dimensions: 3))
    let fresh = try memorising(training: training, heldOut: heldOut, generated: random.cloud(300, dimensions: 3))
    #expect((fresh.ratio.value - 1).magnitude < 4 * (fresh.ratio.uncertainty ?? 0))
    #expect((fresh.nearer.value - 0.5).magnitude < 4 * (fresh.nearer.uncertainty ?? 0))
    #expect(fresh.copies.value == 0)
    let copies = WeightedPoints(columns: training.columns.map { Array($0.prefix(300)) })
    let copied = try memorising(training: training, heldOut: heldOut, generated: copies)
    #expect(copied.ratio.value == 0 && copied.nearer.value == 1 && copied.copies.value == 1)
    #expect(throws: EvaluationError.self) { try memorising(training: training, heldOut: copies, generated: heldOut) }
    // Distances are those of all pairs.
    let expected = (0..<20).map { row in
      training.weights.indices.map { distance(heldOut.row(row), training.row($0)) }.min() ?? 0
    }
    for (found, value) in zip(fresh.heldOutDistances, expected) { #expect((found - value).magnitude < 1e-12) }
  }

  @Test func theErrorOfTheDistanceRatioCoversWithSignedWeights() throws {
    var random = RandomSample(seed: 22)
    let training = random.cloud(400, dimensions: 2)
    var (ratios, nearer): ([Estimate], [Estimate]) = ([], [])
    for experiment in 0..<200 {
      var random = RandomSample(seed: 7000 + UInt64(experiment))
      func sample(_ width: Double) -> WeightedPoints {
        WeightedPoints(
          columns: random.cloud(300, dimensions: 2, width: width).columns, weights: random.signedWeights(300))
      }
      let found = try memorising(training: training, heldOut: sample(1), generated: sample(1.4))
      ratios.append(found.ratio)
      nearer.append(found.nearer)
    }
    print("seeds 7000 to 7199: the errors of the distance ratio cover", coverage(ratios), coverage(nearer))
    #expect((0.57...0.80).contains(coverage(ratios)) && (0.57...0.80).contains(coverage(nearer)))
  }

  @Test func retrievalIsEvenForEqualDistributions() throws {
    var random = RandomSample(seed: 23)
    let (queries, training) = (random.cloud(300, dimensions: 3), random.cloud(600, dimensions: 3))
    let fresh = try retrieval(
      queries: queries, training: training, generated: random.cloud(500, dimensions: 3), neighbour: 2)
    #expect(fresh.size == 500)
    #expect((fresh.ratio.value - 1).magnitude < 4 * (fresh.ratio.uncertainty ?? 0))
    let collapsed = try retrieval(
      queries: queries, training: training, generated: random.cloud(500, dimensions: 3, width: 0.1))
    #expect(collapsed.ratio.value > 2 && collapsed.kolmogorovSmirnov.value > 0.5)
    let same = try retrieval(queries: queries, training: training, generated: training)
    #expect(same.ratio.value == 1 && same.kolmogorovSmirnov.value == 0)
    for threads in [1, 2, 5] {
      #expect(
        try retrieval(queries: queries, training: training, generated: training, threads: threads) == same)
    }
    #expect(throws: EvaluationError.self) {
      try retrieval(queries: queries, training: training, generated: training, neighbour: 601)
    }
  }

  @Test func errorsOfRetrievalCoverWithSignedWeights() throws {
    var (ratios, distances): ([Estimate], [Estimate]) = ([], [])
    for experiment in 0..<200 {
      var random = RandomSample(seed: 8000 + UInt64(experiment))
      let queries = WeightedPoints(
        columns: random.cloud(200, dimensions: 2).columns, weights: random.signedWeights(200))
      let found = try retrieval(
        queries: queries, training: random.cloud(200, dimensions: 2),
        generated: random.cloud(200, dimensions: 2, mean: 0.5, width: 0.9), seed: UInt64(experiment))
      ratios.append(found.ratio)
      distances.append(found.kolmogorovSmirnov)
    }
    print("seeds 8000 to 8199: the errors of retrieval cover", coverage(ratios), coverage(distances))
    #expect((0.57...0.80).contains(coverage(ratios)) && (0.57...0.80).contains(coverage(distances)))
  }

  @Test func repetitionGivesTheSizeOfAUniformSupport() throws {
    var estimates: [Estimate] = []
    for experiment in 0..<200 {
      var random = RandomSample(seed: 9000 + UInt64(experiment))
      let points = PointRows(draws(&random, 400, support: 300))
      let found = try repetition(points, threshold: 0, orders: 0, seed: 1, threads: 1)
      estimates.append(found.pairProbability)
    }
    let mean = estimates.reduce(0) { $0 + $1.value } / 200
    let inside = estimates.filter { ($0.value - 1.0 / 300).magnitude <= ($0.uncertainty ?? 0) }.count
    print("seeds 9000 to 9199: the error of the pair probability covers", Double(inside) / 200)
    #expect((mean * 300 - 1).magnitude < 0.02)
    #expect((0.57...0.80).contains(Double(inside) / 200))
  }

  @Test func batchesCollideAsTheBirthdayParadoxSays() throws {
    var random = RandomSample(seed: 24)
    let generated = draws(&random, 3000, support: 365)
    // The training set has distinct values only, half of whose spacing is the threshold.
    let training = WeightedPoints(columns: [(0..<400).map(Double.init)])
    let found = try birthdayParadox(training: training, real: training, generated: generated, orders: 400)
    #expect(found.threshold == 0.5)
    #expect(found.real.support == nil && found.real.halfwaySize == nil)
    let halfway = try #require(found.generated.halfwaySize)
    #expect((21...26).contains(halfway))  // 23 people
    let support = try #require(found.generated.support)
    #expect((365 * 0.9...365 * 1.1).contains(support.value))
    for (size, probability) in zip(found.generated.sizes, found.generated.collisionProbabilities) where size < 200 {
      let none = (0..<size).reduce(1.0) { $0 * (1 - Double($1) / 365) }
      #expect((probability - (1 - none)).magnitude < 0.1)
    }
    for threads in [1, 2, 5] {
      #expect(
        try birthdayParadox(training: training, real: training, generated: generated, orders: 400, threads: threads)
          == found)
    }
    let one = WeightedPoints(columns: [[Double](repeating: 3, count: 3500)])
    #expect(try birthdayParadox(training: training, real: training, generated: one).generated.halfwaySize == 2)
  }

  @Test func theTableOfNeighboursFlagsCopies() throws {
    var random = RandomSample(seed: 25)
    let training = random.cloud(100, dimensions: 2)
    var columns = random.cloud(10, dimensions: 2).columns
    for axis in 0..<2 {
      columns[axis][3] = training.columns[axis][42]
      columns[axis][4] = training.columns[axis][7] + 1e-9
    }
    let table = try neighbourTable(training: training, generated: WeightedPoints(columns: columns), rows: [3, 0, 4])
    #expect(table.map(\.isCopy) == [true, false, true])
    #expect(table[0].neighbours[0].row == 42 && table[0].neighbours[0].distance == 0)
    #expect(table[2].neighbours[0].row == 7)
    #expect(table.allSatisfy { $0.neighbours.count == 3 })
    #expect(throws: EvaluationError.self) {
      try neighbourTable(training: training, generated: WeightedPoints(columns: columns), rows: [10])
    }
  }

  @Test func precisionAndRecallOnAKnownSupport() throws {
    var random = RandomSample(seed: 26)
    let real = ringPoints(&random, 1000, modes: 0..<8, width: 0.05)
    let half = try supportPrecisionRecall(real, ringPoints(&random, 1000, modes: 0..<4, width: 0.05), modes: ring)
    #expect(half.precision.value > 0.97 && (half.recall.value - 0.5).magnitude < 0.06)
    let f1 = try #require(half.f1)
    let harmonic = 2 * half.precision.value * half.recall.value / (half.precision.value + half.recall.value)
    #expect((f1.value - harmonic).magnitude < 1e-12)
    let wide = ringPoints(&random, 1000, modes: 0..<8, width: 0.15)
    let blurred = try supportPrecisionRecall(real, wide, modes: ring)
    // 3 of 3-sigma-wide: 1 - exp(-(0.15/0.15)^2/2) of a two-dimensional normal distribution.
    #expect((blurred.precision.value - (1 - fs_exp(-0.5))).magnitude < 0.06)
    for threads in [1, 2, 5] {
      #expect(try supportPrecisionRecall(real, wide, modes: ring, threads: threads) == blurred)
    }
    let nothing = try supportPrecisionRecall(real, random.cloud(100, dimensions: 2, mean: 50), modes: ring)
    #expect(nothing.precision.value == 0 && nothing.recall.value == 0 && nothing.f1?.value == 0)
    #expect(throws: EvaluationError.self) { try supportPrecisionRecall(real, wide, modes: []) }
  }

  @Test func errorsOnAKnownSupportCoverWithSignedWeights() throws {
    var estimates: [[Estimate]] = [[], [], []]
    for experiment in 0..<200 {
      var random = RandomSample(seed: 10_000 + UInt64(experiment))
      func weighted(_ points: WeightedPoints) -> WeightedPoints {
        WeightedPoints(columns: points.columns, weights: random.signedWeights(points.weights.count))
      }
      let real = ringPoints(&random, 300, modes: 0..<8, width: 0.05)
      let generated = ringPoints(&random, 300, modes: 0..<5, width: 0.1)
      let found = try supportPrecisionRecall(
        weighted(real), weighted(generated), modes: ring, threads: 1)
      for (place, estimate) in [found.precision, found.recall, found.f1].enumerated() {
        estimates[place].append(try #require(estimate))
      }
    }
    for (name, values) in zip(["precision", "recall", "F1"], estimates) {
      print("seeds 10000 to 10199: the error of \(name) on a known support covers", coverage(values))
      #expect((0.57...0.80).contains(coverage(values)), "\(name)")
    }
  }

  @Test func neighbourMeasuresRefuseDegenerateSamples() throws {
    var random = RandomSample(seed: 27)
    let x = random.cloud(60, dimensions: 2)
    let signed = WeightedPoints(columns: x.columns, weights: random.signedWeights(60))
    let empty = WeightedPoints(columns: [[], []], weights: [])
    let broken = WeightedPoints(columns: [[Double](repeating: .nan, count: 60), x.columns[1]])
    let one = WeightedPoints(columns: [[1], [2]])
    let nothing = WeightedPoints(columns: x.columns, weights: [Double](repeating: 0, count: 60))
    let huge = WeightedPoints(columns: x.columns.map { $0.map { $0 * 1e200 } })
    for wrong in [empty, broken, one, nothing, huge] {
      #expect(throws: EvaluationError.self) { try neighbourAccuracy(x, wrong) }
      #expect(throws: EvaluationError.self) { try memorising(training: x, heldOut: x, generated: wrong) }
      #expect(throws: EvaluationError.self) { try memorising(training: wrong, heldOut: x, generated: x) }
      #expect(throws: EvaluationError.self) { try retrieval(queries: x, training: x, generated: wrong) }
      #expect(throws: EvaluationError.self) { try birthdayParadox(training: wrong, real: x, generated: x) }
      #expect(throws: EvaluationError.self) { try neighbourTable(training: wrong, generated: x, rows: [0]) }
    }
    for wrong in [empty, broken, one, nothing] {
      #expect(throws: EvaluationError.self) { try supportPrecisionRecall(x, wrong, modes: ring) }
      #expect(throws: EvaluationError.self) { try Standardisation(by: wrong) }
    }
    #expect(throws: EvaluationError.self) { try neighbourAccuracy(x, signed) }
    #expect(throws: EvaluationError.self) { try birthdayParadox(training: x, real: x, generated: signed) }
    // Ties everywhere are no error: the first point wins.
    let constant = WeightedPoints(columns: [[Double](repeating: 1, count: 60)])
    #expect(try neighbourAccuracy(constant, constant).real.value == 1)
  }

  @Test func standardisedColumnsHaveMeanZeroAndWidthOne() throws {
    var random = RandomSample(seed: 28)
    let x = WeightedPoints(
      columns: [random.normals(500, mean: 1e6, width: 3), [Double](repeating: 4, count: 500)],
      weights: random.signedWeights(500))
    let standardised = try Standardisation(by: x)(x)
    let moments = try weightedMoments(WeightedColumn(values: standardised.columns[0], weights: x.weights))
    let width = try #require(moments.width)
    #expect(moments.mean.magnitude < 1e-9 && (width - 1).magnitude < 1e-9)
    #expect(standardised.columns[1].allSatisfy { $0 == 0 })
  }
}
