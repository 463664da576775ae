// Gradient-boosted trees: the model, its margins and what it used.
internal import CKernels
internal import Numerics

/// How much a feature was used, summed over all splits on it.
package struct FeatureImportance: Sendable, Equatable {
  /// The column of the table that the trees learnt from.
  package let feature: Int
  /// The loss that the splits saved.
  package let gain: Double
  /// The second derivatives of the events that the splits parted.
  package let cover: Double
  /// How many splits.
  package let splits: Int
}

/// A sum of trees.
///
/// ```swift
/// let features = try BinnedColumns(columns)
/// let trees = try BoostedTrees.fit(features, targets: labels, objective: .logistic)
/// let margins = trees.margins(features)
/// ```
package struct BoostedTrees: Sendable {
  package let objective: TreeObjective
  /// The margin before the first tree, one an output.
  package let base: [Double]
  /// One a feature, in the order of the columns.
  package let importances: [FeatureImportance]
  /// Margins of the rows that the trees learnt from, shape [rows of the table * outputs]; rows left out hold the base.
  package let learntMargins: [Double]
  /// Shape [stages * outputs].
  let trees: [GrownTree]

  package var stages: Int { trees.count / objective.outputs }

  /// Sums of the leaves that a row reaches, plus the base. O(rows * trees * depth).
  /// - Parameters:
  ///   - features: binned with the edges of the table that the trees learnt from.
  ///   - rows: which rows; nil for all.
  /// - Returns: shape [rows][outputs], flat: log odds, log probabilities up to a constant, or values.
  package func margins(_ features: BinnedColumns, rows: [Int]? = nil, threads: Int? = nil) -> [Double] {
    leafSums(features, rows, blocks: 1, start: base, threads: threads)
  }

  /// The leaves of blocks of consecutive stages apart, without the base: `blocks` numbers an output whose sum is the
  /// margin less the base. They describe an event as the classifier sees it, coarse first, fine last.
  /// - Parameter blocks: 1 ... stages; stage s belongs to block s * blocks / stages.
  /// - Returns: shape [blocks * outputs][rows].
  package func stageMargins(
    _ features: BinnedColumns, rows: [Int]? = nil, blocks: Int, threads: Int? = nil
  ) -> [[Double]] {
    let width = blocks * objective.outputs
    let flat = leafSums(
      features, rows, blocks: blocks, start: [Double](repeating: 0, count: width), threads: threads)
    return (0..<width).map { column in
      Swift.stride(from: column, to: flat.count, by: width).map { flat[$0] }
    }
  }

  /// Probabilities from margins, shape [rows][classes]: a binary classifier has the classes 0 and 1.
  /// - Precondition: the objective is logistic or softmax.
  package func probabilities(margins: [Double]) -> [Double] {
    switch objective {
    case .logistic: return margins.flatMap { [fs_sigmoid(-$0), fs_sigmoid($0)] }
    case .softmax(let classes): return softmax(margins, classes: classes)
    case .squared: preconditionFailure("a regression has no probabilities")
    }
  }

  private func leafSums(
    _ features: BinnedColumns, _ rows: [Int]?, blocks: Int, start: [Double], threads: Int?
  ) -> [Double] {
    precondition(features.columns == importances.count, "the trees learnt from another number of columns")
    let (outputs, stages) = (objective.outputs, stages)
    let list = rows.map { $0.map(Int32.init) } ?? (0..<features.rows).map(Int32.init)
    let width = start.count
    var sums = [Double](repeating: 0, count: list.count * width)
    let chunks = RowChunks(list.count, size: 512)
    sums.withUnsafeMutableBufferPointer { sums in
      // Each chunk writes its own rows.
      nonisolated(unsafe) let sums = sums
      forEachChunk(chunks.count, threads: threads ?? 4) { chunk in
        let range = chunks[chunk]
        for row in range { for column in 0..<width { sums[row * width + column] = start[column] } }
        list.withUnsafeBufferPointer { list in
          for (index, tree) in trees.enumerated() {
            let block = index / outputs * blocks / stages
            fs_tree_add_leaves(
              Int64(range.count), list.baseAddress! + range.lowerBound, features.rowMajor, Int64(features.stride),
              tree.nodes, Int32(tree.depth), Int64(width),
              sums.baseAddress! + range.lowerBound * width + block * outputs + index % outputs)
          }
        }
      }
    }
    return sums
  }
}

/// e^(F_k) / sum_j e^(F_j), row by row, shape [rows][classes].
func softmax(_ margins: [Double], classes: Int) -> [Double] {
  var probabilities = margins
  for first in Swift.stride(from: 0, to: margins.count, by: classes) {
    var largest = margins[first]
    for k in 1..<classes { largest = max(largest, margins[first + k]) }
    var sum = 0.0
    for k in 0..<classes {
      probabilities[first + k] = fs_exp(margins[first + k] - largest)
      sum += probabilities[first + k]
    }
    for k in 0..<classes { probabilities[first + k] /= sum }
  }
  return probabilities
}
