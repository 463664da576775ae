// Events of cells as networks see them.
internal import Configuration
internal import Samples

extension Sampler {
  /// Targets of some events as the networks see them, row-major.
  /// - Parameters:
  ///   - events: their conditions, and their targets where these are columns.
  ///   - cells: those of the events; nil where the targets are columns.
  /// - Throws: `SampleError` where the file of the cells cannot be read any more.
  func seenTargets(_ events: Dataset, _ cells: JudgedCells?) throws -> [Float] {
    guard let cells, let configured = configuration.data.cells else {
      return floatMatrix(columns: targetTransform.forward(columns: events.columns(.target).map(\.values)))
    }
    let size = cells.array.cellCount
    var seen = [Float](repeating: 0, count: cells.rows.count * size)
    let divisors = try configured.divisors(events.columns(.condition), count: cells.rows.count)
    try seen.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      try cells.array.gather(
        cells.rows, divisors: divisors, transform: CellTransform(power: configured.power), stride: size, to: base,
        threads: engine.threads)
    }
    return seen
  }
}

/// Rows of two row-major matrices side by side.
func besides(_ first: [Float], _ second: [Float], rows: Int) -> [Float] {
  guard rows > 0 else { return [] }
  let (left, right) = (first.count / rows, second.count / rows)
  var joined: [Float] = []
  joined.reserveCapacity(first.count + second.count)
  for row in 0..<rows {
    joined += first[row * left..<(row + 1) * left]
    joined += second[row * right..<(row + 1) * right]
  }
  return joined
}
