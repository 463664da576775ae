// Weights that are probabilities: what signed weights say on average about events like a given one.
internal import Numerics

extension TreeOptions {
  /// Settings for the regression of weights, which are nearly all noise: few, shallow, slow trees with large leaves.
  package static let weightRegression = TreeOptions(trees: 60, depth: 4, learningRate: 0.1, minimumHessian: 30)

  /// Settings of the two-sample test: slower and coarser than xgboost's defaults, which overfit samples that hardly
  /// differ; the number of trees is the largest, see ``ClassifierTestOptions/patience``.
  package static let twoSampleTest = TreeOptions(trees: 300, depth: 3, learningRate: 0.1, minimumHessian: 10)
}

/// E[w | x], the regression of signed weights w on the columns, clipped to [0, 1]: for s-weights the probability that an
/// event is signal.
///
///     wt(x) = clip(E[w | x], 0, 1)
///
/// The weights are positive, and for functions of x they estimate what the signed weights do. An event's value comes
/// from trees (squared loss) that have not seen it. Source: M. Borisyak, N. Kazeev, arXiv:1905.11719. O(folds * trees *
/// depth * rows * columns).
/// - Parameters:
///   - points: columns and weights of any sign.
///   - range: what the result is clipped to; weights that are no s-weights need another one.
/// - Returns: shape [rows].
/// - Throws: ``EvaluationError`` when the sample is not measurable, has fewer than 50 rows, or an option is out of range.
package func probabilityWeights(
  _ points: WeightedPoints, range: ClosedRange<Double> = 0...1, folds: Int = 5,
  options: TreeOptions = .weightRegression, seed: UInt64, threads: Int? = nil
) throws -> [Double] {
  _ = try points.checked("the weighted sample")
  guard points.weights.count >= 50 else {
    throw EvaluationError.undefined(
      measure: "the regression of weights", reason: "\(points.weights.count) rows are fewer than 50", alternative: nil)
  }
  try checkFolds(folds)
  let features = try BinnedColumns(points.columns, threads: threads)
  return try regressedWeights(
    features, rows: Array(points.weights.indices), weights: points.weights, range: range, folds: folds,
    options: options, seed: seed, threads: threads)
}

/// The regression for some rows of a table, by trees that learn from these rows alone.
/// - Returns: shape [rows].
func regressedWeights(
  _ features: BinnedColumns, rows: [Int], weights: [Double], range: ClosedRange<Double>, folds: Int,
  options: TreeOptions, seed: UInt64, threads: Int?
) throws -> [Double] {
  let fold = foldOfEachRow(rows.count, folds: folds, seed: seed, stream: FoldStream.regression)
  var result = [Double](repeating: 0, count: rows.count)
  for part in 0..<folds {
    let places = rows.indices.filter { fold[$0] == part }
    let trees = try BoostedTrees.fit(
      features, rows: rows.indices.filter { fold[$0] != part }.map { rows[$0] }, targets: weights,
      objective: .squared, options: options, threads: threads)
    let answers = trees.margins(features, rows: places.map { rows[$0] }, threads: threads)
    for (place, answer) in zip(places, answers) {
      result[place] = min(max(answer, range.lowerBound), range.upperBound)
    }
  }
  return result
}

/// - Throws: ``EvaluationError/badOption(_:)``.
func checkFolds(_ folds: Int) throws {
  guard (2...100).contains(folds) else {
    throw EvaluationError.badOption("the number of folds is \(folds): choose 2 to 100")
  }
}
