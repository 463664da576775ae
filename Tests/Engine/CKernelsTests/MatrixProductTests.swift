// Matrix products: every table against chains of fused multiply-adds written out in Swift, bit for bit.
import CKernels
import Testing

struct ProductCase: Sendable {
  let m: Int, n: Int, k: Int, padding: Int
  let extreme: Bool
}

let productCases: [ProductCase] =
  [
    (1, 1, 1), (1, 1, 0), (2, 3, 1), (5, 8, 7), (14, 32, 16), (15, 33, 5), (29, 69, 23), (128, 5, 64), (31, 1, 64),
    (16, 128, 69), (43, 16, 12), (13, 47, 31), (28, 64, 3), (1, 128, 130),
  ].flatMap { (m, n, k) in
    [
      ProductCase(m: m, n: n, k: k, padding: 0, extreme: false),
      ProductCase(m: m, n: n, k: k, padding: 3, extreme: false),
      ProductCase(m: m, n: n, k: k, padding: 1, extreme: true),
    ]
  }

private func applied(_ epilogue: Int, _ value: Float, gate: Float, slope: Float) -> Float {
  switch epilogue {
  case FS_EPILOGUE_LEAKY: value > 0 ? value : closed(value, slope: slope)
  case FS_EPILOGUE_GATE: gate > 0 ? value : closed(value, slope: slope)
  default: value
  }
}

private let epilogues = [FS_EPILOGUE_NONE, FS_EPILOGUE_LEAKY, FS_EPILOGUE_GATE]

struct TransposedCase: Sendable {
  let rows: Int, m: Int, n: Int, padding: Int
  let extreme: Bool
}

let transposedCases: [TransposedCase] =
  [
    (0, 3, 4), (1, 1, 1), (7, 5, 8), (128, 14, 32), (129, 15, 33), (300, 29, 69), (257, 1, 5), (64, 8, 140),
    (40, 128, 1),
  ]
  .flatMap { (rows, m, n) in
    [
      TransposedCase(rows: rows, m: m, n: n, padding: 0, extreme: false),
      TransposedCase(rows: rows, m: m, n: n, padding: 5, extreme: true),
    ]
  }

