// Efficiency over momentum: the reference curve, closed forms, the error of the difference, masks.
import Evaluation
import ReferenceCases
import Testing

/// Tracks whose chance to pass depends on a hidden condition that real and generated scores share, with signed weights.
private func pseudoExperiment(_ random: inout RandomSample, replicas: Int) -> AUCClass {
  let conditions = random.normals(400, width: 0.8)
  return AUCClass(
    real: conditions.map { $0 + random.normal() },
    generated: (0..<replicas).flatMap { _ in conditions.map { $0 + random.normal() } }, replicas: replicas,
    weights: random.signedWeights(400), momentum: conditions.map { _ in 10 })
}

@Suite(.timeLimit(.minutes(20))) struct EfficiencyCurveTests {
  @Test func theCurveAgreesWithTheReference() throws {
    let reference = try ReferenceCase("auc_map")
    let kaons = try reference.columns(of: "K.npy")
    let tracks = AUCClass(real: kaons[2], generated: kaons[4], weights: kaons[3], momentum: kaons[0])
    let edges: [Double] = try reference.setting("efficiency_p_edges")
    let curve = try EfficiencyCurve(of: tracks, above: 5, momentumEdges: edges)
    #expect(try reference.mismatch("kaon_efficiency_DLLk>5", curve.bins.map { $0.real?.value ?? -1 }) == nil)
    #expect(try reference.mismatch("kaon_efficiency_error", curve.bins.map { $0.real?.uncertainty ?? -1 }) == nil)
    let generated = try efficiencies(
      WeightedColumn(values: kaons[4], weights: kaons[3]), above: 5, condition: kaons[0], edges: edges)
    for (bin, expected) in zip(curve.bins, generated) {
      let (found, expected) = (try #require(bin.generated), try #require(expected))
      #expect(abs(found.value - expected.value) < 1e-12 && abs(found.uncertainty - expected.uncertainty) < 1e-12)
      #expect(abs(try #require(bin.difference).value - (found.value - (try #require(bin.real).value))) < 1e-12)
    }
  }

  @Test func unitWeightsGiveBinomialErrorsAndNames() throws {
    // 60 of 100 real and 70 of 100 generated tracks pass; 50 pass in both: 20 gain and 10 lose the decision.
    let real = (0..<100).map { $0 < 60 ? 1.0 : 0 }
    let generated = (0..<100).map { $0 < 50 || $0 >= 80 ? 1.0 : 0 }
    let ones = [Double](repeating: 1, count: 100)
    let tracks = AUCClass(real: real, generated: generated, weights: ones, momentum: ones.map { 7 * $0 })
    let curve = try EfficiencyCurve(of: tracks, above: 0, momentumEdges: [5, 9.3, 20])
    let bin = curve.bins[0]
    #expect(abs(try #require(bin.real).value - 0.6) < 1e-15)
    #expect(abs(try #require(bin.real).uncertainty - (0.6 * 0.4 / 100).squareRoot()) < 1e-15)
    #expect(abs(try #require(bin.difference).value - 0.1) < 1e-15)
    #expect(abs(try #require(bin.difference).uncertainty - ((0.3 - 0.01) / 100).squareRoot()) < 1e-15)
    #expect(!bin.masked && curve.whole.real == bin.real)
    #expect(curve.bins[1].mask == .weightSum && curve.bins[1].real == nil)
    let measures = curve.measures("efficiency.K.RichDLLk")
    #expect(
      measures.map(\.bin) == ["P 5-9.3", "P 5-9.3", "P 5-9.3", "P 9.3-20", "P 9.3-20", "P 9.3-20", nil, nil, nil])
    #expect(measures[1].name == "efficiency.K.RichDLLk.generated" && measures[1].value == 0.7)
    #expect(measures[3].masked && measures[3].uncertainty == nil && measures[3].reason != nil)
    // The cut itself does not pass.
    #expect(try EfficiencyCurve(of: tracks, above: 1, momentumEdges: [5, 20]).whole.real?.value == 0)
  }

  @Test(arguments: [1, 5]) func theErrorOfTheDifferenceHoldsItsShare(replicas: Int) throws {
    var random = RandomSample(seed: 31)
    var pulls: [Double] = []
    for _ in 0..<300 {
      let curve = try EfficiencyCurve(
        of: pseudoExperiment(&random, replicas: replicas), above: 0.3, momentumEdges: [2, 100])
      let difference = try #require(curve.whole.difference)
      pulls.append(difference.value / difference.uncertainty)
    }
    let share = Double(pulls.count { $0.magnitude < 1 }) / Double(pulls.count)
    #expect((0.6...0.75).contains(share), "\(share)")
    let width = try #require(weightedMoments(WeightedColumn(values: pulls)).width)
    #expect((0.9...1.1).contains(width), "\(width)")
  }

  @Test func copiesOfAReplicaAreNoNewInformation() throws {
    var random = RandomSample(seed: 3)
    let one = pseudoExperiment(&random, replicas: 1)
    let copies = AUCClass(
      real: one.real, generated: (0..<4).flatMap { _ in one.generated ?? [] }, replicas: 4, weights: one.weights,
      momentum: one.momentum)
    #expect(
      try EfficiencyCurve(of: copies, above: 0, momentumEdges: [2, 100])
        == EfficiencyCurve(of: one, above: 0, momentumEdges: [2, 100]))
  }

  @Test func malformedTracksAreRefused() throws {
    var random = RandomSample(seed: 4)
    let tracks = pseudoExperiment(&random, replicas: 1)
    #expect(throws: EvaluationError.badEdges("the momentum edges")) {
      try EfficiencyCurve(of: tracks, above: 0, momentumEdges: [5])
    }
    #expect(throws: EvaluationError.self) { try EfficiencyCurve(of: tracks, above: .nan, momentumEdges: [2, 5]) }
    let broken = AUCClass(real: [1, .nan], generated: nil, weights: [1, 1], momentum: [3, 3])
    #expect(throws: EvaluationError.self) { try EfficiencyCurve(of: broken, above: 0, momentumEdges: [2, 5]) }
    // Weights that cancel have no efficiency, and say so.
    let cancelled = AUCClass(
      real: [1, 2], generated: nil, weights: [1, -1], momentum: [3, 3])
    #expect(try EfficiencyCurve(of: cancelled, above: 0, momentumEdges: [2, 5]).bins[0].real == nil)
  }
}
