// Random numbers for pseudo-experiments, a function of the seed alone.
import CKernels

struct RandomSample {
  private let seed: UInt64
  private var block: UInt64 = 0

  init(seed: UInt64) { self.seed = seed }

  /// In (0, 1).
  mutating func uniform() -> Double {
    let words = fs_philox(seed, 7, 0, block)
    block += 1
    return max(fs_uniform53(words.w0, words.w1), 0x1p-60)
  }

  mutating func normal() -> Double { fs_probit(uniform()) }

  mutating func normals(_ count: Int, mean: Double = 0, width: Double = 1) -> [Double] {
    (0..<count).map { _ in mean + width * normal() }
  }

  /// Weights around one, about a fifth of them negative.
  mutating func signedWeights(_ count: Int) -> [Double] { normals(count, mean: 1, width: 1.2) }
}
