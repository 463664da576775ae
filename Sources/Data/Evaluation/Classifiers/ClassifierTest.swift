// The classifier two-sample test: how well a classifier tells generated events from real ones that it has not seen.
internal import CKernels
internal import Numerics

/// What separates the samples.
package enum TwoSampleClassifier: Sendable, Equatable {
  /// Gradient-boosted trees.
  case trees(TreeOptions)
  /// Logistic regression on standardised columns, the baseline that sees means alone.
  case linear(ridge: Double)

  /// By how much cross-fitting widens the null distribution, as a factor of the variance.
  /// - Parameter correlation: of the weights that judge with those that train.
  func nullFactor(correlation: Double) -> Double {
    switch self {
    case .trees: 1.4
    case .linear: 1 + correlation * correlation
    }
  }
}

/// How the weights entered.
package enum WeightUse: String, Sendable {
  /// All equal: unit weights.
  case unit
  /// Not negative: as they are.
  case positive
  /// Signed: the classifier learns from probability weights E[w | x]; the AUC takes the signed weights themselves, for
  /// which it is defined.
  case probability
}

package struct ClassifierTestOptions: Sendable {
  package var classifier = TwoSampleClassifier.trees(.twoSampleTest)
  package var folds = 5
  /// Trees of a fold are as many as serve a fifth of its training part that was kept back, found within so many stages
  /// of the best; nil grows all trees.
  package var patience: Int? = 20
  /// The columns that the classifier sees; nil for all.
  package var columns: [Int]?
  /// The rows that take part; nil for all.
  package var realRows: [Bool]?
  package var generatedRows: [Bool]?
  /// True where generated row r * (real rows) + i was made for the conditions of real event i: both are then in the same
  /// fold, and errors count them as one event.
  package var paired = false

  package init() {}
}

/// The outcome of a two-sample test.
package struct ClassifierTest: Sendable {
  /// The area under the curve of the out-of-fold scores, real events positive: 0.5 for equal samples. Not clipped.
  package let area: Estimate
  /// The standard deviation of the area when both samples follow one law.
  package let nullWidth: Double
  /// erfc(|area - 0.5| / (sqrt(2) nullWidth)), two-sided.
  package let pValue: Double
  package let weightUse: WeightUse
  /// At most ten columns by decreasing share of the gain over all folds; `feature` is a column of the samples. Empty for
  /// a linear classifier.
  package let mostUsed: [FeatureImportance]
  /// Out-of-fold margins (log odds of being real) of the rows that took part, ascending rows.
  package let realScores: [Double]
  package let generatedScores: [Double]
}

