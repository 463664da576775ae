// The AUC map: the reference map, masks, replicas, errors of the difference, determinism.
import Evaluation
import ReferenceCases
import Testing

private func species(_ columns: [[Double]]) -> AUCClass {
  AUCClass(
    real: columns[2], generated: columns[4], weights: columns[3], momentum: columns[0], pseudorapidity: columns[1])
}

/// Signed-weight tracks with momenta over the default bins and generated replicas from the same distribution.
private func toy(
  _ random: inout RandomSample, _ count: Int, mean: Double, replicas: Int = 1, generated: Bool = true
) -> AUCClass {
  AUCClass(
    real: random.normals(count, mean: mean),
    generated: generated ? random.normals(count * replicas, mean: mean) : nil, replicas: replicas,
    weights: random.signedWeights(count), momentum: (0..<count).map { _ in 2 + 148 * random.uniform() })
}

/// The width of the pull of A_gen - A_real over pseudo-experiments in which real and generated tracks are independent
/// but the reference pions enter both areas.
private func pullWidth(_ kind: AUCDifferenceError) throws -> Double {
  var random = RandomSample(seed: 21)
  var pulls: [Double] = []
  let bins = try AUCBins(momentum: [2, 150])
  for _ in 0..<250 {
    let pions = toy(&random, 400, mean: 0, generated: false)
    let kaons = toy(&random, 400, mean: 1)
    let map = try aucMap(positive: kaons, negative: pions, bins: bins, differenceError: kind)
    pulls.append(try #require(map.whole.pull))
  }
  return try #require(weightedMoments(WeightedColumn(values: pulls)).width)
}

@Suite(.timeLimit(.minutes(20))) struct AUCMapTests {
  @Test func theMapAgreesWithTheReference() throws {
    let reference = try ReferenceCase("auc_map")
    let (kaons, pions) = (try reference.columns(of: "K.npy"), try reference.columns(of: "pi.npy"))
    let bins = try AUCBins(momentum: reference.setting("p_edges"), pseudorapidity: reference.setting("eta_edges"))
    let map = try aucMap(positive: species(kaons), negative: species(pions), bins: bins)
    func list(_ value: (AUCCell) -> Double?) -> [Double] { map.cells.map { $0.masked ? -999 : value($0) ?? -999 } }
    #expect(try reference.mismatch("auc_real", list { $0.real?.value }) == nil)
    #expect(try reference.mismatch("err_real", list { $0.real?.uncertainty }) == nil)
    #expect(try reference.mismatch("auc_gen", list { $0.generated?.value }) == nil)
    #expect(try reference.mismatch("err_gen", list { $0.generated?.uncertainty }) == nil)
    #expect(try reference.mismatch("delta_over_sigma", list { $0.pull }) == nil)
    #expect(try reference.mismatch("neff_K", map.cells.map(\.positiveEffectiveSize)) == nil)
    #expect(try reference.mismatch("neff_pi", map.cells.map(\.negativeEffectiveSize)) == nil)
    let pulls = try reference.values("delta_over_sigma").filter { $0 != -999 }
    #expect(map.degreesOfFreedom == pulls.count)
    #expect(map.maskedCount == map.cells.count - pulls.count)
    // The cells' own pulls, each within its tolerance above: what is made of them is exact.
    let found = map.cells.filter { !$0.masked }.compactMap(\.pull)
    let sum = found.map { $0 * $0 }.reduce(0, +)
    #expect(found.count == pulls.count)
    #expect(abs(map.chiSquare - sum) <= 1e-14 * Double(found.count) * sum)
    #expect(map.maxPull == found.map(\.magnitude).max())
  }

  @Test func efficienciesAgreeWithTheReference() throws {
    let reference = try ReferenceCase("auc_map")
    let kaons = try reference.columns(of: "K.npy")
    let sample = WeightedColumn(values: kaons[2], weights: kaons[3])
    let curve = try efficiencies(sample, above: 5, condition: kaons[0], edges: reference.setting("efficiency_p_edges"))
    #expect(try reference.mismatch("kaon_efficiency_DLLk>5", curve.map { $0?.value ?? -1 }) == nil)
    #expect(try reference.mismatch("kaon_efficiency_error", curve.map { $0?.uncertainty ?? -1 }) == nil)
  }

  @Test func cellsThatCannotBeTrustedAreMaskedAndCounted() throws {
    var random = RandomSample(seed: 5)
    let bins = try AUCBins(momentum: [0, 10, 20, 30, 40, 50])
    func species(_ values: [[Double]], _ weights: [[Double]]) -> AUCClass {
      AUCClass(
        real: values.flatMap { $0 }, generated: values.flatMap { $0 }, weights: weights.flatMap { $0 },
        momentum: values.enumerated().flatMap { bin, values in values.map { _ in 10 * Double(bin) + 5 } })
    }
    let ones = [Double](repeating: 1, count: 200)
    let high = species(
      [random.normals(200), random.normals(20), random.normals(200), random.normals(200, mean: 50), []],
      [ones, Array(ones.prefix(20)), ones.map { -$0 }, ones, []])
    let low = species(
      [random.normals(200), random.normals(200), random.normals(200), random.normals(200), random.normals(200)],
      [ones, ones, ones, ones, ones])
    let map = try aucMap(positive: high, negative: low, bins: bins)
    #expect(map.cells.map(\.mask) == [nil, .effectiveSize, .weightSum, .noSpread, .weightSum])
    #expect(map.maskedCount == 4 && map.degreesOfFreedom == 1)
    #expect(map.cells[4].real == nil && map.cells[4].pull == nil)
    let measures = map.measures("auc.K_pi")
    #expect(measures.filter { $0.bin == "P 40-50" }.allSatisfy { $0.masked && $0.value == 0 && $0.uncertainty == nil })
    #expect(measures.first { $0.name == "auc.K_pi.masked" }?.value == 4)
    #expect(measures.allSatisfy { $0.value.isFinite })
  }

  @Test func theLastBinIsClosedAndTheOthersHalfOpen() throws {
    // Momenta at and next to the edges; what falls outside enters the whole sample alone.
    let momentum = [1.9, 2, 4.9, 5, 5, 9.3, 150, 150, 150.1]
    let scores = momentum.map { _ in 0.0 }
    let tracks = AUCClass(real: scores, generated: nil, weights: scores.map { _ in 1 }, momentum: momentum)
    let map = try aucMap(positive: tracks, negative: tracks, bins: AUCBins())
    #expect(map.cells.map(\.positiveEffectiveSize) == [2, 2, 1, 0, 0, 0, 0, 2])
    #expect(map.whole.positiveEffectiveSize == 9)
  }

  @Test func replicasShrinkTheGeneratedErrorByTheirBlocks() throws {
    var random = RandomSample(seed: 8)
    let pions = toy(&random, 4000, mean: 0, generated: false)
    let kaons = toy(&random, 4000, mean: 1)
    // Five copies of the same scores are no new information: nothing may change.
    let copies = AUCClass(
      real: kaons.real, generated: (0..<5).flatMap { _ in kaons.generated ?? [] }, replicas: 5, weights: kaons.weights,
      momentum: kaons.momentum)
    let bins = try AUCBins()
    let one = try aucMap(positive: kaons, negative: pions, bins: bins)
    let five = try aucMap(positive: copies, negative: pions, bins: bins)
    for (a, b) in zip(one.cells + [one.whole], five.cells + [five.whole]) {
      #expect(abs(try #require(a.generated).value - (try #require(b.generated).value)) < 1e-12)
      #expect(abs(try #require(a.generated).uncertainty - (try #require(b.generated).uncertainty)) < 1e-12)
    }
    // Five independent ones are.
    let fresh = AUCClass(
      real: kaons.real, generated: random.normals(20_000, mean: 1), replicas: 5, weights: kaons.weights,
      momentum: kaons.momentum)
    let better = try aucMap(positive: fresh, negative: pions, bins: bins)
    let ratio = try #require(better.whole.generated).uncertainty / (try #require(one.whole.generated)).uncertainty
    #expect(ratio < 0.95)
  }

  @Test func theErrorWithASharedReferenceIsRightAndTheDefaultConservative() throws {
    #expect((0.9...1.1).contains(try pullWidth(.sharedReference)))
    #expect((0.9...1.1).contains(try pullWidth(.paired)))
    #expect(try pullWidth(.independent) < 0.9)
  }

  @Test func theMapIsTheSameAtAnyNumberOfThreads() throws {
    var random = RandomSample(seed: 13)
    let (kaons, pions) = (toy(&random, 5000, mean: 1, replicas: 3), toy(&random, 5000, mean: 0, replicas: 2))
    let bins = try AUCBins()
    let serial = try aucMap(positive: kaons, negative: pions, bins: bins, threads: 1)
    #expect(try aucMap(positive: kaons, negative: pions, bins: bins, threads: 3) == serial)
    #expect(try aucMap(positive: kaons, negative: pions, bins: bins) == serial)
  }

  @Test func malformedMapsAreRefused() throws {
    var random = RandomSample(seed: 1)
    let tracks = toy(&random, 50, mean: 0)
    #expect(throws: EvaluationError.badEdges("the momentum edges")) { try AUCBins(momentum: [1, 1]) }
    #expect(throws: EvaluationError.badEdges("the pseudorapidity edges")) { try AUCBins(pseudorapidity: [2, .nan]) }
    #expect(throws: EvaluationError.self) {
      try aucMap(positive: tracks, negative: tracks, bins: AUCBins(pseudorapidity: [2, 5]))
    }
    let short = AUCClass(real: tracks.real, generated: [1], weights: tracks.weights, momentum: tracks.momentum)
    #expect(throws: EvaluationError.self) { try aucMap(positive: short, negative: tracks, bins: AUCBins()) }
    let none = AUCClass(
      real: tracks.real, generated: [], replicas: 0, weights: tracks.weights, momentum: tracks.momentum)
    #expect(throws: EvaluationError.badReplicas(0)) { try aucMap(positive: none, negative: tracks, bins: AUCBins()) }
  }
}
