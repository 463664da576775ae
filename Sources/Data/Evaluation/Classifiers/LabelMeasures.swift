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
  /// real - generated accuracy; the error is that for these classifiers.
  package let gap: Estimate
  /// mean over real events of KL(p_g(y | x) || p_r(y | x)) in nats, probabilities clipped at 1e-6; the error is that for
  /// these classifiers.
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
/// learnt from; the means over real events take the signed weights. Errors of accuracies and their ratio are those of means
/// over test events, and what learning adds: two halves of both samples, each with classifiers of its own, differ by
/// (t_1 - t_2)^2/4 = var, where an error that falls as 1/sqrt(n) has any cause, and by (f_1 - f_2)^2/4 for these classifiers;
/// the mean over several divisions of the difference of both is added, unless it is negative. nil where a half leaves no
/// classifier. O(divisions * trees * depth * rows * columns * classes).
/// - Parameter divisions: into halves; for 0 errors are those for these classifiers.
/// - Throws: ``EvaluationError`` when a sample is not measurable, has fewer than 20 rows, or labels or columns do not fit.
package func labelMeasures(
  _ real: LabelledPoints, _ generated: LabelledPoints, classifier: LabelClassifier = .trees(.labelClassifier),
  divisions: Int = 6, seed: UInt64, threads: Int? = nil
) throws -> LabelMeasures {
  try labelMeasures(real, generated, classifier, fraction: 1, divisions: divisions, seed: seed, threads: threads)
}

/// Boundary distortion: measure 13 of arXiv:1802.03446 (S. Santurkar et al., arXiv:1711.00970).
///
/// Multi-class linear (softmax) classifiers learn from equally many real and generated events; `gap` is what the
/// generated ones lose in accuracy on real test events, for training sets of growing size. All errors are those for these
/// classifiers.
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
    try labelMeasures(real, generated, .linear(ridge: ridge), fraction: $0, divisions: 0, seed: seed, threads: threads)
  }
}

private func labelMeasures(
  _ real: LabelledPoints, _ generated: LabelledPoints, _ classifier: LabelClassifier, fraction: Double, divisions: Int,
  seed: UInt64, threads: Int?
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
  let learners = halves.map { rows in
    shuffled(rows.count, seed: seed, stream: FoldStream.subset + 1).prefix(size).map { rows[$0] }.sorted()
  }
  let learning = Learning(
    real: real, generated: generated, classifier: classifier, halves: halves, learners: learners,
    generatedLearners: order.prefix(size).sorted(), seed: seed)
  let outcome = try learning.outcome(keeping: { _ in true }, { _ in true }, threads: threads)
  // A division in two is a jackknife of two groups: each half is the sample without the other.
  let jackknife = GroupJackknife(groups: 2, seed: seed)
  let parts = mapChunks(2 * divisions, threads: threads) { part in
    let (ofReal, ofGenerated) = (
      jackknife.groups(of: real.labels.count, sample: part / 2 * 2),
      jackknife.groups(of: generated.labels.count, sample: part / 2 * 2 + 1)
    )
    let learnt = try? learning.outcome(
      keeping: { ofReal[$0] == part % 2 }, { ofGenerated[$0] == part % 2 }, threads: 1)
    return learnt.map { Part(rows: ofReal.indices.filter { ofReal[$0] == part % 2 }, learnt: $0) }
  }
  return try outcome.measures(
    real.points.weights, trainingRows: size, halves: parts.contains { $0 == nil } ? nil : parts.compactMap { $0 })
}

/// One half of the samples.
private struct Part: Sendable {
  /// Of real events.
  let rows: [Int]
  /// What classifiers that learnt from this half say.
  let learnt: Outcome
}

/// Which rows the classifiers learn from and which they judge.
private struct Learning: Sendable {
  let real: LabelledPoints
  let generated: LabelledPoints
  let classifier: LabelClassifier
  /// Each half of the real rows is judged by classifiers that learnt from the other one, and from generated rows.
  let halves: [[Int]]
  /// The rows of each half that are learnt from.
  let learners: [[Int]]
  let generatedLearners: [Int]
  let seed: UInt64

