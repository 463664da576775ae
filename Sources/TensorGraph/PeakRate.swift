// What the CPU can do at most, measured: the scale on which a program's speed is read.
package import CKernels

/// Fused multiply-adds on registers alone, in floating-point operations a second over all threads of a pool.
///
/// The best of several short runs, so that a moment's disturbance does not count. Takes about 30 ms.
package func multiplyAddPeak(pool: ThreadPool, kernels: UnsafePointer<fs_kernels>) -> Double {
  let clock = ContinuousClock()
  let chunks = 4 * pool.threads
  let factors: [Float] = [0.5, 0.25]
  func run(rounds: Int64) -> Double {
    var operations: Int64 = 0
    let time = factors.withUnsafeBufferPointer { factors in
      clock.measure {
        pool.run(
          ChunkedWork(chunks: chunks) { _, _ in
            var sum: Float = 0
            _ = kernels.pointee.multiply_add_peak(rounds, factors.baseAddress, &sum)
          })
      }
    }
    var sum: Float = 0
    operations = Int64(chunks) * kernels.pointee.multiply_add_peak(1, factors, &sum) * rounds
    return Double(operations) / (time / .seconds(1))
  }
  var rounds: Int64 = 256
  while clock.measure({ _ = run(rounds: rounds) }) < .milliseconds(2) { rounds *= 2 }
  return (0..<8).map { _ in run(rounds: rounds) }.max() ?? 0
}