/// C2ST: the area under the curve of a cross-fitted classifier on pooled columns.
///
///     score of an event: the margin of the classifier trained on the other K - 1 folds
///     null width: sqrt((n + m + 1) / (12 n m) (1 - sum t^3) f), n, m effective sizes, t the parts at ties
///
/// The first factor is the variance of a given score's area, the second its reduction by ties. The third comes with
/// cross-fitting: every pair of events in different folds enters twice, once with either as the judge of the other. Where
/// the score is linear in the training events both terms are equal and f = 1 + c^2, c the correlation of the weights
/// that judge with those that train (1 unless they are probability weights). For trees f = 1.4: 1.37 was measured as the
/// mean of 14 settings (300 to 8000 events, 1 to 9 columns, 2 and 5 folds; 1.14 to 1.66), 1.55 with signed weights. Where
/// rows are paired, the error for fixed scores replaces the first two factors.
///
/// The error knows that other events would have taught other classifiers: the variance for fixed scores, from the
/// influences of all events, and what learning adds. Two halves of both samples, each with classifiers of its own, have areas
/// that differ by (t_1 - t_2)^2/4 = var, whatever the cause of an error that falls as 1/sqrt(n), and by (f_1 - f_2)^2/4 for
/// the scores of the whole; the mean over two divisions of the difference of both is added, unless it is negative.
///
/// Source: D. Lopez-Paz, M. Oquab, arXiv:1610.06545; the area in place of the accuracy: physics.md 5.2. Folds are
/// stratified and a function of (seed, row). In every training part both classes have the same total weight, the mean of
/// their effective sizes. Columns are binned once over both samples, which uses no label. With signed weights the
/// classifier learns from probability weights that trees inside the training part regress (two folds), so that no event
/// reaches its own score; see ``WeightUse``. O(folds * trees * depth * rows * columns); the same bits at any number of
/// threads.
/// - Throws: ``EvaluationError`` when a sample is not measurable, has fewer than 2 rows a fold, a column or mask does not
///   fit, or an option is out of range.
package func classifierTest(
  _ real: WeightedPoints, _ generated: WeightedPoints, options: ClassifierTestOptions = ClassifierTestOptions(),
  seed: UInt64, threads: Int? = nil
) throws -> ClassifierTest {
  let sample = try TwoSamples(real, generated, options, seed: seed)
  let fit = try sample.crossFit(options, seed: seed, threads: threads)
  let scores = fit.scores
  let area = try sample.area(scores)
  let errorForFixedScores = sample.uncertainty(area)
  let (n, m) = (sample.realSums.effectiveSize, sample.generatedSums.effectiveSize)
  let width =
    options.paired ? errorForFixedScores : ((n + m + 1) / (12 * n * m) * sample.untied(scores)).squareRoot()
  let nullWidth = width * options.classifier.nullFactor(correlation: fit.correlation).squareRoot()
  let error = fit.addedVariance.map { (errorForFixedScores * errorForFixedScores + $0).squareRoot() }
  let distance = (area.area - 0.5).magnitude
  return ClassifierTest(
    area: Estimate(
      try finite(area.area, "the area under the curve"),
      uncertainty: error), nullWidth: nullWidth,
    pValue: distance == 0 || nullWidth == 0
      ? (distance == 0 ? 1 : 0) : fs_erfc(distance / (nullWidth * 2.0.squareRoot())), weightUse: sample.weightUse,
    mostUsed: mostUsed(fit.importances, columns: options.columns),
    realScores: Array(scores.prefix(sample.realCount)), generatedScores: Array(scores.suffix(sample.generatedCount)))
}

/// The pooled rows that take part, real ones first.
private struct TwoSamples {
  let columns: [[Double]]
  let weights: [Double]
  let realCount: Int
  let realSums: WeightSums
  let generatedSums: WeightSums
  let weightUse: WeightUse
  let fold: [Int]
  /// True for a fifth of the rows, which choose the number of trees where they are in the training part.
  let choosing: [Bool]
  /// The half of each row, in each of several divisions.
  let halves: [[Int]]
  /// The real event that each row belongs to; nil where rows are not paired.
  let event: [Int]?

  var generatedCount: Int { weights.count - realCount }

