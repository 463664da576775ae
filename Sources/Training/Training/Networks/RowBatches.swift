// Rows that go through a program some at a time.
internal import TensorGraph

/// A row-major matrix in batches of one size, the last one filled up with zeros.
///
///     let batches = RowBatches(rows, count: rows.count / columns, size: 1024)
///     for batch in 0..<batches.count {
///       let taken = batches.fill(program.input("rows"), batch: batch)
///       program.run(seed: 0, step: 0)
///       values += program.output("values").prefix(taken)
///     }
struct RowBatches {
  private let rows: [Float]
  private let columns: Int
  private let rowCount: Int
  private let size: Int

  /// - Parameters:
  ///   - rows: row-major.
  ///   - count: how many rows there are.
  ///   - size: rows of a batch.
  init(_ rows: [Float], count: Int, size: Int) {
    (self.rows, rowCount, self.size) = (rows, count, size)
    columns = rows.count / max(1, count)
  }

  /// How many batches there are.
  var count: Int { (rowCount + size - 1) / size }

  /// - Parameter input: takes [size, columns] values; nil for a program that reads no rows.
  /// - Returns: how many rows of the batch are of the matrix.
  func fill(_ input: UnsafeMutablePointer<Float>?, batch: Int) -> Int {
    let first = batch * size
    let taken = min(size, rowCount - first)
    guard let input else { return taken }
    rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      input.update(from: base + first * columns, count: taken * columns)
    }
    (input + taken * columns).update(repeating: 0, count: (size - taken) * columns)
    return taken
  }

  /// The first values of an output for every row.
  /// - Parameters:
  ///   - input, output: their names.
  ///   - width: values of a row.
  func values(of program: Program, input: String, output: String, width: Int = 1) -> [Double] {
    (0..<count).flatMap { batch in
      let taken = fill(program.input(input), batch: batch)
      program.run(seed: 0, step: 0)
      return program.output(output).prefix(taken * width).map(Double.init)
    }
  }
}
