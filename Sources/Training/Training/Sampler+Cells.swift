// Events of cells from a stored run, written to a file while they are generated.
internal import Calorimeters
internal import Configuration
internal import Evaluation
package import Samples

extension Sampler {
  /// The name of the array that the run generates; nil where its targets are columns.
  package var cellName: String? { configuration.data.cells?.name }

  /// Generates an event of cells for every row of a table, and writes conditions, the table's other columns and the cells.
  ///
  /// The cells of a row depend on the checkpoint, the seed, the row's number and its conditions, and on nothing else. No
  /// more than a block of events is in memory.
  /// - Parameters:
  ///   - table: has the config's conditions, in physical units.
  ///   - rows: how many events where the table has no columns, for a run without conditions; nil for the table's rows.
  ///   - path: an .npz or HDF5 file, which appears complete or not at all.
  ///   - progress: called now and then with the number of rows done.
  /// - Returns: the columns beside the cells.
  /// - Throws: `SampleError` for a condition that is missing or not finite, and for a file that cannot be written;
  ///   `TrainingError.generatedNotFinite`.
  @discardableResult
  package func writeCells(
    for table: Table, rows given: Int? = nil, seed: UInt64, to path: String, progress: (Int) -> Void = { _ in }
  ) throws -> [Column] {
    let data = configuration.data
    guard let cells = data.cells, let cellShape else { throw TrainingError.eventsOfColumns(run: run) }
    let conditions = try table.selecting(data.conditions)
    try conditions.requireFinite()
    let rows = given ?? table.rowCount
    try requireMemory(for: rows, numbers: conditions.columns.count + 1)
    let count = cellShape.reduce(1, *)
    let columns =
      conditions.columns + table.columns.filter { !data.conditions.contains($0.name) && $0.name != cells.name }
    let (seen, generated) = try prepared(conditions, rows: rows, cells, cellShape)
    let layout = CellArrayLayout(
      rows: rows, name: cells.name, cells: count, columns: columns, matrices: ["incident_energies"])
    try CellArrayWriter.write(layout, to: path) { writer in
      try Generation(model: model, seed: seed).generate(
        conditions: seen, rows: rows, series: Generation.samplingSeries, cells: generated
      ) { first, block in
        try requireFinite(block, cells: count, first: first)
        try writer.append(block)
        progress(first + block.count / count)
      }
    }
    return columns
  }

  /// Observables of events of cells that are generated for every row of a table: a column for each of their names.
  /// - Throws: `SampleError` for a condition that is missing or not finite.
  func cellColumns(for table: Table, rows: Int, seed: UInt64) throws -> [[Double]] {
    guard let cells = configuration.data.cells, let cellShape else { throw TrainingError.eventsOfColumns(run: run) }
    let conditions = try table.selecting(configuration.data.conditions)
    let (seen, generated) = try prepared(conditions, rows: rows, cells, cellShape)
    return try Generation(model: model, seed: seed).columns(
      CellObservables(cells, shape: cellShape, conditions: configuration.data.conditions),
      physical: conditions.columns, conditions: seen, rows: rows, replicas: 1, series: Generation.samplingSeries,
      cells: generated)
  }

  /// - Parameters:
  ///   - block: generated cells of some events, row-major.
  ///   - cells: of an event.
  ///   - first: the place of the first event.
  /// - Throws: `TrainingError.generatedNotFinite`.
  func requireFinite(_ block: UnsafeBufferPointer<Float>, cells: Int, first: Int) throws {
    guard let place = firstNotFinite(block) else { return }
    throw TrainingError.generatedNotFinite(
      run: run, epoch: epoch, row: first + place / cells + 1, value: block[place])
  }

  /// Conditions as the networks see them, and the way back of the cells.
  private func prepared(
    _ conditions: Table, rows: Int, _ cells: CellsConfiguration, _ shape: [Int]
  ) throws -> (conditions: [Float], cells: GeneratedCells) {
    let generated = try GeneratedCells(
      cells, shape: shape, conditions: conditions.columns, rows: rows, threads: engine.threads)
    return (floatMatrix(columns: conditionTransform.forward(columns: conditions.columns.map(\.values))), generated)
  }
}
