// A labelled sample, and classifiers of its labels.
internal import Numerics

/// Points with a class each.
package struct LabelledPoints: Sendable {
  package let points: WeightedPoints
  /// 0 ..< classes, shape [rows].
  package let labels: [Int]
  package let classes: Int

  /// - Parameter classes: 2 ... 1000, more than the largest label; both samples of a measure have the same.
  package init(_ points: WeightedPoints, labels: [Int], classes: Int) {
    (self.points, self.labels, self.classes) = (points, labels, classes)
  }

  func checked(_ name: String) throws {
    _ = try points.checked(name)
    guard labels.count == points.weights.count else {
      throw EvaluationError.lengthMismatch("the labels of \(name)", count: labels.count, expected: points.weights.count)
    }
    guard (2...1000).contains(classes) else {
      throw EvaluationError.badOption("\(name) has \(classes) classes: choose 2 to 1000")
    }
    guard labels.allSatisfy({ (0..<classes).contains($0) }) else {
      throw EvaluationError.badOption("a label of \(name) is not one of 0 ... \(classes - 1): correct it")
    }
  }

  func rows(_ rows: [Int]) -> LabelledPoints {
    LabelledPoints(points.rows(rows), labels: rows.map { labels[$0] }, classes: classes)
  }

  /// Weights to learn from: the sample's own, or, where one is negative, the probability weights E[w | x, label],
  /// regressed inside this sample.
  func trainingWeights(seed: UInt64, threads: Int?) throws -> [Double] {
    guard points.weights.contains(where: { $0 < 0 }) else { return points.weights }
    let largest = points.weights.reduce(0, max)
    let columns = points.columns + [labels.map(Double.init)]
    let weights = try regressedWeights(
      BinnedColumns(columns, threads: threads), rows: Array(labels.indices), weights: points.weights,
      range: 0...largest, folds: 2, options: .weightRegression, seed: seed, threads: threads)
    let sum = compensatedSum(weights.count) { weights[$0] }
    guard sum > 0 else { throw EvaluationError.weightSumNotPositive("a labelled training sample", sum: sum) }
    return weights
  }
}

extension TreeOptions {
  /// Settings of classifiers of labels.
  package static let labelClassifier = TreeOptions(trees: 60, depth: 4, learningRate: 0.15, minimumHessian: 5)
}

/// How labels are classified.
package enum LabelClassifier: Sendable, Equatable {
  /// Trees with a softmax.
  case trees(TreeOptions)
  /// Softmax of linear functions of the standardised columns.
  case linear(ridge: Double)

  /// Class probabilities of the points by a classifier that learns from a sample.
  /// - Returns: shape [rows][classes], flat.
  func probabilities(
    learning sample: LabelledPoints, of points: [WeightedPoints], seed: UInt64, threads: Int?
  ) throws -> [[Double]] {
    let weights = try sample.trainingWeights(seed: seed, threads: threads)
    switch self {
    case .trees(let options):
      let features = try BinnedColumns(sample.points.columns, threads: threads)
      let trees = try BoostedTrees.fit(
        features, targets: sample.labels.map(Double.init), weights: weights,
        objective: .softmax(classes: sample.classes), options: options, threads: threads)
      return try points.map { points in
        let binned = try BinnedColumns(points.columns, edges: features.edges, threads: threads)
        return trees.probabilities(margins: trees.margins(binned, threads: threads))
      }
    case .linear(let ridge):
      let linear = try LinearClassifier.fit(
        sample.points.columns, rows: Array(sample.labels.indices), labels: sample.labels, weights: weights,
        classes: sample.classes, ridge: ridge)
      return points.map { points in
        softmax(
          linear.margins(points.columns, rows: Array(points.weights.indices)), classes: sample.classes)
      }
    }
  }
}

/// The class of the largest probability, the first of equal ones, shape [rows].
func mostProbable(_ probabilities: [Double], classes: Int) -> [Int] {
  stride(from: 0, to: probabilities.count, by: classes).map { first in
    var best = 0
    for k in 1..<classes where probabilities[first + k] > probabilities[first + best] { best = k }
    return best
  }
}
