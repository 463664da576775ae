// Elementwise kernels: their definitions, their accuracy, broadcasting, and the same bits from every table.
import CKernels
import Foundation
import TestSupport
import Testing

private func unary(_ table: fs_kernels, _ op: Int, _ input: [Float]) -> [Float] {
  var output = [Float](repeating: -7, count: input.count)
  input.withUnsafeBufferPointer {
    let view = fs_view(data: $0.baseAddress, row_stride: Int64(input.count), col_stride: 1)
    table.unary(Int32(op), 1, Int64(input.count), view, &output, Int64(input.count))
  }
  return output
}

struct FunctionCase: Sendable {
  let name: String
  let op: Int
  let limit: Double
  let reference: @Sendable (Double) -> Double
}

let functionCases = [
  FunctionCase(name: "exp", op: FS_EXP, limit: 1, reference: { fs_exp($0) }),
  FunctionCase(name: "log", op: FS_LOG, limit: 1, reference: { fs_log($0) }),
  FunctionCase(name: "tanh", op: FS_TANH, limit: 1.5, reference: { fs_tanh($0) }),
  FunctionCase(name: "sigmoid", op: FS_SIGMOID, limit: 2.5, reference: { fs_sigmoid($0) }),
  FunctionCase(name: "softplus", op: FS_SOFTPLUS, limit: 2, reference: { fs_softplus($0) }),
  FunctionCase(name: "sqrt", op: FS_SQRT, limit: 0.5, reference: { $0.squareRoot() }),
  FunctionCase(name: "erf", op: FS_ERF, limit: 1.5, reference: { fs_erf($0) }),
]

private func defined(_ op: Int, _ a: Float) -> Float? {
  switch op {
  case FS_STEP: a > 0 ? 1 : 0
  case FS_SIGN: a > 0 ? 1 : a < 0 ? -1 : 0
  case FS_ABS: abs(a)
  case FS_COPY: a
  case FS_SQRT: a.squareRoot()
  default: nil
  }
}

private func defined(_ op: Int, _ a: Float, _ b: Float) -> Float {
  switch op {
  case FS_ADD: a + b
  case FS_SUB: a - b
  case FS_MUL: a * b
  case FS_DIV: a / b
  case FS_MAXIMUM: a > b || a.isNaN ? a : b
  default: a < b || a.isNaN ? a : b
  }
}

/// A view's strides, and how many floats it spans.
private let layouts: [(row: Int, column: Int)] = [(0, 0), (0, 1), (1, 0), (-1, 1), (-2, 1)]

