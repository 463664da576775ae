// Targets from a generator network, a batch of rows at a time.
internal import TensorGraph

/// Runs a model's generator. The noise of a row is a function of (seed, series, replica, row).
struct NetworkGenerator: EventGenerator {
  private let program: Program
  private let seed: UInt64
  private let targets: Int

  /// Rows that pass through the generator together. It decides which noise a row gets, so it is part of the numerics.
  private static let standardRows = 4096
  private let rowsAtOnce: Int

  /// Events of many cells go in smaller pieces, so that memory stays bounded: 16 of 65,025 cells.
  private static func rows(cells: Int) -> Int {
    var rows = standardRows
    while rows > 1, rows * cells > 1 << 20 { rows /= 2 }
    return rows
  }

  /// - Parameter rowsAtOnce: nil for the standard; others give events with other noise.
  init(model: AdversarialModel, seed: UInt64, rowsAtOnce: Int? = nil) throws {
    self.rowsAtOnce = rowsAtOnce ?? model.inputs.cells.map { Self.rows(cells: $0.reduce(1, *)) } ?? Self.standardRows
    program = try model.generation(batch: self.rowsAtOnce)
    self.seed = seed
    targets = model.inputs.targets
  }

  func generate(
    conditions: [Float], rows: Int, replica: Int, series: UInt64,
    write: (Int, UnsafeBufferPointer<Double>) throws -> Void
  ) rethrows {
    // A generator without conditions has no input.
    let input = program.input("conditions")
    let columns = conditions.count / max(1, rows)
    let batch = rowsAtOnce
    var values = [Double](repeating: 0, count: batch * targets)
    for (chunk, first) in stride(from: 0, to: rows, by: batch).enumerated() {
      let count = min(batch, rows - first)
      if let input {
        conditions.withUnsafeBufferPointer { values in
          guard let base = values.baseAddress else { return }
          input.update(from: base + first * columns, count: count * columns)
        }
        (input + count * columns).update(repeating: 0, count: (batch - count) * columns)
      }
      program.run(seed: seed, step: series << 56 | UInt64(replica) << 40 | UInt64(chunk))
      let output = program.output("generated")
      for index in 0..<count * targets { values[index] = Double(output[index]) }
      try values.withUnsafeBufferPointer { try write(first, UnsafeBufferPointer(rebasing: $0[..<(count * targets)])) }
    }
  }
}
