// What a classifier of labels learns from generated events, against one that learns from real events.
internal import CKernels
internal import Numerics

/// Accuracies on real events of classifiers that learnt from real and from generated ones.
package struct LabelMeasures: Sendable {
  /// sum w [predicted = label] / W of the classifier that learnt from real events. Signed weights may take it outside
  /// [0, 1].
  package let realAccuracy: Estimate
  /// The same of the classifier that learnt from generated events: the adversarial accuracy.
  package let generatedAccuracy: Estimate
  /// 100 generated / real: the GAN quality index. Nil where the real accuracy is not positive.
  package let qualityIndex: Estimate?
  /// real - generated accuracy.
  package let gap: Estimate
  /// mean over real events of KL(p_g(y | x) || p_r(y | x)) in nats, probabilities clipped at 1e-6.
  package let divergence: Estimate
  /// Events that each classifier learnt from, in each part.
  package let trainingRows: Int
}

/// Classification performance (GQI), adversarial accuracy and adversarial divergence: measures 12 and 19 of
/// arXiv:1802.03446.
///
///     GQI = 100 acc(learnt from generated, real test events) / acc(learnt from real, real test events)
///     divergence = mean_x sum_y p_g(y | x) ln(p_g(y | x) / p_r(y | x))
///
/// The real sample is divided into two halves by class, a function of (seed, row). Each half is judged by a classifier
/// that learnt from the other half and by one that learnt from as many generated events. Signed weights: learning takes
/// E[w | x, label] (see ``probabilityWeights(_:range:folds:options:seed:threads:)``), regressed among the events that are
/// learnt from; the means over real events take the signed weights. Errors are those of the means over test events, with
/// both classifiers held fixed. O(trees * depth * rows * columns * classes).
/// - Throws: ``EvaluationError`` when a sample is not measurable, has fewer than 20 rows, or labels or columns do not fit.
package func labelMeasures(
  _ real: LabelledPoints, _ generated: LabelledPoints, classifier: LabelClassifier = .trees(.labelClassifier),
  seed: UInt64, threads: Int? = nil
) throws -> LabelMeasures {
  try labelMeasures(real, generated, classifier, fraction: 1, seed: seed, threads: threads)
}

/// Boundary distortion: measure 13 of arXiv:1802.03446 (S. Santurkar et al., arXiv:1711.00970).
///
/// Multi-class linear (softmax) classifiers learn from equally many real and generated events; `gap` is what the
/// generated ones lose in accuracy on real test events, for training sets of growing size.
/// - Parameter fractions: of half the real sample, each in (0, 1].
/// - Returns: one entry a fraction, with the size of the training set in `trainingRows`.
package func boundaryDistortion(
  _ real: LabelledPoints, _ generated: LabelledPoints, fractions: [Double] = [0.125, 0.25, 0.5, 1],
  ridge: Double = 1, seed: UInt64, threads: Int? = nil
) throws -> [LabelMeasures] {
  guard !fractions.isEmpty, fractions.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
    throw EvaluationError.badOption("a fraction of the training set is not in (0, 1]: correct it")
  }
  return try fractions.map {
    try labelMeasures(real, generated, .linear(ridge: ridge), fraction: $0, seed: seed, threads: threads)
  }
}

