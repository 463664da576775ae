// Clusters, the precision-recall curve over them and the number of different bins.
import CKernels
import Evaluation
import ReferenceCases
import Testing

/// Points about the corners of a square.
private func corners(_ random: inout RandomSample, _ count: Int, _ chosen: Int) -> WeightedPoints {
  let places = (0..<count).map { _ in Int(random.uniform() * Double(chosen)) }
  return WeightedPoints(columns: [
    places.map { Double($0 % 2) + 0.05 * random.normal() }, places.map { Double($0 / 2) + 0.05 * random.normal() },
  ])
}

@Suite(.timeLimit(.minutes(20))) struct ClusterTests {
  @Test func theCurveOfDiscreteDistributionsAgreesWithTheReference() throws {
    let reference = try ReferenceCase("prd")
    let curve = try precisionRecallCurve(
      reference: reference.column("ref", of: "discrete.csv"), evaluated: reference.column("eval", of: "discrete.csv"))
    func everyHundredth(_ values: [Double]) -> [Double] { stride(from: 0, through: 1000, by: 100).map { values[$0] } }
    #expect(try reference.mismatch("precision_every100", everyHundredth(curve.precision)) == nil)
    #expect(try reference.mismatch("recall_every100", everyHundredth(curve.recall)) == nil)
    #expect(try reference.mismatch("F8_and_F1over8", curve.largestF(8), curve.largestF(0.125)) == nil)
    #expect(try reference.mismatch("area_under_curve", curve.area) == nil)
  }

  @Test func theCurveOfClusteredPointsIsWithinTheReferenceRange() throws {
    let reference = try ReferenceCase("prd")
    let (real, generated) = (try reference.points("ref.npy"), try reference.points("eval.npy"))
    let found = try clusteredPrecisionRecall(real, generated, replicas: 20)
    #expect(try reference.mismatch("embedding_F8", found.recallLike.value) == nil)
    #expect(try reference.mismatch("embedding_F1over8", found.precisionLike.value) == nil)
  }

  @Test func precisionAndRecallAreOneForEqualHistogramsAndZeroForDisjointOnes() throws {
    let equal = try precisionRecallCurve(reference: [0.25, 0.75], evaluated: [0.25, 0.75])
    #expect((equal.largestF(8) - 1).magnitude < 1e-9 && (equal.largestF(0.125) - 1).magnitude < 1e-9)
    #expect((equal.area - 1).magnitude < 1e-9)
    let disjoint = try precisionRecallCurve(reference: [1, 0], evaluated: [0, 1])
    #expect(disjoint.largestF(8) == 0 && disjoint.area == 0)
    // Half of the reference is missing: recall reaches 1/2, precision 1, as closed forms have it.
    let half = try precisionRecallCurve(reference: [0.5, 0.5], evaluated: [1, 0])
    #expect((half.largestF(8) - 65 * 0.5 / 64.5).magnitude < 1e-3)
    #expect(throws: EvaluationError.self) { try precisionRecallCurve(reference: [0.5, 0.4], evaluated: [1, 0]) }
    #expect(throws: EvaluationError.self) { try precisionRecallCurve(reference: [1.5, -0.5], evaluated: [1, 0]) }
    #expect(throws: EvaluationError.self) { try precisionRecallCurve(reference: [1], evaluated: [1, 0]) }
  }

  @Test func kMeansFindsSeparateGroups() throws {
    var random = RandomSample(seed: 41)
    let points = PointRows(corners(&random, 400, 4))
    let found = try kMeans(points, clusters: 4, seed: 1, threads: 1)
    #expect(found.inertia < 400 * 2 * 0.05 * 0.05 * 1.3)
    // Every point belongs to the nearest centre, and every centre is the mean of its points.
    for row in 0..<400 {
      let squares = (0..<4).map { centre in
        zip(points[row], found.centres[centre]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      #expect(squares.firstIndex(of: squares.min() ?? 0) == Int(found.owners[row]))
    }
    for threads in [2, 5] {
      let again = try kMeans(points, clusters: 4, seed: 1, threads: threads)
      #expect(again.centres.values == found.centres.values && again.owners == found.owners)
    }
  }

  @Test func moreClustersThanDistinctPointsLeaveClustersEmpty() throws {
    let points = PointRows(WeightedPoints(columns: [(0..<60).map { Double($0 % 3) }]))
    let found = try kMeans(points, clusters: 10, seed: 1, threads: nil)
    #expect(found.inertia == 0 && Set(found.owners).count == 3)
    #expect(throws: EvaluationError.self) { try kMeans(points, clusters: 61, seed: 1, threads: nil) }
    #expect(throws: EvaluationError.self) { try kMeans(points, clusters: 0, seed: 1, threads: nil) }
  }

  @Test func weightsOfTheCurveAreThoseOfRepeatedRows() throws {
    var random = RandomSample(seed: 42)
    let real = corners(&random, 300, 4)
    var generated = corners(&random, 300, 4)
    // Only the first two corners have weight.
    generated = WeightedPoints(columns: generated.columns, weights: generated.columns[1].map { $0 < 0.5 ? 2 : 0 })
    let options = KMeansOptions(restarts: 5)
    let found = try clusteredPrecisionRecall(
      real, generated, clusters: 4, clusterings: 2, options: options, replicas: 0)
    #expect((found.recallLike.value - 0.5).magnitude < 0.06 && found.precisionLike.value > 0.95)
    #expect(found.recallLike.uncertainty == nil)
    let serial = try clusteredPrecisionRecall(
      real, generated, clusters: 4, clusterings: 2, options: options, replicas: 8, threads: 1)
    for threads in [2, 5] {
      #expect(
        try clusteredPrecisionRecall(
          real, generated, clusters: 4, clusterings: 2, options: options, replicas: 8, threads: threads) == serial)
    }
    let signed = WeightedPoints(columns: real.columns, weights: random.signedWeights(300))
    #expect(throws: EvaluationError.self) { try clusteredPrecisionRecall(real, signed) }
  }

  @Test func errorsOfTheClusteredCurveCover() throws {
    var estimates: [[Estimate]] = [[], []]
    for experiment in 0..<200 {
      var random = RandomSample(seed: 11_000 + UInt64(experiment))
      let (x, y) = (random.cloud(150, dimensions: 1), random.cloud(150, dimensions: 1, mean: 1.2, width: 0.8))
      let found = try clusteredPrecisionRecall(
        x, y, clusters: 6, clusterings: 3, angles: 101, options: KMeansOptions(restarts: 3), replicas: 50,
        seed: UInt64(experiment), threads: 1)
      estimates[0].append(found.recallLike)
      estimates[1].append(found.precisionLike)
    }
    for (name, values) in zip(["F8", "F1/8"], estimates) {
      print("seeds 11000 to 11199: the error of \(name) covers", coverage(values))
      #expect((0.57...0.80).contains(coverage(values)), "\(name)")
    }
  }

  @Test func differentBinsAgreeWithTheReference() throws {
    let reference = try ReferenceCase("ndb")
    let centres = try reference.points("centres.npy")
    let found = try differentBins(
      reference.points("train.npy"), reference.points("query.npy"),
      centres: centres.weights.indices.map { centres.row($0) })
    #expect(try reference.mismatch("ndb", Double(found.count)) == nil)
    #expect(try reference.mismatch("ndb_over_k", found.fraction) == nil)
    #expect(try reference.mismatch("js_divergence_nats", found.jensenShannon.value) == nil)
    #expect(try reference.mismatch("train_proportions", found.trainingShares) == nil)
    #expect(try reference.mismatch("query_proportions", found.generatedShares) == nil)
  }

  @Test func aboutOneInTwentyBinsDiffersByChance() throws {
    var (count, bins) = (0, 0)
    for experiment in 0..<40 {
      var random = RandomSample(seed: 12_000 + UInt64(experiment))
      let (x, y) = (random.cloud(1000, dimensions: 2), random.cloud(800, dimensions: 2))
      // Centres of neither sample: those of the sample itself would fit its fluctuations.
      let centres = random.cloud(20, dimensions: 2, width: 1.2)
      let found = try differentBins(x, y, centres: centres.weights.indices.map { centres.row($0) })
      count += found.count
      bins += found.bins
    }
    print("seeds 12000 to 12039: \(count) of \(bins) bins differ")
    #expect((0.02...0.09).contains(Double(count) / Double(bins)))
  }

  @Test func weightsOfDifferentBinsEnterThroughTheEffectiveSize() throws {
    var random = RandomSample(seed: 43)
    let (x, y) = (corners(&random, 300, 4), corners(&random, 300, 3))
    let weights = random.normals(300, mean: 4).map(\.magnitude)
    let weighted = WeightedPoints(columns: y.columns, weights: weights)
    let centres = [[0.0, 0], [1, 0], [0, 1], [1, 1]]
    let found = try differentBins(x, weighted, centres: centres)
    let (sum, squares) = (weights.reduce(0, +), weights.reduce(0) { $0 + $1 * $1 })
    let size = sum * sum / squares
    for bin in 0..<4 {
      let p =
        Double((0..<300).filter { x.columns[0][$0].rounded() + 2 * x.columns[1][$0].rounded() == Double(bin) }.count)
        / 300
      let q =
        (0..<300).filter { y.columns[0][$0].rounded() + 2 * y.columns[1][$0].rounded() == Double(bin) }
        .reduce(0) { $0 + weights[$1] } / sum
      let pooled = (300 * p + size * q) / (300 + size)
      let score = (p - q) / (pooled * (1 - pooled) * (1 / 300 + 1 / size)).squareRoot()
      #expect((found.scores[bin] - score).magnitude < 1e-9)
    }
    #expect(found.count >= 1)
    let negative = WeightedPoints(columns: y.columns, weights: random.signedWeights(300))
    #expect(throws: EvaluationError.self) { try differentBins(x, negative, centres: centres) }
    #expect(throws: EvaluationError.self) { try differentBins(x, y, bins: 7) }
    #expect(throws: EvaluationError.self) { try differentBins(x, y, centres: [[1]]) }
    let clustered = try differentBins(x, y, bins: 4, threads: 1)
    #expect(clustered.count >= 1)
    for threads in [2, 5] { #expect(try differentBins(x, y, bins: 4, threads: threads) == clustered) }
  }

  @Test func theErrorOfTheDivergenceOfBinsCovers() throws {
    let centres = [[-1.5], [-0.5], [0.5], [1.5]]
    var estimates: [Estimate] = []
    for experiment in 0..<200 {
      var random = RandomSample(seed: 13_000 + UInt64(experiment))
      func weighted(_ points: WeightedPoints) -> WeightedPoints {
        WeightedPoints(columns: points.columns, weights: points.weights.map { _ in 0.2 + random.uniform() })
      }
      let (x, y) = (random.cloud(400, dimensions: 1), random.cloud(300, dimensions: 1, mean: 0.8))
      estimates.append(try differentBins(weighted(x), weighted(y), centres: centres, threads: 1).jensenShannon)
    }
    print("seeds 13000 to 13199: the error of the divergence of bins covers", coverage(estimates))
    #expect((0.57...0.80).contains(coverage(estimates)))
  }
}