  init(_ real: WeightedPoints, _ generated: WeightedPoints, _ options: ClassifierTestOptions, seed: UInt64) throws {
    try checkFolds(options.folds)
    let (realRows, generatedRows) = (
      try selected(options.realRows, real.weights.count, "the real sample"),
      try selected(options.generatedRows, generated.weights.count, "the generated sample")
    )
    guard real.columns.count == generated.columns.count else {
      throw EvaluationError.lengthMismatch(
        "the generated sample's list of columns", count: generated.columns.count, expected: real.columns.count)
    }
    if let columns = options.columns {
      guard !columns.isEmpty, columns.allSatisfy(real.columns.indices.contains) else {
        throw EvaluationError.badOption("a chosen column does not exist: choose among 0 ... \(real.columns.count - 1)")
      }
    }
    // Lengths are checked before rows are taken.
    _ = try real.columns(options.columns).checked("the real sample")
    _ = try generated.columns(options.columns).checked("the generated sample")
    let x = real.columns(options.columns).rows(realRows)
    let y = generated.columns(options.columns).rows(generatedRows)
    realSums = try x.checked("the real sample")
    generatedSums = try y.checked("the generated sample")
    realCount = realRows.count
    guard min(realRows.count, generatedRows.count) >= 2 * options.folds else {
      throw EvaluationError.undefined(
        measure: "the classifier test",
        reason:
          "\(min(realRows.count, generatedRows.count)) rows are fewer than two for each of \(options.folds) folds",
        alternative: "fewer folds or the energy distance")
    }
    columns = zip(x.columns, y.columns).map { $0 + $1 }
    weights = x.weights + y.weights
    weightUse = Self.use(x.weights, y.weights)
    if options.paired, generated.weights.count % real.weights.count != 0 {
      throw EvaluationError.badOption(
        "\(generated.weights.count) generated rows are no multiple of \(real.weights.count) real ones: pair no events")
    }
    let event = options.paired ? realRows + generatedRows.map { $0 % real.weights.count } : nil
    self.event = event
    /// The part of each row, of `parts`; rows of one event are in one part.
    func division(_ parts: Int, _ stream: UInt32) -> [Int] {
      let own = foldOfEachRow(realRows.count, folds: parts, seed: seed, stream: stream)
      guard let event else {
        return own + foldOfEachRow(generatedRows.count, folds: parts, seed: seed, stream: stream + 1)
      }
      // Divided among the real events that take part, so that the parts are even.
      var ofEvent = foldOfEachRow(real.weights.count, folds: parts, seed: seed, stream: stream + 1)
      for (place, row) in realRows.enumerated() { ofEvent[row] = own[place] }
      return event.map { ofEvent[$0] }
    }
    fold = division(options.folds, FoldStream.classifierTest)
    choosing = division(5, FoldStream.classifierTest + 2).map { $0 == 0 }
    halves = [4, 6].map { division(2, FoldStream.classifierTest + $0) }
  }

  private static func use(_ real: [Double], _ generated: [Double]) -> WeightUse {
    if real.contains(where: { $0 < 0 }) || generated.contains(where: { $0 < 0 }) { return .probability }
    let equal = real.allSatisfy { $0 == real[0] } && generated.allSatisfy { $0 == generated[0] }
    return equal ? .unit : .positive
  }

  /// What the classifiers of all folds say.
  struct CrossFit {
    /// Margins of each row by a classifier that has not seen its fold.
    let scores: [Double]
    let importances: [FeatureImportance]
    /// Of the weights that judge with those that train.
    let correlation: Double
    /// The variance of the area beyond that for fixed scores; nil where a half has no area.
    let addedVariance: Double?
  }

  func crossFit(_ options: ClassifierTestOptions, seed: UInt64, threads: Int?) throws -> CrossFit {
    let labels = weights.indices.map { $0 < realCount ? 1.0 : 0.0 }
    let features = try BinnedColumns(columns, threads: threads)
    let all = Array(weights.indices)
    let halves = halves.flatMap { half in [0, 1].map { side in all.filter { half[$0] == side } } }
    let samples = [all] + halves
    // Small fits keep one core busy each; large ones use all cores for one fit.
    let together = weights.count < 32768
    let parts = mapChunks(samples.count * options.folds, threads: together ? threads : 1) { part in
      Result {
        try fitted(
          options, features, labels, samples[part / options.folds], without: part % options.folds, seed: seed,
          threads: together ? 1 : threads)
      }
    }
    func scores(_ sample: Int) throws -> [Double] {
      var scores = [Double](repeating: 0, count: weights.count)
      for part in parts[sample * options.folds..<(sample + 1) * options.folds] {
        let fit = try part.get()
        for (row, margin) in zip(fit.rows, fit.margins) { scores[row] = margin }
      }
      return scores
    }
    let whole = try scores(0)
    let areas = try? halves.indices.map { half in
      (
        fixed: try area(whole, rows: halves[half]).area, learnt: try area(scores(half + 1), rows: halves[half]).area
      )
    }
    let fits = try parts.prefix(options.folds).map { try $0.get() }
    let importances = fits.dropFirst().reduce(fits[0].importances) { sum, fit in
      zip(sum, fit.importances).map { $0 + $1 }
    }
    return CrossFit(
      scores: whole, importances: importances,
      correlation: compensatedSum(fits.count) { fits[$0].correlation } / Double(fits.count),
      addedVariance: areas.map { areas in
        let divisions = stride(from: 0, to: areas.count, by: 2).map { Array(areas[$0..<$0 + 2]) }
        return max(
          0,
          divisions.reduce(0) { sum, pair in
            sum + (GroupJackknife.variance(pair.map(\.learnt)) - GroupJackknife.variance(pair.map(\.fixed)))
              / Double(divisions.count)
          })
      })
  }

