// Precision, recall, density and coverage are those of their definition, with errors that cover.
import Evaluation
import ReferenceCases
import Testing

/// The four values by loops over all pairs.
private func byDefinition(_ x: WeightedPoints, _ y: WeightedPoints, _ k: Int) -> [Double] {
  func radii(_ points: WeightedPoints) -> [Double] {
    points.weights.indices.map { row in
      points.weights.indices.filter { $0 != row }.map { distance(points.row(row), points.row($0)) }.sorted()[k - 1]
    }
  }
  let (realRadii, generatedRadii) = (radii(x), radii(y))
  let (n, m) = (x.weights.count, y.weights.count)
  let d = (0..<n).map { i in (0..<m).map { distance(x.row(i), y.row($0)) } }
  let precision = (0..<m).filter { j in (0..<n).contains { d[$0][j] < realRadii[$0] } }.count
  let recall = (0..<n).filter { i in (0..<m).contains { d[i][$0] < generatedRadii[$0] } }.count
  let density = (0..<n).reduce(0) { sum, i in sum + (0..<m).filter { d[i][$0] < realRadii[i] }.count }
  let coverage = (0..<n).filter { i in d[i].min().map { $0 < realRadii[i] } ?? false }.count
  return [
    Double(precision) / Double(m), Double(recall) / Double(n), Double(density) / Double(k * m),
    Double(coverage) / Double(n),
  ]
}

@Suite(.timeLimit(.minutes(20))) struct PrecisionRecallTests {
  @Test func precisionRecallDensityCoverageAgreeWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let found = try precisionRecallDensityCoverage(reference.points("x.npy"), reference.points("y.npy"))
    #expect(try reference.mismatch("prdc_k5_precision", found.precision.value) == nil)
    #expect(try reference.mismatch("prdc_k5_recall", found.recall.value) == nil)
    #expect(try reference.mismatch("prdc_k5_density", found.density.value) == nil)
    #expect(try reference.mismatch("prdc_k5_coverage", found.coverage.value) == nil)
  }

  @Test(arguments: [2, 5, 11])
  func precisionRecallDensityCoverageAreThoseOfAllPairs(dimensions: Int) throws {
    var random = RandomSample(seed: UInt64(dimensions))
    let x = random.cloud(80, dimensions: dimensions)
    let y = random.cloud(65, dimensions: dimensions, mean: 0.4, width: 0.8)
    for k in [1, 3, 5] {
      let found = try precisionRecallDensityCoverage(x, y, neighbours: k, parts: 0)
      let values = [found.precision, found.recall, found.density, found.coverage].map(\.value)
      #expect(values == byDefinition(x, y, k))
      #expect(found.precision.uncertainty == nil)
      // Exchanging the samples exchanges precision and recall.
      let exchanged = try precisionRecallDensityCoverage(y, x, neighbours: k, parts: 0)
      #expect(exchanged.recall == found.precision && exchanged.precision == found.recall)
    }
  }

  @Test func threadsChangeNoBitOfPrecisionAndRecall() throws {
    var random = RandomSample(seed: 12)
    let (x, y) = (random.cloud(400, dimensions: 3), random.cloud(500, dimensions: 3, mean: 0.3))
    let serial = try precisionRecallDensityCoverage(x, y, seed: 5, threads: 1)
    for threads in [2, 5] { #expect(try precisionRecallDensityCoverage(x, y, seed: 5, threads: threads) == serial) }
  }

  @Test func errorsOfPrecisionAndRecallCover() throws {
    var estimates: [[Estimate]] = [[], [], [], []]
    for experiment in 0..<200 {
      var random = RandomSample(seed: 5000 + UInt64(experiment))
      let (x, y) = (random.cloud(300, dimensions: 2), random.cloud(300, dimensions: 2, mean: 1, width: 0.7))
      let found = try precisionRecallDensityCoverage(x, y, seed: UInt64(experiment))
      for (place, estimate) in [found.precision, found.recall, found.density, found.coverage].enumerated() {
        estimates[place].append(estimate)
      }
    }
    for (name, values) in zip(["precision", "recall", "density", "coverage"], estimates) {
      print("seeds 5000 to 5199: the error of \(name) covers", coverage(values))
      let limits = CoverageLimits(count: values.count, falseAlarm: 0.01 / 4)
      #expect(limits.accepted.contains(Int((coverage(values) * Double(values.count)).rounded())), "\(name)")
    }
  }

  @Test func precisionAndRecallRefuseWhatTheyAreNotDefinedFor() throws {
    var random = RandomSample(seed: 3)
    let x = random.cloud(50, dimensions: 2)
    let weighted = WeightedPoints(columns: x.columns, weights: random.normals(50, mean: 3))
    let constant = WeightedPoints(columns: [[Double](repeating: 2, count: 50), [Double](repeating: 1, count: 50)])
    let huge = WeightedPoints(columns: x.columns.map { $0.map { $0 * 1e200 } })
    for wrong in [weighted, constant, huge, random.cloud(50, dimensions: 3), random.cloud(4, dimensions: 2)] {
      #expect(throws: EvaluationError.self) { try precisionRecallDensityCoverage(x, wrong) }
      #expect(throws: EvaluationError.self) { try precisionRecallDensityCoverage(wrong, x) }
    }
    #expect(throws: EvaluationError.self) { try precisionRecallDensityCoverage(x, x, neighbours: 50) }
    // Equal weights are no weights.
    let equal = WeightedPoints(columns: x.columns, weights: [Double](repeating: 0.25, count: 50))
    #expect(try precisionRecallDensityCoverage(equal, equal).precision.value == 1)
  }
}
