// Sums over all pairs of rows against their definition, bit for bit.
import CKernels
import Testing

private struct Pairs {
  let rows: Int, others: Int, columns: Int
  let x: [Float], y: [Float], weights: [Float]
  let (xStride, yStride, weightStride): (Int, Int, Int)

  init(rows: Int, others: Int, columns: Int, weightStride: Int, extreme: Bool) {
    (self.rows, self.others, self.columns, self.weightStride) = (rows, others, columns, weightStride)
    (xStride, yStride) = (columns + 1, columns + 3)
    let fill = extreme ? anyFloats : moderateFloats
    x = fill(rows * xStride + 1, 61)
    var y = fill(others * yStride + 1, 62)
    // Some rows are those of the other matrix: distances of exactly zero.
    for row in Swift.stride(from: 0, to: min(rows, others), by: 3) {
      for k in 0..<columns { y[row * yStride + k] = x[row * xStride + k] }
    }
    self.y = y
    weights = fill(others * max(weightStride, 1) + 1, 63)
  }

  private func square(_ i: Int, _ j: Int) -> Float {
    (0..<columns).reduce(Float(0)) { sum, k in
      let difference = x[i * xStride + k] - y[j * yStride + k]
      let product = difference * difference
      return sum + product
    }
  }

  /// Lanes of 16 in blocks of 64, each block's lanes added 8, 4, 2, 1, the blocks one after another.
  func sum(_ i: Int) -> Float {
    Swift.stride(from: 0, to: others, by: 64).reduce(Float(0)) { total, first in
      var lanes = [Float](repeating: 0, count: 16)
      for j in first..<first + 64 {
        // Beyond the last row stand rows of zeros of weight zero.
        let term =
          j < others
          ? weights[j * weightStride] * square(i, j).squareRoot() : 0 * squareToZero(i).squareRoot()
        lanes[(j - first) % 16] += term
      }
      for width in [8, 4, 2, 1] { for lane in 0..<width { lanes[lane] += lanes[lane + width] } }
      return total + lanes[0]
    }
  }

  private func squareToZero(_ i: Int) -> Float {
    (0..<columns).reduce(Float(0)) { sum, k in
      let product = x[i * xStride + k] * x[i * xStride + k]
      return sum + product
    }
  }

  func direction(_ i: Int, _ k: Int) -> Float {
    (0..<others).reduce(Float(0)) { sum, j in
      let square = square(i, j)
      let factor = square > 0 ? weights[j * weightStride] / square.squareRoot() : 0
      let term = factor * (x[i * xStride + k] - y[j * yStride + k])
      return sum + term
    }
  }
}

@Suite(.timeLimit(.minutes(20))) struct PairTests {
  @Test(arguments: tableNames)
  func sumsOverPairsAreThoseOfTheDefinition(_ name: String) throws {
    let table = try kernels(name)
    for (rows, others, columns) in [(1, 1, 1), (3, 0, 2), (5, 64, 3), (66, 65, 8), (7, 130, 33), (4, 20, 65)] {
      for (weightStride, extreme) in [(1, false), (0, false), (2, false), (1, true)] {
        let pairs = Pairs(rows: rows, others: others, columns: columns, weightStride: weightStride, extreme: extreme)
        var sums = [Float](repeating: 7, count: 2 * rows)
        var directions = [Float](repeating: 7, count: rows * (columns + 2))
        pairs.weights.withUnsafeBufferPointer { weights in
          let v = fs_view(data: weights.baseAddress, row_stride: Int64(weightStride), col_stride: 1)
          table.pair_sums(
            Int64(rows), Int64(others), Int64(columns), pairs.x, Int64(pairs.xStride), pairs.y, Int64(pairs.yStride), v,
            &sums, 2)
          table.pair_directions(
            Int64(rows), Int64(others), Int64(columns), pairs.x, Int64(pairs.xStride), pairs.y, Int64(pairs.yStride), v,
            &directions, Int64(columns + 2))
        }
        let place = "\(rows) × \(others) × \(columns), weights \(weightStride), extreme \(extreme)"
        var (wantedSums, wantedDirections): ([Float], [Float]) = ([], [])
        for row in 0..<rows {
          wantedSums += [pairs.sum(row), 7]
          wantedDirections += (0..<columns).map { pairs.direction(row, $0) } + [7, 7]
        }
        #expect(bits(sums) == bits(wantedSums), "sums, \(place)")
        #expect(bits(directions) == bits(wantedDirections), "directions, \(place)")
      }
    }
  }
}
