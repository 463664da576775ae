// Random numbers as functions of seed and row, and their bits.
import CKernels

/// Uniform in [0, 1).
func uniform(_ seed: UInt64, _ row: Int) -> Double {
  let words = fs_philox(seed, 1, 0, UInt64(row))
  return fs_uniform53(words.w0, words.w1)
}

/// Standard normal.
func normal(_ seed: UInt64, _ row: Int) -> Double {
  fs_probit(uniform(seed, row))
}

/// A float64 of random bits that is no NaN.
func randomBits(_ seed: UInt64, _ row: Int) -> Double {
  let words = fs_philox(seed, 2, 0, UInt64(row))
  let value = Double(bitPattern: UInt64(words.w0) << 32 | UInt64(words.w1))
  return value.isNaN ? Double(words.w2) : value
}

/// The bits of numbers, so that NaN equals itself and -0 differs from 0.
func bits(_ values: [Double]) -> [UInt64] {
  values.map(\.bitPattern)
}
