// Generated targets for given conditions, in physical units.
internal import Samples
internal import TensorGraph

/// Draws from a model's generator. The noise of a row is a function of (seed, series, replica, row).
struct Generation {
  /// The noise series of events generated for users. Evaluation uses the numbers of the sample's parts as series.
  static let samplingSeries: UInt64 = 16
  /// The noise series of events generated for a sample that a run is judged on and was not trained with.
  static let otherSampleSeries: UInt64 = 17

  private let program: Program
  private let seed: UInt64
  private let targets: Int

  /// Rows that pass through the generator together. It decides which noise a row gets, so it is part of the numerics.
  private static let rowsAtOnce = 4096

  init(model: AdversarialModel, seed: UInt64) throws {
    program = try model.generation(batch: Self.rowsAtOnce)
    self.seed = seed
    targets = model.inputs.targets
  }

  /// - Parameters:
  ///   - conditions: as the networks see them, row-major [rows, columns].
  ///   - series: tells apart the noise of samples for different purposes, below 256.
  ///   - progress: called now and then with the number of rows generated.
  /// - Returns: one array for each target, element `replica * rows + row`.
  func generate(
    conditions: [Float], rows: Int, replicas: Int = 1, series: UInt64, transform: Transform,
    progress: (Int) -> Void = { _ in }
  ) -> [[Double]] {
    var generated = [[Double]](repeating: [Double](repeating: 0, count: rows * replicas), count: targets)
    guard rows > 0 else { return generated }
    // A generator without conditions has no input.
    let input = program.input("conditions")
    let columns = conditions.count / rows
    let batch = Self.rowsAtOnce
    for replica in 0..<replicas {
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
        let start = replica * rows + first
        for target in 0..<targets {
          generated[target].withUnsafeMutableBufferPointer { column in
            for row in 0..<count { column[start + row] = Double(output[row * targets + target]) }
          }
        }
        progress(start + count)
      }
    }
    for target in 0..<targets { generated[target] = transform.inverse(generated[target], column: target) }
    return generated
  }
}
