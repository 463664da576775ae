// Generated targets for given conditions, in physical units.
internal import Samples
internal import TensorGraph

/// Draws from a model's generator. The noise of a row is a function of (seed, series, replica, row).
struct Generation {
  private let program: Program
  private let batch: Int
  private let seed: UInt64
  private let targets: Int

  /// Rows that pass through the generator together.
  private static let rowsAtOnce = 4096

  init(model: AdversarialModel, seed: UInt64) throws {
    batch = Self.rowsAtOnce
    program = try model.generation(batch: batch)
    self.seed = seed
    targets = model.inputs.targets
  }

  /// - Parameters:
  ///   - conditions: as the networks see them, row-major [rows, columns].
  ///   - series: tells apart the noise of samples for different purposes.
  /// - Returns: one array for each target, element `replica * rows + row`.
  func generate(
    conditions: [Float], rows: Int, replicas: Int, series: UInt64, transform: Transform
  ) -> [[Double]] {
    guard rows > 0, let input = program.input("conditions") else { return [] }
    let columns = conditions.count / rows
    var generated = [[Double]](repeating: [Double](repeating: 0, count: rows * replicas), count: targets)
    for replica in 0..<replicas {
      for (chunk, first) in stride(from: 0, to: rows, by: batch).enumerated() {
        let count = min(batch, rows - first)
        input.update(repeating: 0, count: batch * columns)
        conditions.withUnsafeBufferPointer { values in
          guard let base = values.baseAddress else { return }
          input.update(from: base + first * columns, count: count * columns)
        }
        program.run(seed: seed, step: series << 56 | UInt64(replica) << 40 | UInt64(chunk))
        let output = program.output("generated")
        for row in 0..<count {
          for target in 0..<targets {
            generated[target][replica * rows + first + row] = Double(output[row * targets + target])
          }
        }
      }
    }
    return transform.inverse(columns: generated)
  }
}
