// The vector kernels of CKernels that measures use: sums of distances and exponentials, in double precision.
internal import CKernels

/// The kernels for doubles of this CPU, or of the instruction set that FASTSIM_ISA names.
struct DoubleKernels: @unchecked Sendable {
  // No thread changes the table.
  private let table: UnsafePointer<fs_kernels>

  /// - Throws: ``EvaluationError`` where the CPU lacks the instruction set that the environment names.
  init() throws {
    guard let table = fs_kernels_named(nil) else {
      throw EvaluationError.badOption("FASTSIM_ISA names an instruction set that this CPU lacks: unset it")
    }
    self.table = table
  }

  /// Replaces each value by its exponential, the bits of `fs_exp`.
  func exponentials(_ values: UnsafeMutableBufferPointer<Double>) {
    guard let base = values.baseAddress else { return }
    table.pointee.exp_doubles(Int64(values.count), base, base)
  }

  /// Distances from a range of rows to a range of columns, whose borders are multiples of sixteen.
  /// - Returns: the sums of the rows, shape [rows.count], and of all columns of the second sample, shape
  ///   [second.stride], zero outside the range; no columns where they are not wanted.
  func sums(
    _ first: PackedPoints, _ rows: Range<Int>, _ second: PackedPoints, _ range: Range<Int>, columns wanted: Bool
  ) -> (rows: [Double], columns: [Double]) {
    var sums = [Double](repeating: 0, count: rows.count)
    var columns = [Double](repeating: 0, count: wanted ? second.stride : 0)
    guard !range.isEmpty else { return (sums, columns) }
    first.coordinates.withUnsafeBufferPointer { x in
      first.weights.withUnsafeBufferPointer { w in
        second.coordinates.withUnsafeBufferPointer { y in
          second.weights.withUnsafeBufferPointer { v in
            sums.withUnsafeMutableBufferPointer { sums in
              columns.withUnsafeMutableBufferPointer { columns in
                guard let x = x.baseAddress, let w = w.baseAddress, let y = y.baseAddress, let v = v.baseAddress else {
                  return
                }
                table.pointee.distance_sums(
                  Int64(rows.count), Int64(range.count), Int64(first.dimensions), x + rows.lowerBound,
                  Int64(first.stride), w + rows.lowerBound, y + range.lowerBound, Int64(second.stride),
                  v + range.lowerBound, sums.baseAddress,
                  wanted ? columns.baseAddress.map { $0 + range.lowerBound } : nil)
              }
            }
          }
        }
      }
    }
    return (sums, columns)
  }
}