private func labelMeasures(
  _ real: LabelledPoints, _ generated: LabelledPoints, _ classifier: LabelClassifier, fraction: Double, seed: UInt64,
  threads: Int?
) throws -> LabelMeasures {
  try real.checked("the real sample")
  try generated.checked("the generated sample")
  guard real.points.columns.count == generated.points.columns.count, real.classes == generated.classes else {
    throw EvaluationError.badOption("the samples differ in their columns or classes: give the same to both")
  }
  guard min(real.labels.count, generated.labels.count) >= 20 else {
    throw EvaluationError.undefined(
      measure: "the accuracy of a classifier of labels",
      reason: "\(min(real.labels.count, generated.labels.count)) rows are fewer than 20", alternative: nil)
  }
  let half = stratifiedFolds(
    labels: real.labels, classes: real.classes, folds: 2, seed: seed, stream: FoldStream.labels)
  // Generated rows in a shuffled order, so that any number of them is a fair sample.
  let order = shuffled(generated.labels.count, seed: seed, stream: FoldStream.subset)
  let halves = [0, 1].map { part in half.indices.filter { half[$0] == part } }
  let largest = min(halves[0].count, halves[1].count, generated.labels.count)
  let size = min(largest, max(10, Int((fraction * Double(largest)).rounded())))
  var outcome = Outcome(rows: real.labels.count)
  for part in 0..<2 {
    let (testing, others) = (halves[part], halves[1 - part])
    let chosen = shuffled(others.count, seed: seed, stream: FoldStream.subset + 1).prefix(size).map { others[$0] }
    let test = real.rows(testing)
    let answers = try [real.rows(chosen.sorted()), generated.rows(order.prefix(size).sorted())].map { sample in
      try classifier.probabilities(learning: sample, of: [test.points], seed: seed, threads: threads)[0]
    }
    outcome.add(testing, test.labels, real: answers[0], generated: answers[1], classes: real.classes)
  }
  return try outcome.measures(real.points.weights, trainingRows: size)
}

/// Rows in a random order, a function of (seed, stream).
private func shuffled(_ rows: Int, seed: UInt64, stream: UInt32) -> [Int] {
  var order = [Int64](repeating: 0, count: rows)
  fs_permuted_indices(seed, stream, UInt64(rows), 0, Int64(rows), &order)
  return order.map(Int.init)
}

/// What both classifiers say about each real event.
private struct Outcome {
  private var realHits: [Double]
  private var generatedHits: [Double]
  private var divergences: [Double]

  init(rows: Int) {
    realHits = [Double](repeating: 0, count: rows)
    (generatedHits, divergences) = (realHits, realHits)
  }

  mutating func add(_ rows: [Int], _ labels: [Int], real: [Double], generated: [Double], classes: Int) {
    let (byReal, byGenerated) = (mostProbable(real, classes: classes), mostProbable(generated, classes: classes))
    for (place, row) in rows.enumerated() {
      realHits[row] = byReal[place] == labels[place] ? 1 : 0
      generatedHits[row] = byGenerated[place] == labels[place] ? 1 : 0
      divergences[row] = (place * classes..<(place + 1) * classes).reduce(0) { sum, at in
        let (p, q) = (max(generated[at], 1e-6), max(real[at], 1e-6))
        return sum + p * (fs_log(p) - fs_log(q))
      }
    }
  }

  func measures(_ weights: [Double], trainingRows: Int) throws -> LabelMeasures {
    let sum = WeightSums(weights).sum
    func mean(_ values: (Int) -> Double) -> Double {
      compensatedSum(weights.count) { weights[$0] / sum * values($0) }
    }
    /// The error of a function of means whose influence on row i is `influence(i)`.
    func error(_ influence: (Int) -> Double) -> Double {
      sandwichVariance(weights: weights, sum: sum, influence: influence).squareRoot()
    }
    let (r, g) = (mean { realHits[$0] }, mean { generatedHits[$0] })
    let divergence = mean { divergences[$0] }
    let index =
      r > 0
      ? Estimate(
        100 * g / r, uncertainty: 100 * error { (generatedHits[$0] - g) / r - g / r * ((realHits[$0] - r) / r) })
      : nil
    return LabelMeasures(
      realAccuracy: Estimate(r, uncertainty: error { realHits[$0] - r }),
      generatedAccuracy: Estimate(g, uncertainty: error { generatedHits[$0] - g }), qualityIndex: index,
      gap: Estimate(r - g, uncertainty: error { realHits[$0] - generatedHits[$0] - (r - g) }),
      divergence: Estimate(
        try finite(divergence, "the adversarial divergence"), uncertainty: error { divergences[$0] - divergence }),
      trainingRows: trainingRows)
  }
}