@Suite(.timeLimit(.minutes(20))) struct ElementwiseTests {
  @Test(arguments: functionCases)
  func aFunctionIsWithinItsErrorOverAllFloats(_ function: FunctionCase) throws {
    let table = try kernels("portable")
    let patterns = stride(from: UInt32(0), through: UInt32.max - 4001, by: 4001)
    let inputs = patterns.map { Float(bitPattern: $0) } + moderateFloats(20_000, stream: 31).map { $0 * 20 }
    let outputs = unary(table, function.op, inputs)
    var worst = 0.0
    for (x, y) in zip(inputs, outputs) {
      let exact = function.reference(Double(x))
      let rounded = Float(exact)
      if exact.isNaN || rounded.isInfinite || rounded.isZero || y.isInfinite || y.isNaN {
        #expect(bits([y]) == bits([rounded]), "\(function.name)(\(x))")
      } else {
        worst = max(worst, abs(Double(y) - exact) / Double(rounded.ulp))
      }
    }
    #expect(worst <= function.limit)
  }

  /// The values in Tests/Fixtures/float_functions are mpmath's, which knows nothing of `fs_math64.h`.
  @Test
  func functionsOfFloatsAgreeWithMpmath() throws {
    let table = try kernels("portable")
    var worst: [String: Double] = [:]
    for line in try String(contentsOf: fixture("float_functions/float_functions.csv"), encoding: .utf8)
      .split(separator: "\n").dropFirst()
    {
      let fields = line.split(separator: ",")
      let function = try #require(functionCases.first { $0.name == fields[0] })
      let x = Float(bitPattern: try #require(UInt32(fields[1], radix: 16)))
      let exact = Double(bitPattern: try #require(UInt64(fields[2], radix: 16)))
      let (y, rounded) = (unary(table, function.op, [x])[0], Float(exact))
      if rounded.isInfinite || rounded.isZero {
        #expect(y == rounded, "\(function.name)(\(x))")
      } else {
        worst[function.name] = max(worst[function.name] ?? 0, abs(Double(y) - exact) / Double(rounded.ulp))
      }
    }
    #expect(Set(worst.keys) == Set(functionCases.map(\.name)))
    for function in functionCases { #expect(worst[function.name] ?? .infinity <= function.limit, "\(function.name)") }
  }

  @Test(arguments: tableNames)
  func everyTableGivesThePortableFunctions(_ name: String) throws {
    let table = try kernels(name)
    let portable = try kernels("portable")
    for count in [1, 2, 3, 5, 15, 16, 17, 1021] {
      let inputs = anyFloats(count, stream: 32) + moderateFloats(count, stream: 33).map { $0 * 100 }
      for op in 0..<Int(FS_UNARY_COUNT) {
        #expect(bits(unary(table, op, inputs)) == bits(unary(portable, op, inputs)), "operation \(op)")
      }
    }
  }

  @Test(arguments: tableNames)
  func simpleOperationsAreWhatTheyAreDefinedAs(_ name: String) throws {
    let table = try kernels(name)
    let inputs = anyFloats(333, stream: 34)
    for op in 0..<Int(FS_UNARY_COUNT) where defined(op, 1) != nil {
      #expect(bits(unary(table, op, inputs)) == bits(inputs.compactMap { defined(op, $0) }), "operation \(op)")
    }
  }

  @Test(arguments: tableNames)
  func operandsBroadcastAlongRowsAndColumns(_ name: String) throws {
    let table = try kernels(name)
    for (rows, columns) in [(1, 1), (3, 5), (4, 16), (5, 33), (7, 1), (2, 69)] {
      for first in layouts {
        for second in layouts {
          // -1 stands for a dense matrix, -2 for one with three floats between its rows.
          let strides = [first, second].map { $0.row == -1 ? columns : $0.row == -2 ? columns + 3 : $0.row }
          let a = anyFloats(rows * (columns + 3), stream: 35)
          let b = anyFloats(rows * (columns + 3), stream: 36)
          let ldout = columns + (first.row == -2 ? 2 : 0)
          var out = [Float](repeating: 9, count: rows * ldout)
          func expected(_ value: (Float, Float) -> Float) -> [UInt32] {
            var wanted = [Float](repeating: 9, count: rows * ldout)
            for i in 0..<rows {
              for j in 0..<columns {
                wanted[i * ldout + j] = value(
                  a[i * strides[0] + j * first.column], b[i * strides[1] + j * second.column])
              }
            }
            return bits(wanted)
          }
          a.withUnsafeBufferPointer { a0 in
            b.withUnsafeBufferPointer { b0 in
              let x = fs_view(data: a0.baseAddress, row_stride: Int64(strides[0]), col_stride: Int64(first.column))
              let y = fs_view(data: b0.baseAddress, row_stride: Int64(strides[1]), col_stride: Int64(second.column))
              for op in 0..<Int(FS_BINARY_COUNT) {
                table.binary(Int32(op), Int64(rows), Int64(columns), x, y, &out, Int64(ldout))
                #expect(bits(out) == expected { defined(op, $0, $1) }, "operation \(op)")
              }
              for slope: Float in [0, 0.2] {
                table.gate(Int64(rows), Int64(columns), slope, x, y, &out, Int64(ldout))
                #expect(bits(out) == expected { $1 > 0 ? $0 : closed($0, slope: slope) })
              }
              table.affine(Int64(rows), Int64(columns), 1.7, -0.3, x, &out, Int64(ldout))
              #expect(bits(out) == expected { a, _ in 1.7 * a + -0.3 })
              table.unary(Int32(FS_ABS), Int64(rows), Int64(columns), x, &out, Int64(ldout))
              #expect(bits(out) == expected { a, _ in abs(a) })
            }
          }
        }
      }
    }
  }

  @Test(arguments: tableNames)
  func anOperandMayBeOverwritten(_ name: String) throws {
    let table = try kernels(name)
    let start = moderateFloats(45, stream: 37)
    var values = start
    values.withUnsafeMutableBufferPointer {
      let view = fs_view(data: $0.baseAddress, row_stride: 9, col_stride: 1)
      table.binary(Int32(FS_MUL), 5, 9, view, view, $0.baseAddress, 9)
    }
    #expect(values == start.map { $0 * $0 })
  }
}