  /// The area of some scores, shape [all rows], real events positive.
  /// - Parameter rows: ascending; nil for all.
  func area(_ scores: [Double], rows: [Int]? = nil) throws -> AreaUnderCurve {
    let rows = rows ?? Array(weights.indices)
    let divide = rows.firstIndex { $0 >= realCount } ?? rows.count
    let columns = [rows[..<divide], rows[divide...]].map { rows in
      WeightedColumn(values: rows.map { scores[$0] }, weights: rows.map { weights[$0] })
    }
    return try areaUnderCurve(positive: columns[0], negative: columns[1])
  }

  /// What one training part gives.
  private struct Fit {
    /// The rows of the fold left out, and their margins.
    let rows: [Int]
    let margins: [Double]
    let importances: [FeatureImportance]
    /// sum w u / sqrt(sum w^2 sum u^2) of the weights w and those of the training u, the mean of both classes.
    let correlation: Double
  }

  private func fitted(
    _ options: ClassifierTestOptions, _ features: BinnedColumns, _ labels: [Double], _ rows: [Int], without part: Int,
    seed: UInt64, threads: Int?
  ) throws -> Fit {
    let training = rows.filter { fold[$0] != part }
    let testing = rows.filter { fold[$0] == part }
    let balanced = try trainingWeights(features, training, seed: seed, threads: threads)
    let correlation = [training.filter { $0 < realCount }, training.filter { $0 >= realCount }].map { rows in
      let mixed = compensatedSum(rows.count) { weights[rows[$0]] * balanced[rows[$0]] }
      let squares = (WeightSums(rows.map { weights[$0] }), WeightSums(rows.map { balanced[$0] }))
      return mixed / (squares.0.sumOfSquares.squareRoot() * squares.1.sumOfSquares.squareRoot())
    }
    switch options.classifier {
    case .trees(var settings):
      if let patience = options.patience {
        settings.trees = try BoostedTrees.bestStages(
          features, rows: training.filter { !choosing[$0] }, validation: training.filter { choosing[$0] },
          targets: labels, weights: balanced, options: settings, patience: patience, threads: threads)
      }
      let trees = try BoostedTrees.fit(
        features, rows: training, targets: labels, weights: balanced, objective: .logistic, options: settings,
        threads: threads)
      return Fit(
        rows: testing, margins: trees.margins(features, rows: testing, threads: threads),
        importances: trees.importances, correlation: (correlation[0] + correlation[1]) / 2)
    case .linear(let ridge):
      let linear = try LinearClassifier.fit(
        columns, rows: training, labels: labels.map { Int($0) }, weights: balanced, classes: 2, ridge: ridge)
      let margins = linear.margins(columns, rows: testing)
      return Fit(
        rows: testing, margins: testing.indices.map { margins[2 * $0 + 1] }, importances: [],
        correlation: (correlation[0] + correlation[1]) / 2)
    }
  }

