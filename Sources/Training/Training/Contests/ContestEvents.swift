// Events that the networks of a tournament judge, as columns and, where they are arrays of cells, as cells.
internal import Configuration
internal import Evaluation
internal import Samples

/// Events in physical units.
struct ContestEvents {
  /// Targets, or the observables of cells with 0 in place of those that do not exist, and conditions.
  let table: Table
  /// nil where the targets are columns.
  let cells: ContestCells?

  var rowCount: Int { table.rowCount }

  func rows(_ rows: some Sequence<Int>) throws -> ContestEvents {
    let rows = Array(rows)
    return ContestEvents(
      table: try Table(columns: table.columns.map { $0.rows(rows) }, origin: table.origin), cells: cells?.rows(rows))
  }
}

/// The cells of some events.
struct ContestCells {
  /// Cells of an event.
  let count: Int
  /// Row-major.
  let values: [Float]

  func rows(_ rows: [Int]) -> ContestCells {
    ContestCells(count: count, values: rows.flatMap { values[$0 * count..<($0 + 1) * count] })
  }
}

extension RunEvaluation {
  /// Cells of an event; nil where the targets are columns.
  var cellsOfEvent: Int? { events.cells?.array.cellCount }

  /// Cells of some judged events; nil where the targets are columns.
  /// - Parameter rows: places among the judged events, ascending.
  func realCells(_ rows: [Int]) throws -> ContestCells? {
    guard let judged = events.cells else { return nil }
    return ContestCells(
      count: judged.array.cellCount, values: try rows.flatMap { try judged.array.row(judged.rows[$0]) })
  }

  /// Cells of the events that the generator makes for the conditions of some judged ones, the first of the replicas of an
  /// evaluation; nil where the targets are columns.
  /// - Parameter rows: as above.
  func generatedCells(_ rows: [Int]) throws -> ContestCells? {
    guard let judged = events.cells, let cells = configuration.data.cells else { return nil }
    let size = judged.array.cellCount
    // The noise of an event does not depend on those after it.
    let count = (rows.last ?? -1) + 1
    let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    let conditions = events.dataset.columns(.condition)
    var values = [Float](repeating: 0, count: rows.count * size)
    try Generation(model: sampler.model, seed: configuration.seed).generate(
      conditions: Array(events.conditionMatrix.prefix(count * conditions.count)), rows: count, series: events.series,
      cells: GeneratedCells(
        cells, shape: judged.array.shape, conditions: conditions.map { $0.rows(Array(0..<count)) }, rows: count,
        threads: sampler.engine.threads)
    ) { first, block in
      for row in 0..<block.count / size {
        guard let place = places[first + row] else { continue }
        values.replaceSubrange(place * size..<(place + 1) * size, with: block[row * size..<(row + 1) * size])
      }
    }
    return ContestCells(count: size, values: values)
  }
}
