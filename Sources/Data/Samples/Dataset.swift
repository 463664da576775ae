// A sample whose columns have roles and whose identity is a digest.
package import Digests
internal import Numerics

/// Columns with roles, named by one digest that changes when any bit of any column, a name, a role or the order does.
///
///     let data = try Dataset(name: "kaons", source: "kaons.csv", columns: [(.condition, momentum), (.target, dll)])
///     data.digest.hex
package struct Dataset: Sendable {
  package let name: String
  /// The file or the simulation that the rows came from.
  package let source: String
  /// The columns in the order that the digest sees; equal lengths, unique names, at most one weight.
  package let columns: [(role: ColumnRole, column: Column)]
  /// The array of cells that is the target in place of columns.
  package let cells: CellArray?
  /// The digest of each column, in the same order.
  package let columnDigests: [Digest]
  /// The digest of the array of cells, where there is one.
  package let cellDigest: Digest?
  /// SHA-256 of `"fastsim dataset 1\n"` and, for each column and then the array of cells,
  /// `"<role>\t<digest in hexadecimal>\n"`.
  package let digest: Digest
  /// Sums over the weight column; every row weighs 1 when there is none.
  package let weights: WeightSummary

  /// Hashes every column; cost: one pass over the bytes, columns in parallel, and one over the file of the cells.
  /// - Throws: `SampleError` for unequal lengths, repeated or invalid names, two weight columns, or cells that are not
  ///   finite.
  package init(
    name: String, source: String, columns: [(role: ColumnRole, column: Column)], cells: CellArray? = nil
  ) throws(SampleError) {
    let table = try Table(columns: columns.map(\.column), origin: source)
    if let cells {
      try Table.requireNames(columns.map(\.column.name) + [cells.name], origin: source)
      if let first = columns.first?.column, table.rowCount != cells.rowCount {
        throw .unequalColumns(
          origin: source, first: first.name, firstCount: table.rowCount, second: cells.name,
          secondCount: cells.rowCount)
      }
    }
    let weightColumns = columns.filter { $0.role == .weight }.map(\.column)
    if weightColumns.count > 1 {
      throw .severalWeights(origin: source, first: weightColumns[0].name, second: weightColumns[1].name)
    }
    self.name = name
    self.source = source
    self.columns = columns
    self.cells = cells
    columnDigests = mapChunks(columns.count) { columns[$0].column.digest() }
    let cellDigest = try cells.map { (cells) throws(SampleError) in try cells.verifiedDigest() }
    self.cellDigest = cellDigest
    digest = datasetDigest(
      zip(columns, columnDigests).map { ($0.role.rawValue, $1) }
        + (cellDigest.map { [(ColumnRole.target.rawValue, $0)] } ?? []))
    weights =
      weightColumns.first.map { WeightSummary($0.values) }
      ?? WeightSummary(unweightedRows: columns.first?.column.values.count ?? cells?.rowCount ?? 0)
  }

  package var rowCount: Int { columns.first?.column.values.count ?? cells?.rowCount ?? 0 }
  /// The sum of the weights; the number of rows without a weight column.
  package var weightSum: Double { weights.sum }
  package var weightSumSquares: Double { weights.sumOfSquares }
  /// W²/W₂.
  package var effectiveSize: Double { weights.effectiveSize }
  /// The weights, one a row; nil without a weight column.
  package var weightValues: [Double]? { columns.first { $0.role == .weight }?.column.values }

  /// The columns of a role, in order.
  package func columns(_ role: ColumnRole) -> [Column] {
    columns.filter { $0.role == role }.map(\.column)
  }
}
