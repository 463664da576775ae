// Writing simulated showers to a file, some hundred at a time.
import Foundation
import Output
import Samples
import ToyDescriptions
import ToySimulation

/// A file of simulated showers.
struct ShowerFile {
  private let simulation: CalorimeterSimulation
  private let name: CalorimeterName
  private let rows: Int

  /// Bytes of cells in memory at a time.
  private static let blockSize = 32 << 20

  init(
    _ name: CalorimeterName, options: CalorimeterOptions, seed: UInt64, rows: Int, threads: Int?
  ) throws {
    simulation = try CalorimeterSimulation(of: name, options: options, seed: seed, threads: threads)
    (self.name, self.rows) = (name, rows)
  }

  /// Simulates and writes, drawing a line of progress, and tells what was written.
  func write(to path: String, quiet: Bool) throws {
    try CellArrayWriter.requireFormat(path)
    var line = ProgressLine(quiet: quiet)
    defer { line.clear() }
    let began = ContinuousClock.now
    let layout = CellArrayLayout(
      rows: rows, name: CalorimeterName.showersName, cells: name.cellCount,
      columns: try simulation.conditions(0..<rows),
      matrices: [CalorimeterName.energyName])
    let block = max(1, Self.blockSize / (4 * name.cellCount))
    let showers = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(rows, block) * name.cellCount)
    defer { showers.deallocate() }
    try CellArrayWriter.write(layout, to: path) { writer in
      for first in stride(from: 0, to: rows, by: block) {
        let events = first..<min(rows, first + block)
        let part = UnsafeMutableBufferPointer(rebasing: showers[..<(events.count * name.cellCount)])
        simulation.fill(events, into: part)
        try writer.append(UnsafeBufferPointer(part))
        line.draw("simulating \(rows) showers", fraction: Double(events.upperBound) / Double(rows))
      }
      line.draw("writing \(path)", always: true)
    }
    line.clear()
    guard !quiet else { return }
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let names = layout.columns.map(\.name) + [layout.name]
    printNotice(
      "\(path): \(rows) showers of \(name.cellCount) cells (\(names.joined(separator: ", ")));"
        + " simulated and written in \(String(format: "%.2f", seconds)) s, "
        + "\(String(format: "%.0f", Double(rows) / max(seconds, 1e-9))) showers/s")
  }
}
