// One-dimensional measures of linear combinations of columns, and in bins of a condition.
internal import Numerics

/// A named linear combination of columns, such as RichDLLp - RichDLLk.
package struct Projection: Sendable, Equatable {
  package let name: String
  /// Which columns enter, and with which factor.
  package let terms: [ProjectionTerm]

  package init(name: String, terms: [ProjectionTerm]) {
    self.name = name
    self.terms = terms
  }
}

package struct ProjectionTerm: Sendable, Equatable {
  package let column: String
  package let factor: Double

  package init(_ column: String, factor: Double = 1) {
    self.column = column
    self.factor = factor
  }
}

extension Projection {
  /// The combination of named columns, in their unit, shape [rows]. O(rows * terms).
  /// - Throws: ``EvaluationError`` for unknown columns, lengths that differ, no term, or numbers that are not finite.
  package func values(names: [String], columns: [[Double]]) throws -> [Double] {
    guard !terms.isEmpty, terms.allSatisfy(\.factor.isFinite) else {
      throw EvaluationError.badOption("the projection \(name) has no terms or a factor that is not finite: correct it")
    }
    guard names.count == columns.count else {
      throw EvaluationError.lengthMismatch("the list of columns", count: columns.count, expected: names.count)
    }
    let chosen = try terms.map { term in
      guard let index = names.firstIndex(of: term.column) else {
        throw EvaluationError.unknownTarget(term.column, known: names)
      }
      return columns[index]
    }
    for (term, column) in zip(terms, chosen) where column.count != chosen[0].count {
      throw EvaluationError.lengthMismatch("the column \(term.column)", count: column.count, expected: chosen[0].count)
    }
    let values = chosen[0].indices.map { row in
      var total = 0.0
      for (term, column) in zip(terms, chosen) { total += term.factor * column[row] }
      return total
    }
    try requireFinite(values, "the projection \(name)")
    return values
  }
}

/// Bins [low, high) of a condition column, the last one with its upper edge.
package struct ConditionBins: Sendable, Equatable {
  package let edges: [Double]

  /// - Throws: ``EvaluationError/badEdges(_:)`` unless the edges are finite and strictly increasing.
  package init(edges: [Double]) throws {
    guard edges.count >= 2, edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw EvaluationError.badEdges("the edges of the condition's bins")
    }
    self.edges = edges
  }

  /// Edges at weighted quantiles of the condition, from its smallest to its largest value; equal ones are taken once.
  /// - Throws: ``EvaluationError`` when the column is not measurable or constant, or for fewer than one bin.
  package init(quantiles count: Int, of condition: WeightedColumn) throws {
    guard (1...10_000).contains(count) else {
      throw EvaluationError.badOption("the number of bins is \(count): give one from 1 to 10000")
    }
    let inner = try weightedQuantiles(condition, (1..<count + 1).dropLast().map { Double($0) / Double(count) })
    var edges: [Double] = []
    let ends = (condition.values.min() ?? 0, condition.values.max() ?? 0)
    for edge in [ends.0] + inner + [ends.1] where edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
    try self.init(edges: edges)
  }

  package var count: Int { edges.count - 1 }

  /// The bin of a value; nil outside.
  package func bin(of value: Double) -> Int? {
    guard value >= edges[0], value <= edges[edges.count - 1] else { return nil }
    var (low, high) = (0, edges.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if value >= edges[middle] { low = middle } else { high = middle }
    }
    return low
  }
}

/// The measures in one bin of a condition.
package struct ConditionBinResult: Sendable, Equatable {
  package let low: Double
  package let high: Double
  /// Rows of each column in the bin.
  package let realRows: Int
  package let generatedRows: Int
  /// One for each measure; empty where none is defined.
  package let results: [OneDimensionalResult]
  /// Why the bin has no results, such as an effective size below 5.
  package let reason: EvaluationError?
}

/// Takes measures of two columns in bins of a condition; rows outside the edges are left out.
///
///     let bins = try ConditionBins(edges: [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150])
///     let results = try compareInBins(pair, [.kolmogorovSmirnov], bins: bins, realCondition: p, generatedCondition: p)
///
/// A bin that cannot be measured is returned with its reason. O(rows), then a sort of each bin; bins run at once on all
/// threads.
/// - Parameters:
///   - realCondition: shape [rows of the real column].
///   - generatedCondition: shape [rows of the generated column]; nil where replicas share the condition of their event.
/// - Throws: ``EvaluationError`` for conditions of another length or that are not finite.
package func compareInBins(
  _ pair: ColumnPair, _ measures: [OneDimensionalMeasure], bins: ConditionBins, realCondition: [Double],
  generatedCondition: [Double]? = nil, histogramBins: HistogramBins? = nil, threads: Int? = nil
) throws -> [ConditionBinResult] {
  let real = try rows(realCondition, pair.real, bins, "the real sample")
  let generated: [[Int]]
  if let replicas = pair.replicas {
    // An event and its replicas stay together: the real event decides.
    let events = pair.real.values.count
    generated = real.map { rows in (0..<replicas).flatMap { replica in rows.map { replica * events + $0 } } }
  } else {
    guard let generatedCondition else {
      throw EvaluationError.badOption("independent samples need the condition of the generated rows: give that column")
    }
    generated = try rows(generatedCondition, pair.generated, bins, "the generated sample")
  }
  return mapChunks(bins.count, threads: threads) { bin in
    var (results, reason): ([OneDimensionalResult], EvaluationError?) = ([], nil)
    do {
      results = try compareColumns(
        pair.part(real: real[bin], generated: generated[bin]), measures, bins: histogramBins, threads: 1)
    } catch {
      reason = error as? EvaluationError ?? .badOption("\(error)")
    }
    return ConditionBinResult(
      low: bins.edges[bin], high: bins.edges[bin + 1], realRows: real[bin].count,
      generatedRows: generated[bin].count, results: results, reason: reason)
  }
}

/// The rows of each bin, ascending.
private func rows(
  _ condition: [Double], _ column: WeightedColumn, _ bins: ConditionBins, _ name: String
) throws -> [[Int]] {
  guard condition.count == column.values.count, column.weights.count == column.values.count else {
    throw EvaluationError.lengthMismatch(
      "the condition or the weights of \(name)", count: condition.count, expected: column.values.count)
  }
  try requireFinite(condition, "the condition of \(name)")
  var rows = [[Int]](repeating: [], count: bins.count)
  for (row, value) in condition.enumerated() { if let bin = bins.bin(of: value) { rows[bin].append(row) } }
  return rows
}

extension ColumnPair {
  /// The rows of a bin; of replicas the same events in each.
  fileprivate func part(real rows: [Int], generated others: [Int]) throws -> ColumnPair {
    let values = (rows.map { real.values[$0] }, others.map { generated.values[$0] })
    let weights = rows.map { real.weights[$0] }
    if let replicas { return try ColumnPair(real: values.0, generated: values.1, weights: weights, replicas: replicas) }
    return ColumnPair(
      real: WeightedColumn(values: values.0, weights: weights),
      generated: WeightedColumn(values: values.1, weights: others.map { generated.weights[$0] }))
  }
}
