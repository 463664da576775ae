// Fitting a transform to the training part.
internal import Numerics

extension Transform {
  /// Fits one map a column.
  /// - Parameters:
  ///   - columns: finite columns of equal length.
  ///   - quantiles: how many quantiles a map keeps; at most the number of rows, at least 1.
  ///   - rows: the rows to fit on, as `split.rows(of: .train)`; nil for all.
  ///   - weights: one weight for each row of the columns, of either sign; nil for 1. Published trainings fit without.
  ///     The weighted quantile at r is the smallest value where the running maximum of the weighted cumulative
  ///     distribution, over its last value, reaches r; the ends are the smallest and the largest value.
  /// - Throws: `SampleError.unfittable` for no rows, NaN or infinity, a range that overflows, or unusable weights.
  package static func fit(
    columns: [Column], kind: Kind, quantiles: Int = 1000, rows: [Int]? = nil, weights: [Double]? = nil
  ) throws(SampleError) -> Transform {
    if kind == .none {
      return Transform(kind: kind, maps: columns.map { _ in .identity })
    }
    if let weights, let column = columns.first(where: { $0.values.count != weights.count }) {
      throw .unfittable(column: column.name, reason: "\(weights.count) weights for \(column.values.count) rows")
    }
    let chosenWeights = weights.map { all in rows.map { $0.map { all[$0] } } ?? all }
    let results = mapChunks(columns.count) { index in
      Result { () throws(SampleError) in
        try map(of: columns[index], kind: kind, quantiles: quantiles, rows: rows, weights: chosenWeights)
      }
    }
    var maps: [ColumnMap] = []
    for result in results {
      maps.append(try result.get())
    }
    return Transform(kind: kind, maps: maps)
  }

  private static func map(
    of column: Column, kind: Kind, quantiles: Int, rows: [Int]?, weights: [Double]?
  ) throws(SampleError) -> ColumnMap {
    let values = rows.map { $0.map { column.values[$0] } } ?? column.values
    guard !values.isEmpty else { throw .unfittable(column: column.name, reason: "there are no rows") }
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      let number = rows?[row] ?? row
      throw .unfittable(column: column.name, reason: "row \(number + 1) is \(values[row]); remove such rows")
    }
    if let weights {
      guard WeightSummary(weights).sum > 0 else {
        throw .unfittable(column: column.name, reason: "the sum of weights is not positive; fit without weights")
      }
    }
    switch kind {
    case .none:
      return .identity
    case .standardise:
      return .linear(try LinearMap(fitting: values, weights: weights, column: column.name))
    case .quantileNormal:
      guard let smallest = values.min(), let largest = values.max(), (largest - smallest).isFinite else {
        throw .unfittable(column: column.name, reason: "its range overflows; rescale the column")
      }
      return .quantiles(QuantileMap(fitting: values, weights: weights, quantiles: quantiles))
    }
  }
}

extension QuantileMap {
  /// - Parameter values: at least one, finite.
  init(fitting values: [Double], weights: [Double]?, quantiles wanted: Int) {
    let count = max(1, min(wanted, values.count))
    if let weights {
      quantiles = QuantileMap.weighted(values, weights, count: count)
      return
    }
    let sorted = values.sorted()
    var running = -Double.infinity
    quantiles = (0..<count).map { index in
      // NumPy's percentile, "linear": the order of operations decides the last bit.
      let position = Double(sorted.count - 1) * (QuantileMap.reference(index, of: count) * 100 / 100)
      let below = min(sorted.count - 1, Int(position))
      let above = min(sorted.count - 1, below + 1)
      let part = position - Double(below)
      let step = sorted[above] - sorted[below]
      running = max(running, part >= 0.5 ? sorted[above] - step * (1 - part) : sorted[below] + step * part)
      return running
    }
  }

  /// Inverted cumulative distribution, made monotone by its running maximum.
  private static func weighted(_ values: [Double], _ weights: [Double], count: Int) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var sum = CompensatedSum()
    var heights: [(value: Double, cumulative: Double)] = []
    for (position, row) in order.enumerated() {
      sum.add(weights[row])
      let isLastOfEqual = position + 1 == order.count || values[order[position + 1]] > values[row]
      if isLastOfEqual, sum.value > heights.last?.cumulative ?? -.infinity {
        heights.append((values[row], sum.value))
      }
    }
    let (smallest, largest) = (values[order[0]], values[order[order.count - 1]])
    let total = heights.last?.cumulative ?? 1
    var next = 0
    return (0..<count).map { index in
      if index == 0 { return smallest }
      if index == count - 1 { return largest }
      while next + 1 < heights.count, heights[next].cumulative < QuantileMap.reference(index, of: count) * total {
        next += 1
      }
      return heights[next].value
    }
  }
}
