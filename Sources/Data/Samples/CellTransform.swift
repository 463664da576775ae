// The map from energies of cells to the numbers that networks see, and back: one for all cells of an event.
internal import CKernels
internal import Numerics

/// x ↦ sign(x) · (|x| / divisor)^power, and back.
///
/// One transform for all cells keeps sums of cells sums of energies up to the power; a transform of each cell by itself
/// would not.
package struct CellTransform: Sendable, Equatable {
  /// Above 0, at most 1.
  package let power: Double

  package init(power: Double) {
    self.power = power
  }

  /// Maps the cells of one event in place; each is rounded to nearest once.
  /// - Parameter divisor: above 0.
  package func forward(_ cells: UnsafeMutableBufferPointer<Float>, divisor: Double) {
    if power == 1, divisor == 1 { return }
    for place in cells.indices where cells[place] != 0 {
      let ratio = abs(Double(cells[place])) / divisor
      let value = power == 1 ? ratio : power == 0.5 ? ratio.squareRoot() : fs_exp(power * fs_log(ratio))
      cells[place] = cells[place] < 0 ? -Float(value) : Float(value)
    }
  }

  /// Maps the cells of one event back.
  package func inverse(
    _ seen: UnsafeBufferPointer<Double>, divisor: Double, to cells: UnsafeMutableBufferPointer<Float>
  ) {
    for place in seen.indices {
      let size = abs(seen[place])
      guard size > 0 else {
        // NaN stays NaN.
        cells[place] = Float(seen[place])
        continue
      }
      let value = divisor * (power == 1 ? size : power == 0.5 ? size * size : fs_exp(fs_log(size) / power))
      cells[place] = seen[place] < 0 ? -Float(value) : Float(value)
    }
  }
}

extension CellArray {
  /// Gathers rows as networks see them.
  /// - Parameters:
  ///   - rows: which, in this order, repeats allowed.
  ///   - divisors: one for each of these rows.
  ///   - stride: numbers from one row's first cell to the next row's in `target`.
  /// - Throws: as `read`.
  package func gather(
    _ rows: [Int], divisors: [Double], transform: CellTransform, stride: Int, to target: UnsafeMutablePointer<Float>,
    threads: Int?
  ) throws(SampleError) {
    nonisolated(unsafe) let target = target
    let failures = mapChunks(rows.count, threads: threads) { place -> SampleError? in
      let cells = UnsafeMutableBufferPointer(start: target + place * stride, count: cellCount)
      do throws(SampleError) { try read(rows[place]..<rows[place] + 1, into: cells) } catch { return error }
      transform.forward(cells, divisor: divisors[place])
      return nil
    }
    if let failure = failures.compactMap(\.self).first { throw failure }
  }
}
