// Events of cells as columns that measures compare: numbers that are computed of each event.
internal import Calorimeters
internal import Configuration
internal import Evaluation
internal import Numerics
internal import Samples

/// What is computed of each event: the observables of a detector, or a summary that needs none.
struct CellObservables: Sendable {
  /// `showers.energy` and so on, with the name of the array.
  let names: [String]
  private let numbers: EventNumbers

  /// - Parameters:
  ///   - shape: the extents of an event.
  ///   - conditions: those of the config.
  init(_ cells: CellsConfiguration, shape: [Int], conditions: [String]) {
    numbers = EventNumbers(CalorimeterObservables(shape: shape, conditions: conditions), shape: shape)
    names = cells.observables(shape: shape, conditions: conditions)
  }

  /// - Parameters:
  ///   - block: cells of some events, row-major.
  ///   - conditions: of these events, in physical units.
  /// - Returns: as ``EventNumbers/values(of:conditions:threads:)``.
  func values(of block: UnsafeBufferPointer<Float>, conditions: [Column], threads: Int?) -> [Double] {
    let needed = numbers.conditions.map { name in (conditions.first { $0.name == name }?.values ?? [])[...] }
    return numbers.values(of: block, conditions: needed, threads: threads)
  }
}

extension CellArray {
  /// Reads some rows, a block at a time.
  /// - Parameters:
  ///   - rows: which, in this order.
  ///   - body: given the places in `rows` of a block, and its cells, row-major.
  /// - Throws: `SampleError` where the file cannot be read any more.
  func forEachBlock(
    of rows: [Int], _ body: (Range<Int>, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let chunks = RowChunks(rows.count, size: max(1, (1 << 20) / cellCount))
    for chunk in 0..<chunks.count {
      let places = chunks[chunk]
      var block = [Float](repeating: 0, count: places.count * cellCount)
      for (slot, place) in places.enumerated() {
        block.replaceSubrange(slot * cellCount..<(slot + 1) * cellCount, with: try row(rows[place]))
      }
      try block.withUnsafeBufferPointer { try body(places, $0) }
    }
  }

  /// Observables of some rows.
  /// - Parameters:
  ///   - rows: which, in this order.
  ///   - conditions: of these rows, in physical units.
  /// - Returns: a column for each name.
  /// - Throws: `SampleError` where the file cannot be read any more.
  func columns(
    _ observables: CellObservables, rows: [Int], conditions: [Column], threads: Int? = nil
  ) throws -> [Column] {
    var columns = observables.names.map { _ in [Double]() }
    try forEachBlock(of: rows) { places, block in
      let values = observables.values(
        of: block, conditions: conditions.map { $0.rows(Array(places)) }, threads: threads)
      for (place, value) in values.enumerated() { columns[place % columns.count].append(value) }
    }
    return zip(observables.names, columns).map { Column(name: $0, values: $1) }
  }
}

extension Generation {
  /// Observables of generated events of cells, none of which is kept.
  /// - Parameters:
  ///   - physical: the conditions in physical units.
  ///   - conditions, rows, replicas, series, cells: as of `generate`.
  /// - Returns: one array for each name, element `replica * rows + row`.
  /// - Throws: `TrainingError.tooManyEvents`.
  func columns(
    _ observables: CellObservables, physical: [Column], conditions: [Float], rows: Int, replicas: Int, series: UInt64,
    cells: GeneratedCells
  ) throws -> [[Double]] {
    let count = observables.names.count
    try requireMemory(for: rows * replicas, numbers: count)
    var columns = [[Double]](repeating: [Double](repeating: 0, count: rows * replicas), count: count)
    generate(conditions: conditions, rows: rows, replicas: replicas, series: series, cells: cells) { first, block in
      let events = first..<first + block.count / cells.count
      let places = events.map { $0 % rows }
      let values = observables.values(of: block, conditions: physical.map { $0.rows(places) }, threads: cells.threads)
      for (place, value) in values.enumerated() { columns[place % count][first + place / count] = value }
    }
    return columns
  }
}
