// The data sets of a run: what its columns are, and the digests that identify them.
public import Digests
internal import Numerics

/// A data set in the part that it plays for one run.
public struct RunDataset: Sendable {
  /// The part it plays: `train`, `reference`, …; a run has one data set for each.
  public var role: String
  public var name: String
  /// Where it comes from, in words or as a path.
  public var source: String
  /// JSON with the file's path or the simulation's settings, from which an audit can find or simulate it again.
  public var recipe: String
  public var rows: Int
  public var weightSum: Double
  public var weightSumSquares: Double
  /// In the order in which the digest takes them; types are `float64` and the like.
  public var columns: [DatasetColumn]
  /// SHA-256 over "fastsim dataset 1\n" and, for each column, "<role>\t<column digest>\n".
  public var digest: Digest
  public var splitDigest: Digest?

  package init(
    role: String, name: String, source: String, recipe: String, rows: Int, weightSum: Double, weightSumSquares: Double,
    columns: [DatasetColumn], digest: Digest, splitDigest: Digest? = nil
  ) {
    self.role = role
    self.name = name
    self.source = source
    self.recipe = recipe
    self.rows = rows
    self.weightSum = weightSum
    self.weightSumSquares = weightSumSquares
    self.columns = columns
    self.digest = digest
    self.splitDigest = splitDigest
  }
}

extension RunDataset {
  /// A data set of columns that this program has in memory.
  ///
  /// ```swift
  /// let data = try RunDataset(
  ///   role: "train", name: "kaons", source: "kaons.csv",
  ///   columns: [.init("P", role: "condition", momenta), .init("sWeight", role: "weight", weights)])
  /// ```
  ///
  /// The digest is that of the same columns in a file (docs/datasets.md). Cost: one pass over the bytes.
  ///
  /// - Parameters:
  ///   - role: the part it plays: `train`, `reference`, …
  ///   - source: where it comes from, in words or as a path.
  ///   - columns: names, roles (`condition`, `target`, `weight`, `mass`, `label`, `other`) and values of equal number; the
  ///     sums of weights are over the first column with the role `weight`, or each row weighs 1.
  /// - Throws: `refused` for columns of different lengths, or an empty name.
  public init(role: String, name: String, source: String, columns: [DatasetColumn.Values]) throws {
    let rows = columns.first?.values.count ?? 0
    for column in columns {
      try requireName(column.name, "a column's name")
      guard column.values.count == rows else {
        throw StoreError.refused(
          "column '\(column.name)' of data set '\(name)' has \(column.values.count) values, the first one has \(rows)")
      }
    }
    let weights = columns.first { $0.role == "weight" }
    let sums = weights.map { WeightSums($0.values) } ?? WeightSums(unweightedRows: rows)
    let records = columns.map { DatasetColumn($0) }
    self.init(
      role: role, name: name, source: source, recipe: "{}", rows: rows, weightSum: sums.sum,
      weightSumSquares: sums.sumOfSquares, columns: records,
      digest: datasetDigest(records.map { ($0.role, $0.digest) }))
  }
}

/// A column of a data set, without its values.
public struct DatasetColumn: Hashable, Sendable {
  public let name: String
  /// `condition`, `target`, `weight`, `mass`, `label` or `other`.
  public let role: String
  /// `float64`.
  public let type: String
  /// SHA-256 over "fastsim column 1\n<name>\n<type>\n<count>\n" and the values, little-endian.
  public let digest: Digest

  package init(name: String, role: String, type: String, digest: Digest) {
    (self.name, self.role, self.type, self.digest) = (name, role, type, digest)
  }

  /// A column with its values.
  public struct Values: Sendable {
    public let name: String
    public let role: String
    public let values: [Double]

    public init(_ name: String, role: String, _ values: [Double]) {
      (self.name, self.role, self.values) = (name, role, values)
    }
  }

  init(_ column: Values) {
    self.init(
      name: column.name, role: column.role, type: "float64", digest: columnDigest(column.name, column.values))
  }
}
