// Samples of points for tests of measures in several dimensions.
import Evaluation
import ReferenceCases

extension WeightedPoints {
  /// Points of equal weight.
  init(columns: [[Double]]) {
    self.init(columns: columns, weights: [Double](repeating: 1, count: columns.first?.count ?? 0))
  }

  func row(_ row: Int) -> [Double] { columns.map { $0[row] } }
}

extension ReferenceCase {
  /// The columns of a file as points of equal weight.
  func points(_ file: String) throws -> WeightedPoints { WeightedPoints(columns: try columns(of: file)) }
}

extension RandomSample {
  /// A normal cloud with unit weights, one mean and width for all dimensions.
  mutating func cloud(_ count: Int, dimensions: Int, mean: Double = 0, width: Double = 1) -> WeightedPoints {
    WeightedPoints(columns: (0..<dimensions).map { _ in normals(count, mean: mean, width: width) })
  }
}

/// The Euclidean distance as the definition has it.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}

/// The fraction of pseudo-experiments whose value is within its stated error of the mean value.
func coverage(_ estimates: [Estimate]) -> Double {
  let mean = estimates.reduce(0) { $0 + $1.value } / Double(estimates.count)
  let inside = estimates.filter { ($0.value - mean).magnitude <= ($0.uncertainty ?? -1) }
  return Double(inside.count) / Double(estimates.count)
}
