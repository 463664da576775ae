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
  /// - Returns: row-major [events][names]; NaN where a number does not exist, and infinities for an event with a cell that
  ///   is not finite.
  package func values(
    of block: UnsafeBufferPointer<Float>, conditions: [ArraySlice<Double>], threads: Int?
  ) -> [Double] {
    let size = summary.shape.reduce(1, *)
    let rows = block.count / size
    let count = names.count
    var values = [Double](repeating: .nan, count: rows * count)
    nonisolated(unsafe) let block = block
    values.withUnsafeMutableBufferPointer { values in
      detector?.fill(block, conditions: conditions, into: values, threads: threads)
      nonisolated(unsafe) let values = values
      forEachChunk(rows, threads: threads) { row in
        let cells = UnsafeBufferPointer(rebasing: block[row * size..<(row + 1) * size])
        if firstNotFinite(cells) != nil {
          for place in row * count..<(row + 1) * count { values[place] = .infinity }
        } else if detector == nil {
          for (name, value) in summary.values(of: cells).enumerated() { values[row * count + name] = value }
        }
      }
    }
    return values
  }
}

/// The place of the first cell that is NaN or infinite. Here, because every generated cell is looked at and callers may be
/// compiled without optimisation.
package func firstNotFinite(_ cells: UnsafeBufferPointer<Float>) -> Int? {
  cells.firstIndex { !$0.isFinite }
}
