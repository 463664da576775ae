// Weighted columns of reference cases.
import Evaluation
import ReferenceCases

extension ReferenceCase {
  /// A column with another one as its weights; unit weights where none is named.
  func weightedColumn(_ values: String, weights: String? = nil, of file: String) throws -> WeightedColumn {
    let column = try column(values, of: file)
    guard let weights else { return WeightedColumn(values: column) }
    return WeightedColumn(values: column, weights: try self.column(weights, of: file))
  }
}
