// Classifiers of labels: the quality index, boundary distortion, adversarial divergence, features for distances.
import CKernels
import Evaluation
import Testing

/// Two classes at -d/2 and d/2 in column 0; column 1 is noise.
private func labelled(
  _ random: inout RandomSample, _ rows: Int, distance: Double, classes: Int = 2, signed: Bool = false
) -> LabelledPoints {
  var (columns, labels) = ([[Double]](repeating: [], count: 2), [Int]())
  for row in 0..<rows {
    labels.append(row % classes)
    columns[0].append(random.normal() + distance * (Double(row % classes) - Double(classes - 1) / 2))
    columns[1].append(random.normal())
  }
  let weights = signed ? random.signedWeights(rows) : [Double](repeating: 1, count: rows)
  return LabelledPoints(WeightedPoints(columns: columns, weights: weights), labels: labels, classes: classes)
}

/// The accuracy of the best classifier of two unit normals.
private func best(_ distance: Double) -> Double { 1 - 0.5 * fs_erfc(distance / 2 / 2.0.squareRoot()) }

@Suite(.timeLimit(.minutes(20))) struct LabelMeasuresTests {
  @Test(arguments: [false, true], [LabelClassifier.trees(.labelClassifier), .linear(ridge: 1)])
  func aGoodModelHasTheIndexOfTheRealSample(signed: Bool, classifier: LabelClassifier) throws {
    print("seed 51")
    var random = RandomSample(seed: 51)
    let real = labelled(&random, 2000, distance: 2, signed: signed)
    let generated = labelled(&random, 2000, distance: 2, signed: signed)
    let found = try labelMeasures(real, generated, classifier: classifier, seed: 1)
    #expect(found.trainingRows == 1000)
    let (r, e) = (found.realAccuracy, try #require(found.realAccuracy.uncertainty))
    #expect(abs(r.value - best(2)) < 0.02 + 4 * e)
    let index = try #require(found.qualityIndex)
    #expect(abs(index.value - 100) < 5 * (try #require(index.uncertainty)) + 1)
    #expect(abs(index.value - 100 * found.generatedAccuracy.value / r.value) < 1e-9)
    #expect(abs(found.gap.value - (r.value - found.generatedAccuracy.value)) < 1e-12)
    #expect(found.divergence.value < 0.2)
  }

  @Test func aModelThatSwapsTheClassesIsFound() throws {
    print("seed 52")
    var random = RandomSample(seed: 52)
    let real = labelled(&random, 1000, distance: 3)
    let swapped = labelled(&random, 1200, distance: -3)
    let found = try labelMeasures(real, swapped, seed: 1)
    #expect(abs(found.realAccuracy.value + found.generatedAccuracy.value - 1) < 0.05)
    #expect(found.divergence.value > 1)
    let distortion = try boundaryDistortion(real, swapped, seed: 1)
    #expect(distortion.map(\.trainingRows) == [63, 125, 250, 500])
    #expect(distortion.allSatisfy { $0.gap.value > 0.5 })
    let equal = try boundaryDistortion(real, labelled(&random, 1000, distance: 3), seed: 1)
    #expect(equal.allSatisfy { abs($0.gap.value) < 0.05 })
  }

  @Test func errorsCover() throws {
    print("seeds 3000 ... 3199")
    let results = try (0..<200).map { experiment in
      var random = RandomSample(seed: 3000 + UInt64(experiment))
      let real = labelled(&random, 300, distance: 2, signed: true)
      return try labelMeasures(
        real, labelled(&random, 300, distance: -0.5), classifier: .linear(ridge: 1), seed: UInt64(experiment))
    }
    for (name, estimate) in [
      ("real accuracy", \LabelMeasures.realAccuracy), ("gap", \.gap),
    ] as [(String, KeyPath<LabelMeasures, Estimate>)] {
      let mean = results.reduce(0) { $0 + $1[keyPath: estimate].value } / 200
      let covered = results.count {
        abs($0[keyPath: estimate].value - mean) <= $0[keyPath: estimate].uncertainty ?? 0
      }
      print("\(name): covered \(covered) of 200")
      #expect((120...150).contains(covered))
    }
  }

  @Test func bitsAreTheSameAtAnyThreadCount() throws {
    print("seed 53")
    var random = RandomSample(seed: 53)
    let real = labelled(&random, 900, distance: 2, classes: 3, signed: true)
    let generated = labelled(&random, 800, distance: 1, classes: 3)
    let results = try [1, 2, 5].map { try labelMeasures(real, generated, seed: 2, threads: $0) }
    for result in results.dropFirst() {
      #expect(result.realAccuracy == results[0].realAccuracy)
      #expect(result.divergence == results[0].divergence)
    }
  }

  @Test func featuresHaveTheirShapesAndSeparateDifferentSamples() throws {
    print("seed 54")
    var random = RandomSample(seed: 54)
    let real = labelled(&random, 2000, distance: 2, classes: 3)
    let equal = labelled(&random, 1500, distance: 2, classes: 3).points
    let wide = labelled(&random, 1500, distance: 4, classes: 3).points
    let stages = try classifierFeatures(real, equal, features: .stageMargins(blocks: 4), seed: 1)
    #expect(stages.real.columns.count == 12)
    #expect((999...1001).contains(stages.real.weights.count))
    #expect(stages.generated.weights.count == 1500)
    let (near, far) = (
      try classifierFeatures(real, equal, features: .probabilities, seed: 1),
      try classifierFeatures(real, wide, features: .probabilities, seed: 1)
    )
    #expect(near.real.columns.count == 2)
    #expect(near.real.columns == far.real.columns)
    func mean(_ column: [Double]) -> Double { column.reduce(0, +) / Double(column.count) }
    let spread = near.real.columns[1].map { $0 * (1 - $0) }
    #expect(abs(mean(near.generated.columns[1].map { $0 * (1 - $0) }) - mean(spread)) < 0.02)
    #expect(mean(spread) - mean(far.generated.columns[1].map { $0 * (1 - $0) }) > 0.03)
    #expect(throws: EvaluationError.self) {
      try classifierFeatures(real, equal, features: .stageMargins(blocks: 0), seed: 1)
    }
  }

  @Test func degenerateSamplesGiveAnAnswerOrAnError() throws {
    let points = WeightedPoints(
      columns: [[Double](repeating: 1, count: 40)], weights: [Double](repeating: 1, count: 40))
    let half = LabelledPoints(points, labels: (0..<40).map { $0 % 2 }, classes: 2)
    let constant = try labelMeasures(half, half, seed: 1)
    #expect(constant.divergence.value.isFinite && constant.realAccuracy.value.isFinite)
    // One class only.
    let single = LabelledPoints(points, labels: [Int](repeating: 1, count: 40), classes: 2)
    #expect(try labelMeasures(single, single, seed: 1).realAccuracy.value == 1)
    #expect(try labelMeasures(half, single, classifier: .linear(ridge: 1), seed: 1).realAccuracy.value.isFinite)
    for (labels, classes) in [([Int](repeating: 2, count: 40), 2), ([Int](repeating: 0, count: 39), 2), ([0], 1)] {
      let bad = LabelledPoints(points, labels: labels, classes: classes)
      #expect(throws: EvaluationError.self) { try labelMeasures(bad, half, seed: 1) }
      #expect(throws: EvaluationError.self) { try labelMeasures(half, bad, seed: 1) }
    }
    #expect(throws: EvaluationError.self) { try boundaryDistortion(half, half, fractions: [2], seed: 1) }
  }
}