  /// - Parameters:
  ///   - keeps: the real rows that take part.
  ///   - keepsGenerated: likewise of generated rows.
  func outcome(
    keeping keeps: (Int) -> Bool, _ keepsGenerated: (Int) -> Bool, threads: Int?
  ) throws -> Outcome {
    let tests = halves.map { real.rows($0.filter(keeps)) }
    let byGenerated = try classifier.probabilities(
      learning: generated.rows(generatedLearners.filter(keepsGenerated)), of: tests.map(\.points), seed: seed,
      threads: threads)
    var outcome = Outcome(rows: real.labels.count)
    for part in 0..<2 {
      let byReal = try classifier.probabilities(
        learning: real.rows(learners[1 - part].filter(keeps)), of: [tests[part].points], seed: seed, threads: threads)[
          0]
      outcome.add(
        halves[part].filter(keeps), tests[part].labels, real: byReal, generated: byGenerated[part],
        classes: real.classes)
    }
    return outcome
  }
}

/// Rows in a random order, a function of (seed, stream).
private func shuffled(_ rows: Int, seed: UInt64, stream: UInt32) -> [Int] {
  var order = [Int64](repeating: 0, count: rows)
  fs_permuted_indices(seed, stream, UInt64(rows), 0, Int64(rows), &order)
  return order.map(Int.init)
}

private struct Accuracies {
  let real: Double
  let generated: Double
  /// 100 generated/real.
  let ratio: Double
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

  /// The weighted means of the hits over some rows.
  private func accuracies(_ weights: [Double], _ rows: [Int]) -> Accuracies {
    let sum = compensatedSum(rows.count) { weights[rows[$0]] }
    let real = compensatedSum(rows.count) { weights[rows[$0]] * realHits[rows[$0]] } / sum
    let generated = compensatedSum(rows.count) { weights[rows[$0]] * generatedHits[rows[$0]] } / sum
    return Accuracies(real: real, generated: generated, ratio: 100 * generated / real)
  }

  /// - Parameter halves: two of each division; nil where there is no such answer of some half.
  func measures(_ weights: [Double], trainingRows: Int, halves: [Part]?) throws -> LabelMeasures {
    let sum = WeightSums(weights).sum
    func mean(_ values: (Int) -> Double) -> Double {
      compensatedSum(weights.count) { weights[$0] / sum * values($0) }
    }
    /// The variance of a function of means whose influence on row i is `influence(i)`.
    func variance(_ influence: (Int) -> Double) -> Double {
      sandwichVariance(weights: weights, sum: sum, influence: influence)
    }
    let fixed = halves?.map { accuracies(weights, $0.rows) }
    let learnt = halves?.map { $0.learnt.accuracies(weights, $0.rows) }
    /// The error of an accuracy or the ratio, where it exists for every half.
    func error(_ statistic: KeyPath<Accuracies, Double>, _ influence: (Int) -> Double) -> Double? {
      guard let fixed, let learnt else { return nil }
      let added = stride(from: 0, to: fixed.count, by: 2).reduce(0.0) { sum, half in
        func variance(_ parts: [Accuracies]) -> Double {
          GroupJackknife.variance(parts[half..<half + 2].map { $0[keyPath: statistic] })
        }
        return sum + (variance(learnt) - variance(fixed)) / Double(fixed.count / 2)
      }
      let error = (variance(influence) + max(0, added)).squareRoot()
      return error.isFinite ? error : nil
    }
    let (r, g) = (mean { realHits[$0] }, mean { generatedHits[$0] })
    let divergence = mean { divergences[$0] }
    let index =
      r > 0
      ? Estimate(
        100 * g / r,
        uncertainty: error(\.ratio) { 100 * ((generatedHits[$0] - g) / r - g / r * ((realHits[$0] - r) / r)) })
      : nil
    return LabelMeasures(
      realAccuracy: Estimate(r, uncertainty: error(\.real) { realHits[$0] - r }),
      generatedAccuracy: Estimate(g, uncertainty: error(\.generated) { generatedHits[$0] - g }), qualityIndex: index,
      gap: Estimate(
        r - g, uncertainty: variance { realHits[$0] - generatedHits[$0] - (r - g) }.squareRoot()),
      divergence: Estimate(
        try finite(divergence, "the adversarial divergence"),
        uncertainty: variance { divergences[$0] - divergence }.squareRoot()),
      trainingRows: trainingRows)
  }
}