@Suite(.timeLimit(.minutes(20))) struct MatrixProductTests {
  @Test(arguments: tableNames, productCases)
  func aProductIsOneChainPerElement(_ name: String, _ shape: ProductCase) throws {
    let table = try kernels(name)
    let (m, n, k) = (shape.m, shape.n, shape.k)
    func matrix(_ rows: Int, _ columns: Int, _ stream: UInt32) -> Strided {
      Strided(rows: rows, columns: columns, padding: shape.padding) {
        shape.extreme ? anyFloats($0, stream: stream) : moderateFloats($0, stream: stream)
      }
    }
    let a = matrix(m, k, 1)
    let b = matrix(k, n, 2)
    let gate = matrix(m, n, 3)
    let start = matrix(m, n, 4)
    let bias = matrix(1, n, 5).values
    for epilogue in epilogues {
      for mode in 0..<3 {
        let slope: Float = mode == 1 ? 0 : 0.2
        let transposed = (mode + Int(epilogue)) % 2 == 1
        var panels = [Float](repeating: .nan, count: max(table.panel_floats(Int64(k), Int64(n)), 1))
        if transposed {
          var columns = [Float](repeating: 0, count: max(n * (k + 2), 1))
          for j in 0..<n { for l in 0..<k { columns[j * (k + 2) + l] = b[l, j] } }
          table.pack_transposed(Int64(k), Int64(n), columns, Int64(k + 2), &panels)
        } else {
          table.pack(Int64(k), Int64(n), b.values, Int64(b.stride), &panels)
        }
        var c = start
        a.values.withUnsafeBufferPointer { a0 in
          panels.withUnsafeBufferPointer { panels0 in
            c.values.withUnsafeMutableBufferPointer { c0 in
              bias.withUnsafeBufferPointer { bias0 in
                gate.values.withUnsafeBufferPointer { gate0 in
                  var call = fs_gemm()
                  (call.m, call.n, call.k) = (Int64(m), Int64(n), Int64(k))
                  (call.a, call.lda) = (a0.baseAddress, Int64(a.stride))
                  call.panels = panels0.baseAddress
                  (call.c, call.ldc) = (c0.baseAddress, Int64(start.stride))
                  call.bias = mode == 0 ? bias0.baseAddress : nil
                  call.accumulate = mode == 1 ? 1 : 0
                  (call.gate, call.ldgate) = (gate0.baseAddress, Int64(gate.stride))
                  (call.slope, call.epilogue) = (slope, Int32(epilogue))
                  table.gemm(&call)
                }
              }
            }
          }
        }
        var wanted = start
        for i in 0..<m {
          for j in 0..<n {
            var chain: Float = mode == 0 ? bias[j] : mode == 1 ? start[i, j] : 0
            for l in 0..<k { chain.addProduct(a[i, l], b[l, j]) }
            wanted.values[i * start.stride + j] = applied(epilogue, chain, gate: gate[i, j], slope: slope)
          }
        }
        #expect(bits(c.values) == bits(wanted.values), "epilogue \(epilogue), init \(mode)")
      }
    }
  }

  @Test(arguments: tableNames, transposedCases)
  func aTransposedProductChainsOverRowsAndSumsColumns(_ name: String, _ shape: TransposedCase) throws {
    let table = try kernels(name)
    let (rows, m, n) = (shape.rows, shape.m, shape.n)
    func matrix(_ rows: Int, _ columns: Int, _ stream: UInt32) -> Strided {
      Strided(rows: rows, columns: columns, padding: shape.padding) {
        shape.extreme ? anyFloats($0, stream: stream) : moderateFloats($0, stream: stream)
      }
    }
    // The factors of three pairs, or of one, lie one below the other.
    let pairs = shape.padding > 0 ? 3 : 1
    let x = matrix(pairs * rows, m, 11)
    let y = matrix(pairs * rows, n, 12)
    let start = matrix(m, n, 13)
    let startSums = moderateFloats(n, stream: 14)
    for accumulate in [false, true] {
      for withProduct in [true, false] {
        var c = start
        var sums = startSums
        x.values.withUnsafeBufferPointer { x0 in
          y.values.withUnsafeBufferPointer { y0 in
            c.values.withUnsafeMutableBufferPointer { c0 in
              sums.withUnsafeMutableBufferPointer { sums0 in
                var call = fs_gemm_tn()
                (call.rows, call.m, call.n) = (Int64(rows), Int64(m), Int64(n))
                let factors = (0..<pairs).map { pair in
                  fs_factors(
                    x: x0.baseAddress.map { $0 + pair * rows * x.stride }, ldx: Int64(x.stride),
                    y: y0.baseAddress.map { $0 + pair * rows * y.stride }, ldy: Int64(y.stride))
                }
                call.pairs = Int64(pairs)
                (call.c, call.ldc) = (withProduct ? c0.baseAddress : nil, Int64(start.stride))
                call.colsum = sums0.baseAddress
                call.accumulate = accumulate ? 1 : 0
                factors.withUnsafeBufferPointer {
                  call.factors = $0.baseAddress
                  table.gemm_tn(&call)
                }
              }
            }
          }
        }
        var wanted = start
        var wantedSums = startSums
        for j in 0..<n {
          let order = (0..<rows).flatMap { row in (0..<pairs).map { $0 * rows + row } }
          wantedSums[j] = order.reduce(accumulate ? startSums[j] : 0) { $0 + y[$1, j] }
          guard withProduct else { continue }
          for i in 0..<m {
            var chain: Float = accumulate ? start[i, j] : 0
            for r in order { chain.addProduct(x[r, i], y[r, j]) }
            wanted.values[i * start.stride + j] = chain
          }
        }
        #expect(bits(c.values) == bits(wanted.values))
        #expect(bits(sums) == bits(wantedSums))
      }
    }
  }
}
