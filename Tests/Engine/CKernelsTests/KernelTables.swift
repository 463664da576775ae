// The tables that this CPU offers, and the inputs that every one of them is tried with.
import CKernels
import Testing

/// The names of all tables that run here; "portable" is always among them.
let tableNames: [String] = ["portable", "sse2", "avx2", "avx512", "neon"].filter { (name: String) in
  fs_kernels_named(name) != nil
}

func pointer(_ name: String?) throws -> UnsafePointer<fs_kernels> {
  let table: UnsafePointer<fs_kernels>? = fs_kernels_named(name)
  return try #require(table)
}

func kernels(_ name: String) throws -> fs_kernels { try pointer(name).pointee }

/// Floats in [-1, 1), multiples of 2^-23.
func moderateFloats(_ count: Int, stream: UInt32) -> [Float] {
  (0..<count).map { Float(Int32(fs_philox(7, stream, 0, UInt64($0)).w0 >> 8) - 0x800000) * 0x1p-23 }
}

/// Random bit patterns (every exponent, both signs) between denormals, infinities, NaNs and zeros of both signs.
func anyFloats(_ count: Int, stream: UInt32) -> [Float] {
  let special: [Float] = [
    0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0x1.8p-140,
    .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.73, -87.4, -103.9,
  ]
  return (0..<count).map {
    let words = fs_philox(7, stream, 1, UInt64($0))
    return words.w0 % 4 == 0 ? special[Int(words.w1 >> 8) % special.count] : Float(bitPattern: words.w2)
  }
}

/// The bits of floats, all NaNs alike.
func bits(_ floats: [Float]) -> [UInt32] { floats.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }

/// slope · value of a closed gate: 0 times an infinity is the zero of its sign.
func closed(_ value: Float, slope: Float) -> Float {
  slope == 0 && value.isInfinite ? (value < 0 ? -0.0 : 0) : slope * value
}

/// A matrix in memory with a row stride.
struct Strided {
  var values: [Float]
  let rows: Int, columns: Int, stride: Int

  init(rows: Int, columns: Int, padding: Int, fill: (Int) -> [Float]) {
    self.rows = rows
    self.columns = columns
    stride = columns + padding
    values = fill(max(rows * stride, 1))
  }

  subscript(_ row: Int, _ column: Int) -> Float { values[row * stride + column] }
}
