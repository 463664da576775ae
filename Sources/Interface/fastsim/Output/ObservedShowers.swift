// The observables of a file of showers, some hundred showers at a time.
import Calorimeters
import Output
import Samples
import Text
import ToyDescriptions

/// A file of showers of a known detector.
struct ObservedShowers {
  private let cells: CellArray
  private let conditions: Table
  private let observables: CalorimeterObservables

  /// Bytes of cells in memory at a time.
  private static let blockSize = 32 << 20

  /// Observables, and what was left without a value.
  struct Found {
    let table: Table
    let summary: String
  }

  var rows: Int { cells.rowCount }

  /// - Parameter detector: nil for the one with the cells and conditions of the file.
  /// - Throws: `SampleError` for what cannot be read and a condition that is missing; `CommandFailure` for other cells than a
  ///   detector's.
  init(_ path: String, array: String, detector: CalorimeterName?) throws {
    cells = try readCells(path, name: array)
    // An .npy file holds the array alone.
    let table =
      path.lowercased().hasSuffix(".npy")
      ? try Table(columns: [], origin: path) : try readTable(path, omitting: [array])
    observables = try Self.observables(of: cells, table.columns.map(\.name), detector)
    conditions = try table.selecting(observables.conditions)
    try conditions.requireFinite()
    guard conditions.rowCount == cells.rowCount else {
      throw SampleError.unequalColumns(
        origin: path, first: array, firstCount: cells.rowCount, second: observables.conditions[0],
        secondCount: conditions.rowCount)
    }
  }

  /// - Parameter conditions: the columns of the file.
  private static func observables(
    of cells: CellArray, _ conditions: [String], _ detector: CalorimeterName?
  ) throws -> CalorimeterObservables {
    let found = "\(cells.origin): \(cells.name) has \(crosses(cells.shape)) cells a shower"
    if let detector {
      guard detector.cellCount == cells.cellCount else {
        throw CommandFailure("\(found), and \(detector.rawValue) has \(crosses(detector.shape))")
      }
      return CalorimeterObservables(of: detector)
    }
    if let known = CalorimeterObservables(shape: cells.shape, conditions: conditions, takesRows: true) { return known }
    let fitting = CalorimeterName.allCases.first { $0.shape == cells.shape || [$0.cellCount] == cells.shape }
    guard let fitting else {
      throw CommandFailure(
        "\(found), and no calorimeter has; they have "
          + CalorimeterName.allCases.map { crosses($0.shape) }.joined(separator: ", ")
          + ", and --detector names one with as many cells")
    }
    let missing = CalorimeterObservables(of: fitting).conditions.first { !conditions.contains($0) }
    throw SampleError.unknownColumn(name: missing ?? "", origin: cells.origin, available: conditions)
  }

  private static func crosses(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " x ") }

  /// - Throws: `SampleError.notFinite` for a cell that is no number, and others where the file fails.
  func table(withConditions: Bool, threads: Int?, progress: (Double) -> Void) throws -> Found {
    let (names, size) = (observables.names, cells.cellCount)
    let block = max(1, Self.blockSize / (4 * size))
    var columns = names.map { _ in [Double]() }
    for place in columns.indices { columns[place].reserveCapacity(rows) }
    let showers = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(rows, block) * size)
    let values = UnsafeMutableBufferPointer<Double>.allocate(capacity: min(rows, block) * names.count)
    defer {
      showers.deallocate()
      values.deallocate()
    }
    for first in stride(from: 0, to: rows, by: block) {
      let range = first..<min(rows, first + block)
      let part = UnsafeMutableBufferPointer(rebasing: showers[..<(range.count * size)])
      try cells.read(range, into: part)
      let target = UnsafeMutableBufferPointer(rebasing: values[..<(range.count * names.count)])
      observables.fill(
        UnsafeBufferPointer(part), conditions: conditions.columns.map { $0.values[range] }, into: target,
        threads: threads)
      try requireFinite(part, values: target, first: first)
      for place in columns.indices {
        for row in 0..<range.count { columns[place].append(target[row * names.count + place]) }
      }
      progress(Double(range.upperBound) / Double(rows))
    }
    let made = zip(names, columns).map { Column(name: $0, values: $1) }
    return Found(
      table: try Table(columns: (withConditions ? conditions.columns : []) + made, origin: cells.origin),
      summary: summary(made))
  }

  /// Refuses cells that are no numbers; only showers without observables can have them.
  /// - Parameter first: the row of the first shower.
  private func requireFinite(
    _ showers: UnsafeMutableBufferPointer<Float>, values: UnsafeMutableBufferPointer<Double>, first: Int
  ) throws(SampleError) {
    let (size, count) = (cells.cellCount, observables.names.count)
    for row in 0..<showers.count / size where values[row * count].isNaN {
      if let cell = showers[row * size..<(row + 1) * size].first(where: { !$0.isFinite }) {
        throw .notFinite(origin: cells.origin, column: cells.name, row: first + row + 1, value: Double(cell))
      }
    }
  }

  private func summary(_ columns: [Column]) -> String {
    let empty = columns.first.map { $0.values.count(where: \.isNaN) } ?? 0
    let partly = columns.filter { $0.values.count(where: \.isNaN) > empty }.count
    return "\(counted(rows, "shower")) of \(observables.detector.rawValue), \(columns.count) observables"
      + (empty > 0 ? "; \(counted(empty, "shower")) without energy, all NaN" : "")
      + (partly > 0 ? "; \(counted(partly, "observable")) NaN in other showers" : "")
  }
}