  /// Positive weights with equal sums of both classes over the training rows, shape [all rows].
  private func trainingWeights(
    _ features: BinnedColumns, _ training: [Int], seed: UInt64, threads: Int?
  ) throws -> [Double] {
    var result = [Double](repeating: 0, count: weights.count)
    let classes = [training.filter { $0 < realCount }, training.filter { $0 >= realCount }]
    for rows in classes {
      if rows.contains(where: { weights[$0] < 0 }) {
        let largest = rows.reduce(0) { max($0, weights[$1]) }
        let answers = try regressedWeights(
          features, rows: rows, weights: weights, range: 0...largest, folds: 2, options: .weightRegression,
          seed: seed, threads: threads)
        for (row, answer) in zip(rows, answers) { result[row] = answer }
      } else {
        for row in rows { result[row] = weights[row] }
      }
    }
    let sums = try classes.map { rows in
      let sums = WeightSums(rows.map { result[$0] })
      guard sums.sum > 0 else { throw EvaluationError.weightSumNotPositive("a training part", sum: sums.sum) }
      return sums
    }
    let size = (sums[0].effectiveSize + sums[1].effectiveSize) / 2
    for (rows, sum) in zip(classes, sums) { for row in rows { result[row] *= size / sum.sum } }
    return result
  }

  /// 1 - sum over ties of t^3, t the part of all weights at the tie: ties narrow the distribution of the area. Both
  /// samples count half, by the size of their weights.
  func untied(_ scores: [Double]) -> Double {
    let sizes = (
      weights.prefix(realCount).reduce(0) { $0 + $1.magnitude },
      weights.suffix(generatedCount).reduce(0) { $0 + $1.magnitude }
    )
    var cubes = CompensatedSum()
    var (tie, last) = (0.0, -Double.infinity)
    for row in ascendingRows(scores) {
      if scores[row] != last { cubes.add(tie * tie * tie) }
      tie = scores[row] == last ? tie : 0
      tie += weights[row].magnitude / (2 * (row < realCount ? sizes.0 : sizes.1))
      last = scores[row]
    }
    cubes.add(tie * tie * tie)
    return max(0, 1 - cubes.value)
  }

  /// The error of the area; paired rows count as one contribution.
  func uncertainty(_ area: AreaUnderCurve) -> Double {
    guard let event else { return area.uncertainty }
    var contributions = [Double](repeating: 0, count: (event.max() ?? 0) + 1)
    for row in weights.indices {
      let isReal = row < realCount
      let influence = isReal ? area.positiveInfluences[row] : area.negativeInfluences[row - realCount]
      let sum = isReal ? realSums.sum : generatedSums.sum
      contributions[event[row]] += weights[row] / sum * (influence - area.area)
    }
    return compensatedSum(contributions.count) { contributions[$0] * contributions[$0] }.squareRoot()
  }
}

/// - Throws: ``EvaluationError/lengthMismatch(_:count:expected:)``.
private func selected(_ mask: [Bool]?, _ rows: Int, _ name: String) throws -> [Int] {
  guard let mask else { return Array(0..<rows) }
  guard mask.count == rows else {
    throw EvaluationError.lengthMismatch("the row mask of \(name)", count: mask.count, expected: rows)
  }
  return mask.indices.filter { mask[$0] }
}

private func + (_ first: FeatureImportance, _ second: FeatureImportance) -> FeatureImportance {
  FeatureImportance(
    feature: first.feature, gain: first.gain + second.gain, cover: first.cover + second.cover,
    splits: first.splits + second.splits)
}

/// The ten largest gains, equal ones in the order of the columns.
private func mostUsed(_ importances: [FeatureImportance], columns: [Int]?) -> [FeatureImportance] {
  let ordered = importances.sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.feature < $1.feature }
  return ordered.prefix(10).map {
    FeatureImportance(
      feature: columns?[$0.feature] ?? $0.feature, gain: $0.gain, cover: $0.cover, splits: $0.splits)
  }
}
