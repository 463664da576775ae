// The training rows as a step asks for them: from memory, or cells from their file.
internal import CKernels
internal import Configuration
internal import Samples

/// Rows of targets, conditions and, where there are weights, the weight; as networks see them.
package struct TrainingEvents: Sendable {
  /// Cells that a file holds, and the rows of it that train.
  struct Cells: Sendable {
    let array: CellArray
    /// The row of the array for each training row.
    let rows: [Int]
    /// What the cells of each training row are divided by.
    let divisors: [Double]
    let transform: CellTransform
  }

  /// Numbers of a row: targets, conditions and weight.
  let columns: Int
  let rowCount: Int
  /// Everything but cells, row-major float32: all columns of a row, or conditions and weight where there are cells.
  let matrix: [Float]
  let cells: Cells?

  /// Rows that are in memory.
  /// - Parameter matrix: row-major [rows, columns].
  init(_ matrix: [Float], columns: Int) {
    (self.matrix, self.columns, cells) = (matrix, columns, nil)
    rowCount = columns > 0 ? matrix.count / columns : 0
  }

  /// Rows whose targets are cells.
  /// - Parameter matrix: row-major [rows, conditions and weight].
  init(_ cells: Cells, matrix: [Float], otherColumns: Int) {
    (self.cells, self.matrix) = (cells, matrix)
    rowCount = cells.rows.count
    columns = cells.array.cellCount + otherColumns
  }

  /// Rows of a sample.
  /// - Parameters:
  ///   - columns: of all rows of the sample, as networks see them: targets, conditions and weight; of cells without targets.
  ///   - rows: which of them.
  ///   - cells: those of the config; nil where the targets are columns.
  /// - Throws: `SampleError.unfittable` where a condition that cells are divided by is not above 0.
  init(_ dataset: Dataset, columns: [[Double]], rows: [Int], cells: CellsConfiguration?) throws {
    let matrix = floatMatrix(columns: columns, rows: rows)
    guard let cells, let array = dataset.cells else {
      self.init(matrix, columns: columns.count)
      return
    }
    let divisors = try cells.divisors(dataset.columns(.condition), rows: rows)
    self.init(
      Cells(array: array, rows: rows, divisors: divisors, transform: CellTransform(power: cells.power)),
      matrix: matrix, otherColumns: columns.count)
  }

  /// Conditions and weight of every row, row-major.
  /// - Parameter targets: how many of a row's first numbers are targets.
  func conditionRows(targets: Int) -> [Float] {
    guard cells == nil else { return matrix }
    return (0..<rowCount).flatMap { matrix[$0 * columns + targets..<($0 + 1) * columns] }
  }

  /// Copies rows to a minibatch.
  /// - Parameters:
  ///   - indices: training rows.
  ///   - target: row-major [indices, columns].
  /// - Throws: `SampleError` where the file of the cells cannot be read any more.
  func gather(_ indices: [Int64], to target: UnsafeMutablePointer<Float>, threads: Int) throws {
    guard let cells else {
      fs_gather_rows(Int64(indices.count), Int64(columns), matrix, Int64(columns), indices, target)
      return
    }
    let chosen = indices.map { Int($0) }
    try cells.array.gather(
      chosen.map { cells.rows[$0] }, divisors: chosen.map { cells.divisors[$0] }, transform: cells.transform,
      stride: columns, to: target, threads: threads)
    let others = columns - cells.array.cellCount
    for (place, row) in chosen.enumerated() {
      for column in 0..<others {
        target[place * columns + cells.array.cellCount + column] = matrix[row * others + column]
      }
    }
  }
}
