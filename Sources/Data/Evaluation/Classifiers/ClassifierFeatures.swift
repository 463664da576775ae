// What a classifier sees in an event, as columns for a Fréchet distance.
internal import CKernels
internal import Numerics

/// How a classifier describes an event.
package enum ClassifierFeatures: Sendable, Equatable {
  /// The leaves of `blocks` groups of consecutive boosting stages, summed in each group: coarse structure in the first
  /// columns, fine structure in the last; classes side by side within a group. The counterpart of a last hidden layer.
  case stageMargins(blocks: Int)
  /// The class probabilities, all but the last class, which they determine.
  case probabilities
}

/// Both samples as a classifier of the real events' labels sees them: columns for a Fréchet distance.
///
/// A distance on these columns is like the Fréchet inception distance, with this classifier in place of Inception. It
/// is not comparable with published values, nor with that of another classifier, data set or seed. The trees learn from
/// one half of the real sample (by class, a function of (seed, row)), and the columns are those of the other half and of
/// all generated rows, so that no event is seen by a classifier that knows it.
/// - Parameters:
///   - generated: with the same columns; its labels are not needed.
///   - blocks: 1 ... the number of trees.
/// - Returns: the second half of the real sample, ascending rows, and the generated sample, with their weights.
/// - Throws: ``EvaluationError`` as ``labelMeasures(_:_:classifier:seed:threads:)``.
package func classifierFeatures(
  _ real: LabelledPoints, _ generated: WeightedPoints,
  features: ClassifierFeatures = .stageMargins(blocks: 8), options: TreeOptions = .labelClassifier, seed: UInt64,
  threads: Int? = nil
) throws -> (real: WeightedPoints, generated: WeightedPoints) {
  try real.checked("the real sample")
  _ = try generated.checked("the generated sample")
  guard real.points.columns.count == generated.columns.count else {
    throw EvaluationError.lengthMismatch(
      "the generated sample's list of columns", count: generated.columns.count, expected: real.points.columns.count)
  }
  if case .stageMargins(let blocks) = features, !(1...options.trees).contains(blocks) {
    throw EvaluationError.badOption(
      "the number of blocks is \(blocks): choose 1 to \(options.trees), the number of trees")
  }
  let half = stratifiedFolds(
    labels: real.labels, classes: real.classes, folds: 2, seed: seed, stream: FoldStream.labels)
  let learning = real.rows(half.indices.filter { half[$0] == 0 })
  let shown = real.points.rows(half.indices.filter { half[$0] == 1 })
  guard !learning.labels.isEmpty, !shown.weights.isEmpty else { throw EvaluationError.empty("half of the real sample") }
  let binned = try BinnedColumns(learning.points.columns, threads: threads)
  let trees = try BoostedTrees.fit(
    binned, targets: learning.labels.map(Double.init),
    weights: learning.trainingWeights(seed: seed, threads: threads), objective: .softmax(classes: real.classes),
    options: options, threads: threads)
  func described(_ points: WeightedPoints) throws -> WeightedPoints {
    let rows = try BinnedColumns(points.columns, edges: binned.edges, threads: threads)
    switch features {
    case .stageMargins(let blocks):
      return WeightedPoints(
        columns: trees.stageMargins(rows, blocks: blocks, threads: threads), weights: points.weights)
    case .probabilities:
      let probabilities = trees.probabilities(margins: trees.margins(rows, threads: threads))
      let columns = (0..<real.classes - 1).map { k in
        stride(from: k, to: probabilities.count, by: real.classes).map { probabilities[$0] }
      }
      return WeightedPoints(columns: columns, weights: points.weights)
    }
  }
  return (try described(shown), try described(generated))
}
