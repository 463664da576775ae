// Minibatches of a table in random order.
internal import CKernels

/// Rows of a matrix, a minibatch at a time. Row i of minibatch b is at place b · batch + i of a permutation of all rows,
/// which is followed by others: a function of (seed, stream).
struct ShuffledRows {
  private let rows: [Float]
  private let columns: Int
  private let seed: UInt64
  private let stream: UInt32
  private var places: [Int64]

  /// - Parameters:
  ///   - rows: row-major, at least one row.
  ///   - batch: rows of a minibatch.
  init(_ rows: [Float], columns: Int, batch: Int, seed: UInt64, stream: UInt32) {
    (self.rows, self.columns, self.seed, self.stream) = (rows, columns, seed, stream)
    places = [Int64](repeating: 0, count: batch)
  }

  /// - Parameters:
  ///   - input: takes [batch, columns] values; nil for a program that does not read them.
  ///   - draw: minibatches before this one, from 0.
  mutating func fill(_ input: UnsafeMutablePointer<Float>?, draw: Int) {
    guard let input else { return }
    let batch = Int64(places.count)
    fs_permuted_indices(
      seed, stream, UInt64(rows.count / columns), UInt64(draw) * UInt64(batch), batch, &places)
    fs_gather_rows(batch, Int64(columns), rows, Int64(columns), places, input)
  }
}
