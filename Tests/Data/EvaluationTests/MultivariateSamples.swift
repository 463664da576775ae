// Clouds of points for the tests of multivariate measures.
import Evaluation
import ReferenceCases

extension ReferenceCase {
  /// The rows of a file as points of unit weights, or of the weights in another file.
  func points(_ file: String, weights: String? = nil, rows: Int = .max) throws -> WeightedPoints {
    let columns = try columns(of: file).map { Array($0.prefix(rows)) }
    let ones = [Double](repeating: 1, count: columns[0].count)
    return WeightedPoints(
      columns: columns, weights: try weights.map { Array(try self.columns(of: $0)[0].prefix(rows)) } ?? ones)
  }
}

extension RandomSample {
  /// Independent normal coordinates.
  mutating func cloud(
    _ count: Int, dimensions: Int = 3, mean: Double = 0, width: Double = 1, signed: Bool = false
  ) -> WeightedPoints {
    WeightedPoints(
      columns: (0..<dimensions).map { _ in normals(count, mean: mean, width: width) },
      weights: signed ? signedWeights(count) : [Double](repeating: 1, count: count))
  }
}

/// The share of experiments in which the truth is within one error of the value.
func coverage(truth: Double, _ experiments: [Estimate]) -> Double {
  let covered = experiments.count { abs($0.value - truth) <= ($0.uncertainty ?? 0) }
  return Double(covered) / Double(experiments.count)
}
