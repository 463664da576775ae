// Drawing targets from a conditional histogram.
internal import CKernels
internal import Numerics

extension ConditionalHistogram {
  /// Rows that one thread draws together; it decides no result.
  private static let rowsAtOnce = 4096

  /// Draws the targets of each row. Cost: a search in each target's bins, a quantile and a cumulative value of the normal.
  /// - Parameter conditions: row-major, shape [rows, conditions].
  /// - Returns: row-major, shape [rows, targets].
  package func sample(conditions: [Float], rows: Int, draws: BaselineDraws, threads: Int? = nil) -> [Double] {
    precondition(conditions.count == rows * shape.conditions, "a row has every condition")
    let targets = shape.targets
    return [Double](unsafeUninitializedCapacity: rows * targets) { buffer, initialised in
      buffer.initialize(repeating: 0)
      // Each chunk writes its own rows.
      nonisolated(unsafe) let drawn = buffer
      let chunks = RowChunks(rows, size: Self.rowsAtOnce)
      conditions.withUnsafeBufferPointer { conditions in
        nonisolated(unsafe) let conditions = conditions
        forEachChunk(chunks.count, threads: threads) { chunk in
          var normals = [Double](repeating: 0, count: targets)
          for row in chunks[chunk] {
            let given = UnsafeBufferPointer(
              rebasing: conditions[row * shape.conditions..<(row + 1) * shape.conditions])
            draw(
              cell(of: given), draws, row: draws.first &+ UInt64(row), &normals,
              UnsafeMutableBufferPointer(rebasing: drawn[row * targets..<(row + 1) * targets]))
          }
        }
      }
      initialised = rows * targets
    }
  }

  /// The cell of a row of conditions.
  private func cell(of conditions: UnsafeBufferPointer<Float>) -> Int {
    var node = 0
    for _ in 0..<shape.depth {
      node = 2 * node + (conditions[Int(splitColumns[node])] >= splitValues[node] ? 2 : 1)
    }
    return node - (shape.cells - 1)
  }

  private func draw(
    _ cell: Int, _ draws: BaselineDraws, row: UInt64, _ normals: inout [Double],
    _ drawn: UnsafeMutableBufferPointer<Double>
  ) {
    let targets = shape.targets
    for pair in stride(from: 0, to: targets, by: 2) {
      let words = fs_philox(draws.seed, draws.stream, row, UInt64(pair / 2))
      normals[pair] = Self.normal(words.w0, words.w1)
      if pair + 1 < targets { normals[pair + 1] = Self.normal(words.w2, words.w3) }
    }
    for target in 0..<targets {
      let factor = (cell * targets + target) * targets
      var sum = 0.0
      for other in 0...target { sum += Double(factors[factor + other]) * normals[other] }
      drawn[target] = value(at: 0.5 * fs_erfc(-sum * 0.7071067811865476), of: target, in: cell)
    }
  }

  /// A standard normal: the quantile at a uniform number above 0.
  private static func normal(_ high: UInt32, _ low: UInt32) -> Double {
    fs_probit(max(fs_uniform53(high, low), 0x1p-60))
  }

  /// The value at which a target's cumulative distribution has a height: constant density inside a bin.
  private func value(at height: Double, of target: Int, in cell: Int) -> Double {
    let first = (cell * shape.targets + target) * (shape.bins + 1)
    // The last height is 1, and no height below it is larger than this one.
    let height = min(height, 1 - 0x1p-24)
    var (low, high) = (first + 1, first + shape.bins)
    while low < high {
      let middle = (low + high) / 2
      if Double(heights[middle]) > height { high = middle } else { low = middle + 1 }
    }
    let (bottom, top) = (Double(heights[low - 1]), Double(heights[low]))
    let (left, right) = (Double(edges[low - 1]), Double(edges[low]))
    return left + (height - bottom) / (top - bottom) * (right - left)
  }
}
