// The showers of files that `fastsim look` shows.
import Calorimeters
import Output
import Samples
import ToyDescriptions

/// A file of showers with its conditions, opened.
struct ShownShowers {
  private let cells: CellArray
  private let conditions: [ShowerCondition]
  /// How many are looked at.
  private let rows: Int

  /// Bytes of cells in memory at a time.
  private static let blockSize = 32 << 20

  /// - Parameters:
  ///   - shape: the extents of an event; nil for those of the file.
  ///   - count: how many showers are looked at, at most.
  /// - Throws: `SampleError` for what cannot be read.
  init(_ path: String, array: String, shape: [Int]?, count: Int) throws {
    cells = try readCells(path, name: array, shape: shape)
    rows = min(cells.rowCount, count)
    guard rows > 0 else { throw SampleError.malformed(path: path, reason: "the array \(array) has no rows") }
    // An .npy file holds the array alone.
    let table = path.lowercased().hasSuffix(".npy") ? nil : try readTable(path, omitting: [array])
    if let table, let first = table.columns.first, table.rowCount != cells.rowCount {
      throw SampleError.unequalColumns(
        origin: path, first: array, firstCount: cells.rowCount, second: first.name, secondCount: table.rowCount)
    }
    conditions = (table?.columns ?? []).map { [rows] in
      ShowerCondition(name: $0.name, values: Array($0.values.prefix(rows)))
    }
  }

  /// The detector with these cells and conditions; nil where there is none.
  private var detector: CalorimeterName? {
    CalorimeterObservables(shape: cells.shape, conditions: conditions.map(\.name), takesRows: true)?.detector
  }

  /// - Parameters:
  ///   - generated: a sample beside this one.
  ///   - drawn: how many showers are drawn.
  ///   - progress: called now and then with the part that is done.
  /// - Throws: `SampleError.otherCells` for showers of other cells, `.notFinite` for a cell that is no number.
  func comparison(
    with generated: ShownShowers?, drawn: Int, threads: Int?, progress: (Double) -> Void
  ) throws -> ShowerComparison {
    if let generated, generated.cells.cellCount != cells.cellCount {
      throw SampleError.otherCells(
        origin: generated.cells.origin, name: generated.cells.name, found: generated.cells.shape, expected: cells.shape)
    }
    let views = ShowerViews(of: detector, shape: cells.shape)
    let chosen = DrawnShowers(drawn, of: rows, conditions, besides: generated?.rows ?? 0, generated?.conditions ?? [])
    // Both samples get the same observables.
    let shared = conditions.map(\.name).filter { name in
      generated?.conditions.contains { $0.name == name } ?? true
    }
    let total = Double(rows + (generated?.rows ?? 0))
    let real = try sample(generated == nil ? "showers" : "real", views, shared, chosen.rows, threads) {
      progress(Double($0) / total)
    }
    let other = try generated?.sample("generated", views, shared, chosen.partners, threads) {
      progress(Double(rows + $0) / total)
    }
    return ShowerComparison(
      views: views, unit: conditions.unitOfCells, real: real, generated: other, drawn: chosen)
  }

  private func sample(
    _ name: String, _ views: ShowerViews, _ shared: [String], _ drawn: [Int], _ threads: Int?, progress: (Int) -> Void
  ) throws -> ShowerSample {
    let size = cells.cellCount
    var sample = ShowerSample(
      name: name, views: views, conditions: conditions.filter { shared.contains($0.name) }, drawn: drawn)
    let block = max(1, Self.blockSize / (4 * size))
    let showers = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(rows, block) * size)
    defer { showers.deallocate() }
    for first in stride(from: 0, to: rows, by: block) {
      let range = first..<min(rows, first + block)
      let part = UnsafeMutableBufferPointer(rebasing: showers[..<(range.count * size)])
      try cells.readFinite(range, into: part)
      sample.add(UnsafeBufferPointer(part), threads: threads)
      progress(range.upperBound)
    }
    return sample
  }
}
