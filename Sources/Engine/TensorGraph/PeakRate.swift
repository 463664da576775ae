// What the CPU can do at most, measured: the scale on which a program's speed is read.
package import CKernels

/// Fused multiply-adds on registers alone, in floating-point operations a second over all threads of a pool.
///
/// The best of several short runs, so that a stepNumber's disturbance does not count. Takes about 30 ms.
package func multiplyAddPeak(pool: ThreadPool, kernels: UnsafePointer<fs_kernels>) -> Double {
  var rounds: Int64 = 256
  let work = ChunkedWork(chunks: 4 * pool.threads) { _, _ in
    var sum: Float = 0
    _ = kernels.pointee.multiply_add_peak(rounds, [0.5, 0.25], &sum)
  }
  func seconds() -> Double { ContinuousClock().measure { pool.run(work) } / .seconds(1) }
  while seconds() < 0.002 { rounds *= 2 }
  var sum: Float = 0
  let operations = Int64(work.chunks) * rounds * kernels.pointee.multiply_add_peak(1, [0.5, 0.25], &sum)
  return Double(operations) / ((0..<8).map { _ in seconds() }.min() ?? .infinity)
}
