// Rows of a weighted sample that stand for it one by one: people and networks judge single events, which count once.
internal import CKernels

/// All rows where weights are equal; else rows that are each kept with a probability in proportion to their weight, in their
/// order. Signed weights enter as E[w | x] (``probabilityWeights(_:range:folds:options:seed:threads:)``), for a single event
/// cannot count negatively. O(n), and the regression of signed weights.
/// - Parameter stream: tells samples apart that share a seed.
/// - Throws: ``EvaluationError`` where the sample is not measurable, or has fewer than 50 rows with signed weights.
package func unweightedRows(
  of points: WeightedPoints, seed: UInt64, stream: UInt64, threads: Int? = nil
) throws -> [Int] {
  _ = try points.checked("the sample")
  let all = Array(points.weights.indices)
  guard let smallest = points.weights.min(), let largest = points.weights.max(), smallest < largest else { return all }
  let weights =
    smallest < 0 ? try probabilityWeights(points, range: 0...largest, seed: seed, threads: threads) : points.weights
  guard let bound = weights.max(), bound > 0 else { return [] }
  return all.filter { row in
    let words = fs_philox(seed, 0x6b65_6570, stream, UInt64(row))  // "keep"
    return (Double(words.w0) + 0.5) * 0x1p-32 < weights[row] / bound
  }
}
