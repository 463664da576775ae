// Scores of class probabilities: the reference, the double loop, identities, errors; occupancy of classes.
import CKernels
import Evaluation
import Numerics
import ReferenceCases
import Testing

private func probabilities(_ file: String) throws -> ClassProbabilities {
  let columns = try ReferenceCase("inception_family").columns(of: file)
  return try ClassProbabilities(columns[0].indices.map { row in columns.map { $0[row] } })
}

/// Rows that are peaked at classes, which are drawn with given shares.
private func randomRows(_ random: inout RandomSample, _ count: Int, classes: Int) -> [[Double]] {
  (0..<count).map { _ in
    let favourite = min(classes - 1, Int(random.uniform() * random.uniform() * Double(classes)))
    let row = (0..<classes).map { fs_exp(random.normal() + ($0 == favourite ? 3 : 0)) }
    let sum = row.reduce(0, +)
    return row.map { $0 / sum }
  }
}

@Suite(.timeLimit(.minutes(20))) struct InceptionFamilyTests {
  @Test func theInceptionFamilyAgreesWithTheReference() throws {
    let reference = try ReferenceCase("inception_family")
    let (generated, training) = (try probabilities("pyx_generated.csv"), try probabilities("pyx_train.csv").marginal)
    #expect(try reference.mismatch("inception_score", inceptionScore(generated).value) == nil)
    #expect(
      try reference.mismatch(
        "modified_inception_score_first200",
        modifiedInceptionScore(ClassProbabilities(Array(generated.rows.prefix(200)))).value) == nil)
    #expect(try reference.mismatch("mode_score", modeScore(generated, training: training).value) == nil)
    #expect(
      try reference.mismatch(
        "mode_score_table_convention", modeScore(generated, training: training, form: .table).value) == nil)
    #expect(
      try reference.mismatch("am_score", activationMaximisationScore(generated, training: training).value) == nil)
  }

  @Test(arguments: [UInt64(1), 2])
  func scoresAgreeWithTheirDefinitions(seed: UInt64) throws {
    print("seed", seed)
    var random = RandomSample(seed: seed)
    let rows = randomRows(&random, 80, classes: 4)
    let weights = rows.map { _ in random.uniform() + 0.1 }
    let generated = try ClassProbabilities(rows, weights: weights)
    let sum = weights.reduce(0, +)
    func divergence(_ p: [Double], _ q: [Double]) -> Double { zip(p, q).reduce(0) { $0 + $1.0 * fs_log($1.0 / $1.1) } }
    let marginal = (0..<4).map { y in zip(rows, weights).reduce(0) { $0 + $1.0[y] * $1.1 } / sum }
    let mean = zip(rows, weights).reduce(0) { $0 + $1.1 * divergence($1.0, marginal) } / sum
    #expect(abs(try inceptionScore(generated).value - fs_exp(mean)) < 1e-12)
    var pairs = 0.0
    for (p, w) in zip(rows, weights) { for (q, v) in zip(rows, weights) { pairs += w * v * divergence(p, q) } }
    #expect(abs(try modifiedInceptionScore(generated).value / fs_exp(pairs / sum / sum) - 1) < 1e-11)
    let training = [0.4, 0.3, 0.2, 0.1]
    // The mode score is the inception score, whatever the training sample.
    #expect(abs(try modeScore(generated, training: training).value - fs_exp(mean)) < 1e-12)
    let repeated = try ClassProbabilities(rows + rows, weights: weights + weights)
    #expect(abs(try inceptionScore(repeated).value - fs_exp(mean)) < 1e-12)
  }

  @Test func scoresReachTheirBounds() throws {
    let classes = 5
    let sharp = (0..<100).map { event in (0..<classes).map { $0 == event % classes ? 1.0 : 0 } }
    #expect(abs(try inceptionScore(ClassProbabilities(sharp)).value - 5) < 1e-12)
    let vague = [[Double]](repeating: [Double](repeating: 0.2, count: classes), count: 100)
    #expect(abs(try inceptionScore(ClassProbabilities(vague)).value - 1) < 1e-12)
    #expect(abs(try modifiedInceptionScore(ClassProbabilities(vague)).value - 1) < 1e-12)
    let uniform = [Double](repeating: 0.2, count: classes)
    #expect(abs(try activationMaximisationScore(ClassProbabilities(sharp), training: uniform).value) < 1e-12)
    #expect(try splitInceptionScore(ClassProbabilities(vague), splits: 10).deviation == 0)
  }

  /// 200 pseudo-experiments; the truth is that of one sample of 60000 events.
  @Test func errorsOfScoresCoverTheTruth() throws {
    let seed: UInt64 = 6
    print("seed", seed)
    var random = RandomSample(seed: seed)
    let training = [0.3, 0.3, 0.25, 0.15]
    typealias Score = (ClassProbabilities) throws -> Estimate
    let scores: [(String, Score)] = [
      ("inception-score", { try inceptionScore($0) }), ("modified-inception-score", { try modifiedInceptionScore($0) }),
      ("mode-score", { try modeScore($0, training: training) }),
      ("mode-score-table", { try modeScore($0, training: training, form: .table) }),
      ("am-score", { try activationMaximisationScore($0, training: training) }),
    ]
    let all = try ClassProbabilities(randomRows(&random, 60000, classes: 4))
    let truths = try scores.map { try $0.1(all).value }
    var covered = [Int](repeating: 0, count: scores.count)
    for _ in 0..<200 {
      let rows = randomRows(&random, 500, classes: 4)
      let sample = try ClassProbabilities(rows, weights: rows.map { _ in random.uniform() })
      for (index, score) in scores.enumerated() {
        let estimate = try score.1(sample)
        if abs(estimate.value - truths[index]) <= (try #require(estimate.uncertainty)) { covered[index] += 1 }
      }
    }
    for (index, score) in scores.enumerated() {
      print(score.0, "coverage", Double(covered[index]) / 200)
      #expect((120...150).contains(covered[index]), "\(score.0)")
    }
  }

  @Test func probabilitiesThatAreNoneAreRefused() throws {
    let row = [0.5, 0.5]
    let good = [[Double]](repeating: row, count: 10)
    for bad in [
      [], [row], good + [[0.5]], good + [[.nan, 1]], good + [[-0.5, 1.5]], good + [[2, 2]], good.map { _ in [] },
    ] {
      #expect(throws: EvaluationError.self) { try ClassProbabilities(bad) }
    }
    for weights in [[1], good.map { _ in 0 }, [-1] + good.dropFirst().map { _ in 1 }, good.map { _ in .nan }] {
      #expect(throws: EvaluationError.self) { try ClassProbabilities(good, weights: weights) }
    }
    let sample = try ClassProbabilities(good)
    for training in [[], [1], [0, 0], [-1, 2], [.infinity, 1], [1, 0]] {
      #expect(throws: EvaluationError.self) { try modeScore(sample, training: training) }
    }
    let onesided = try ClassProbabilities(good.map { _ in [1, 0] })
    #expect(throws: EvaluationError.self) { try activationMaximisationScore(onesided, training: [0.5, 0.5]) }
    #expect(throws: EvaluationError.self) { try splitInceptionScore(sample, splits: 3) }
    #expect(throws: EvaluationError.self) { try modifiedInceptionScore(onesided, floor: 0) }
    #expect(try modifiedInceptionScore(onesided).value.isFinite)
  }

  @Test func occupancyFindsDroppedClasses() throws {
    let real = (0..<300).map { $0 % 3 }
    let generated = (0..<300).map { $0 % 2 }
    let found = try modeOccupancy(real: real, generated: generated, classes: 4)
    #expect(found.dropped == [2] && found.test.degreesOfFreedom == 2)
    #expect(try #require(found.test.pValue) < 1e-20)
    #expect(abs(found.real[0].value - 1.0 / 3) < 1e-15)
    let error = try #require(found.real[0].uncertainty)
    #expect(abs(error - (2.0 / 9 / 300).squareRoot()) < 1e-15)
    let expected = try histogramChiSquare(
      HistogramContents(contents: [100, 100, 100, 0]), HistogramContents(contents: [150, 150, 0, 0]))
    #expect(found.test == expected)
    var random = RandomSample(seed: 2)
    let signed = try modeOccupancy(
      real: real, realWeights: random.signedWeights(300), generated: real, classes: 3)
    #expect(signed.dropped.isEmpty && (signed.test.pValue ?? 0) > 0.001)
    #expect(throws: EvaluationError.self) { try modeOccupancy(real: [9], generated: real, classes: 3) }
    #expect(throws: EvaluationError.self) { try modeOccupancy(real: real, generated: [], classes: 3) }
    #expect(throws: EvaluationError.self) {
      try modeOccupancy(real: real.map { _ in 0 }, generated: real.map { _ in 0 }, classes: 3)
    }
  }
}
