// Generated targets for given conditions, in physical units.
internal import Configuration
internal import Numerics
internal import Samples

/// Draws events from a model. The random numbers of a row are a function of (seed, series, replica, row).
struct Generation {
  /// The series of events generated for users. Evaluation uses the numbers of the sample's parts as series.
  static let samplingSeries: UInt64 = 16
  /// The noise series of events generated for a sample that a run is judged on and was not trained with.
  static let otherSampleSeries: UInt64 = 17

  private let generator: any EventGenerator

  /// - Parameter rowsAtOnce: as of ``GenerativeModel/generator(seed:rowsAtOnce:)``.
  init(model: any GenerativeModel, seed: UInt64, rowsAtOnce: Int? = nil) throws {
    generator = try model.generator(seed: seed, rowsAtOnce: rowsAtOnce)
  }

  /// - Parameters:
  ///   - conditions: as the model sees them, row-major [rows, columns].
  ///   - series: tells apart the random numbers of samples for different purposes, below 256.
  ///   - transform: that of the targets.
  ///   - progress: called now and then with the number of rows generated.
  /// - Returns: one array for each target, element `replica * rows + row`.
  /// - Throws: `TrainingError.tooManyEvents` for more than fit into memory.
  func generate(
    conditions: [Float], rows: Int, replicas: Int = 1, series: UInt64, transform: Transform,
    progress: (Int) -> Void = { _ in }
  ) throws -> [[Double]] {
    let targets = transform.columnCount
    try requireMemory(for: rows * replicas, numbers: targets)
    var generated = [[Double]](repeating: [Double](repeating: 0, count: rows * replicas), count: targets)
    guard rows > 0, targets > 0 else { return generated }
    for replica in 0..<replicas {
      generator.generate(conditions: conditions, rows: rows, replica: replica, series: series) { first, values in
        let count = values.count / targets
        let start = replica * rows + first
        for target in 0..<targets {
          generated[target].withUnsafeMutableBufferPointer { column in
            for row in 0..<count { column[start + row] = values[row * targets + target] }
          }
        }
        progress(start + count)
      }
    }
    for target in 0..<targets { generated[target] = transform.inverse(generated[target], column: target) }
    return generated
  }

  /// Events of cells, some at a time.
  /// - Parameters:
  ///   - conditions, rows, replicas, series: as above.
  ///   - cells: how the cells of an event come back to physical units; a divisor for each row.
  ///   - write: takes the number of a first event, `replica * rows + row`, and the cells of some events from there.
  /// - Throws: what `write` throws.
  func generate(
    conditions: [Float], rows: Int, replicas: Int = 1, series: UInt64, cells: GeneratedCells,
    write: (Int, UnsafeBufferPointer<Float>) throws -> Void
  ) rethrows {
    guard rows > 0 else { return }
    var block: [Float] = []
    for replica in 0..<replicas {
      try generator.generate(conditions: conditions, rows: rows, replica: replica, series: series) { first, values in
        let count = values.count / cells.count
        block.reserveCapacity(values.count)
        if block.count < values.count { block += [Float](repeating: 0, count: values.count - block.count) }
        block.withUnsafeMutableBufferPointer { target in
          nonisolated(unsafe) let (target, values) = (target, values)
          forEachChunk(count, threads: cells.threads) { row in
            let place = row * cells.count..<(row + 1) * cells.count
            cells.transform.inverse(
              UnsafeBufferPointer(rebasing: values[place]), divisor: cells.divisors[first + row],
              to: UnsafeMutableBufferPointer(rebasing: target[place]))
          }
        }
        try block.withUnsafeBufferPointer {
          try write(replica * rows + first, UnsafeBufferPointer(rebasing: $0[..<values.count]))
        }
      }
    }
  }
}

/// Refuses events that would not fit into memory.
/// - Parameters:
///   - events: how many.
///   - numbers: of each event that are kept as float64, and copied once.
/// - Throws: `TrainingError.tooManyEvents`.
func requireMemory(for events: Int, numbers: Int) throws {
  let (bytes, overflow) = events.multipliedReportingOverflow(by: 2 * MemoryLayout<Double>.stride * numbers)
  let (needed, usable) = (overflow ? .max : bytes, memoryOfOneRequest())
  guard needed <= usable else { throw TrainingError.tooManyEvents(events, needed: needed, usable: usable) }
}

/// How generated cells come back to physical units.
struct GeneratedCells: Sendable {
  /// Cells of an event.
  let count: Int
  let transform: CellTransform
  /// What the cells of each row are divided by.
  let divisors: [Double]
  let threads: Int

  /// - Parameters:
  ///   - shape: the extents of an event.
  ///   - conditions: of the events, in physical units.
  ///   - rows: how many events.
  /// - Throws: as ``CellsConfiguration/divisors(_:rows:count:)``.
  init(_ cells: CellsConfiguration, shape: [Int], conditions: [Column], rows: Int, threads: Int) throws {
    count = shape.reduce(1, *)
    transform = CellTransform(power: cells.power)
    divisors = try cells.divisors(conditions, count: rows)
    self.threads = threads
  }
}
