// The map from physical columns to those that networks see, and back: fitted once, stored with the networks.

/// One map a column, all of one kind.
///
///     let transform = try Transform.fit(columns: training, kind: .quantileNormal)
///     let seen = transform.forward(values, column: 0)
///     let again = transform.inverse(seen, column: 0)
package struct Transform: Sendable, Equatable {
  /// What a transform does; the raw values are those of a config's `data.transform`.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// Each column's empirical distribution to the standard normal.
    case quantileNormal = "quantile-normal"
    /// Mean 0 and standard deviation 1.
    case standardise
    /// Nothing.
    case none
  }

  package let kind: Kind
  /// One map a column: all quantile maps, all standardising, or none.
  let maps: [ColumnMap]

  /// The number of columns that it was fitted to.
  package var columnCount: Int { maps.count }

  /// Maps a column's physical values to those that networks see. NaN stays NaN.
  /// - Parameter column: which of the fitted columns the values are of.
  package func forward(_ values: [Double], column: Int) -> [Double] {
    maps[column].forward(values)
  }

  /// Maps a column's values back. Where equal values were spread over a gap, the whole gap maps to them.
  package func inverse(_ values: [Double], column: Int) -> [Double] {
    maps[column].inverse(values)
  }

  /// Maps all columns, in the order of the fit.
  package func forward(columns: [[Double]]) -> [[Double]] {
    precondition(columns.count == maps.count, "a transform of other columns")
    return zip(maps, columns).map { $0.forward($1) }
  }

  /// Maps all columns back.
  package func inverse(columns: [[Double]]) -> [[Double]] {
    precondition(columns.count == maps.count, "a transform of other columns")
    return zip(maps, columns).map { $0.inverse($1) }
  }
}

/// The map of one column.
enum ColumnMap: Sendable, Equatable {
  case quantiles(QuantileMap)
  case linear(LinearMap)
  case identity

  func forward(_ values: [Double]) -> [Double] {
    switch self {
    case .quantiles(let map): map.forward(values)
    case .linear(let map): map.forward(values)
    case .identity: values
    }
  }

  func inverse(_ values: [Double]) -> [Double] {
    switch self {
    case .quantiles(let map): map.inverse(values)
    case .linear(let map): map.inverse(values)
    case .identity: values
    }
  }
}
