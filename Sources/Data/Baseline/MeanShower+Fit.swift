// Making a mean shower of weighted showers, some rows at a time.
internal import Numerics

extension MeanShower {
  /// Cells of the showers that are in memory at a time.
  private static let cellsAtOnce = 1 << 20

  /// The mean shower of a sample with the weights w, the energies E and the sums of cells S:
  ///
  ///     m_c = Σ w (x_c / E) / Σ w
  ///     q   = Σ w (S - E M)² / Σ w E M        with M = Σ_c max(0, m_c)
  ///
  /// q is the moment estimate of Var(S | E) = q E M, the variance of S in a Poisson distribution; 0 where it is not positive.
  /// The same bits at any number of threads. Every row is read once; Σ w has to be positive.
  /// - Parameters:
  ///   - cells: cells of a shower.
  ///   - energies: of the particles, above 0; one a row.
  ///   - weights: of any sign; one a row.
  ///   - read: fills the cells of consecutive rows, row-major.
  /// - Throws: what `read` throws.
  package static func fit(
    cells: Int, energies: [Double], weights: [Double], threads: Int? = nil,
    read: (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows -> MeanShower {
    precondition(energies.count == weights.count, "a weight for each energy")
    var sums = [Double](repeating: 0, count: cells)
    var totals: [Double] = []
    let blocks = RowChunks(energies.count, size: max(1, cellsAtOnce / max(1, cells)))
    var block = [Float](repeating: 0, count: min(blocks.size, energies.count) * cells)
    for index in 0..<blocks.count {
      let rows = blocks[index]
      try block.withUnsafeMutableBufferPointer { buffer in
        let block = UnsafeMutableBufferPointer(rebasing: buffer[..<(rows.count * cells)])
        try read(rows, block)
        totals += add(
          UnsafeBufferPointer(block), factors: rows.map { weights[$0] / energies[$0] }, to: &sums, threads: threads)
      }
    }
    let weight = compensatedSum(weights.count) { weights[$0] }
    let fractions = sums.map { Float($0 / weight) }
    // M as it is drawn with.
    guard let mean = MeanShower(fractions: fractions, quantum: 0) else { return MeanShower(cells: cells) }
    let response = mean.response
    let squares = compensatedSum(energies.count) {
      let rest = totals[$0] - energies[$0] * response
      return weights[$0] * rest * rest
    }
    let quantum = Float(squares / compensatedSum(energies.count) { weights[$0] * energies[$0] * response })
    return MeanShower(fractions: fractions, quantum: quantum > 0 ? quantum : 0) ?? mean
  }

  /// Adds the cells of some rows, times a factor of the row, to the sums of cells, in the order of the rows.
  /// - Returns: the sum of all cells of each row.
  private static func add(
    _ block: UnsafeBufferPointer<Float>, factors: [Double], to sums: inout [Double], threads: Int?
  ) -> [Double] {
    let cells = sums.count
    nonisolated(unsafe) let block = block
    sums.withUnsafeMutableBufferPointer { sums in
      // Each part writes its own cells.
      nonisolated(unsafe) let sums = sums
      let parts = RowChunks(cells, size: 4096)
      forEachChunk(parts.count, threads: threads) { part in
        for (row, factor) in factors.enumerated() {
          for cell in parts[part] { sums[cell] += factor * Double(block[row * cells + cell]) }
        }
      }
    }
    return mapChunks(factors.count, threads: threads) { row in
      var total = 0.0
      for cell in 0..<cells { total += Double(block[row * cells + cell]) }
      return total
    }
  }
}
