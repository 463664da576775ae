// Witness complexes, their loops and the geometry score.
import CKernels
import Evaluation
import ReferenceCases
import Testing

/// Every simplex of up to three landmarks by its definition, infinite where it does not enter.
private func definition(_ points: PointRows, _ landmarks: [Int], _ largest: Double) -> [[Int]: Double] {
  func own(_ simplex: [Int]) -> Double {
    (0..<points.count).map { point in
      let d = landmarks.map { distance(Array(points[point]), Array(points[$0])) }
      let outside = landmarks.indices.filter { !simplex.contains($0) }.map { d[$0] }.min() ?? .infinity
      return max(0, (simplex.map { d[$0] }.max() ?? 0) - outside)
    }.min() ?? .infinity
  }
  var values: [[Int]: Double] = [:]
  let n = landmarks.count
  for a in 0..<n { values[[a]] = own([a]) }
  for a in 0..<n { for b in a + 1..<n { values[[a, b]] = max(own([a, b]), values[[a]] ?? 0, values[[b]] ?? 0) } }
  for a in 0..<n - 2 {
    for b in a + 1..<n - 1 {
      for c in b + 1..<n {
        values[[a, b, c]] = max(
          own([a, b, c]), values[[a, b]] ?? 0, values[[a, c]] ?? 0, values[[b, c]] ?? 0)
      }
    }
  }
  return values.filter { $0.value <= largest }
}

private func circle(_ random: inout RandomSample, _ count: Int) -> WeightedPoints {
  let angles = (0..<count).map { _ in 2 * Double.pi * random.uniform() }
  return WeightedPoints(columns: [
    angles.map { fs_cos($0) + 0.03 * random.normal() }, angles.map { fs_sin($0) + 0.03 * random.normal() },
  ])
}

@Suite(.timeLimit(.minutes(20))) struct TopologyTests {
  @Test(arguments: ["circle", "blob"])
  func relativeLivingTimesAgreeWithTheReference(name: String) throws {
    let reference = try ReferenceCase("geometry_score")
    let points = PointRows(try reference.points("\(name).npy"))
    let landmarks = try reference.columns(of: "landmarks_\(name).npy")[0].map { Int($0) }
    let complex = try WitnessComplex(points, landmarks: landmarks, gamma: 1.0 / 16)
    #expect(try reference.mismatch("alpha_max_\(name)", complex.largest) == nil)
    #expect(try reference.mismatch("n_intervals_\(name)", Double(complex.loops().count)) == nil)
    let times = relativeLivingTimes(complex.loops(), largest: complex.largest)
    #expect(try reference.mismatch("rlt_first10_\(name)", Array(times.prefix(10))) == nil)
  }

  @Test func theScoreOfTwoLandmarkSetsAgreesWithTheReference() throws {
    let reference = try ReferenceCase("geometry_score")
    let times = try ["circle", "blob"].map { name in
      try relativeLivingTimes(
        PointRows(reference.points("\(name).npy")),
        landmarks: try reference.columns(of: "landmarks_\(name).npy")[0].map { Int($0) }, gamma: 1.0 / 16)
    }
    #expect(try reference.mismatch("sum_sq_diff", squaredDifference(times[0], times[1])) == nil)
  }

  @Test func relativeLivingTimesCountIntervals() throws {
    let reference = try ReferenceCase("geometry_score")
    let intervals = [(0, 0.3), (0.1, 0.5), (0.2, Double.infinity), (0.45, 0.6)].map { Interval(birth: $0, death: $1) }
    let times = relativeLivingTimes(intervals, largest: 1)
    #expect(try reference.mismatch("rlt_given_intervals_first5", Array(times.prefix(5))) == nil)
    #expect(relativeLivingTimes([], largest: 1)[0] == 1)
    #expect(relativeLivingTimes([], largest: 0)[0] == 1)
  }

  @Test(arguments: [1, 2, 3])
  func theComplexIsThatOfItsDefinition(seed: Int) throws {
    var random = RandomSample(seed: 50 + UInt64(seed))
    let points = PointRows(random.cloud(40, dimensions: 2))
    // One landmark is drawn twice.
    let landmarks = [0, 3, 3] + (5..<11)
    let complex = try WitnessComplex(points, landmarks: landmarks, gamma: 0.2)
    let expected = definition(points, landmarks, complex.largest)
    var found: [[Int]: Double] = [:]
    for vertex in landmarks.indices where complex.vertices[vertex] <= complex.largest {
      found[[vertex]] = complex.vertices[vertex]
    }
    for edge in complex.edges { found[[edge.first, edge.second]] = edge.value }
    for triangle in complex.triangles {
      let edge = complex.edges[triangle.edges.0]
      found[[edge.first, edge.second, complex.edges[triangle.edges.2].second]] = triangle.value
    }
    #expect(
      found.keys.sorted { $0.lexicographicallyPrecedes($1) }
        == expected.keys.sorted { $0.lexicographicallyPrecedes($1) })
    for (simplex, value) in expected { #expect(((found[simplex] ?? -1) - value).magnitude < 1e-12) }
    // The Euler characteristic over the alive simplices is b0 - b1 + b2: loops alive at the end are not negative.
    #expect(complex.loops().allSatisfy { $0.birth < $0.death })
  }

  @Test func theGeometryScoreTellsACircleFromABlob() throws {
    var random = RandomSample(seed: 55)
    let (first, second) = (circle(&random, 200), circle(&random, 200))
    let blob = random.cloud(200, dimensions: 2, width: 0.5)
    let same = try geometryScore(first, second, landmarks: 24, draws: 20, gamma: 1.0 / 16, threads: 1)
    let other = try geometryScore(first, blob, landmarks: 24, draws: 20, gamma: 1.0 / 16)
    #expect(same.value < 0.1 && other.value > 0.3)
    #expect(same.real[1] > 0.6 && other.generated[1] < 0.4)
    #expect(other.drawError > 0 && other.drawError < other.value)
    #expect((same.real.reduce(0, +) - 1).magnitude < 1e-9)
    for threads in [2, 5] {
      #expect(
        try geometryScore(first, second, landmarks: 24, draws: 20, gamma: 1.0 / 16, threads: threads) == same)
    }
    #expect(try geometryScore(first, second, landmarks: 3, draws: 2).value == 0)
  }

  @Test func theGeometryScoreRefusesWhatItIsNotDefinedFor() throws {
    var random = RandomSample(seed: 56)
    let x = circle(&random, 50)
    let weighted = WeightedPoints(columns: x.columns, weights: random.signedWeights(50))
    let huge = WeightedPoints(columns: x.columns.map { $0.map { $0 * 1e200 } })
    #expect(throws: EvaluationError.self) { try geometryScore(x, weighted) }
    #expect(throws: EvaluationError.self) { try geometryScore(x, huge) }
    #expect(throws: EvaluationError.self) { try geometryScore(x, x, landmarks: 0) }
    // A constant sample has no loops at any time.
    let constant = WeightedPoints(columns: [[Double](repeating: 1, count: 50)])
    #expect(try geometryScore(constant, constant, landmarks: 16, draws: 3).real[0] == 1)
  }
}
