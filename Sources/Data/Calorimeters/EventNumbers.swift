// What is computed of each event of cells: the observables of a known detector, else a summary that any array of cells has.
internal import Evaluation
internal import Numerics

/// Named numbers of events of cells.
package struct EventNumbers: Sendable {
  package let names: [String]
  /// The columns that ``values(of:conditions:threads:)`` needs.
  package let conditions: [String]
  private let detector: CalorimeterObservables?
  private let summary: CellSummary

  /// - Parameters:
  ///   - detector: nil for cells of no known detector, or without the conditions that its observables need.
  ///   - shape: the extents of an event.
  package init(_ detector: CalorimeterObservables?, shape: [Int]) {
    (self.detector, summary) = (detector, CellSummary(shape: shape))
    names = detector?.names ?? summary.names
    conditions = detector?.conditions ?? []
  }

  /// - Parameters:
  ///   - block: cells of some events, row-major.
  ///   - conditions: their values of ``conditions``, in physical units.
  ///   - threads: nil for all cores; no value depends on it.
  /// - Returns: row-major [events][names]; NaN where a number does not exist.
  package func values(
    of block: UnsafeBufferPointer<Float>, conditions: [ArraySlice<Double>], threads: Int?
  ) -> [Double] {
    let size = summary.shape.reduce(1, *)
    let rows = block.count / size
    guard let detector else {
      nonisolated(unsafe) let block = block
      return mapChunks(rows, threads: threads) { row in
        summary.values(of: UnsafeBufferPointer(rebasing: block[row * size..<(row + 1) * size]))
      }.flatMap(\.self)
    }
    var values = [Double](repeating: .nan, count: rows * names.count)
    values.withUnsafeMutableBufferPointer { detector.fill(block, conditions: conditions, into: $0, threads: threads) }
    return values
  }
}
