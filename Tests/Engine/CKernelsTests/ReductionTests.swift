// Row sums over 16 lanes and tree sums over parts, against their definitions, bit for bit.
import CKernels
import Testing

private func laneSum(_ terms: [Float]) -> Float {
  var lanes = [Float](repeating: 0, count: 16)
  for (column, term) in terms.enumerated() { lanes[column % 16] += term }
  for width in [8, 4, 2, 1] { for lane in 0..<width { lanes[lane] += lanes[lane + width] } }
  return lanes[0]
}

private func tree(_ parts: [Float]) -> Float {
  var level = parts
  while level.count > 1 {
    var next: [Float] = []
    for pair in 0..<level.count / 2 { next.append(level[2 * pair] + level[2 * pair + 1]) }
    if level.count % 2 == 1 { next.append(level[level.count - 1]) }
    level = next
  }
  return level.first ?? 0
}

@Suite(.timeLimit(.minutes(20))) struct ReductionTests {
  @Test(arguments: tableNames)
  func aRowSumHasSixteenLanes(_ name: String) throws {
    let table = try kernels(name)
    for columns in [0, 1, 2, 5, 8, 15, 16, 17, 31, 64, 69, 256] {
      for extreme in [false, true] {
        let rows = 6
        let stride = columns + 2
        let a = extreme ? anyFloats(rows * stride, stream: 41) : moderateFloats(rows * stride, stream: 41)
        let b = extreme ? anyFloats(rows * stride, stream: 42) : moderateFloats(rows * stride, stream: 42)
        for layout in 0..<4 {
          var sums = [Float](repeating: 3, count: 2 * rows)
          let repeated = layout == 2
          a.withUnsafeBufferPointer { a0 in
            b.withUnsafeBufferPointer { b0 in
              let x = fs_view(data: a0.baseAddress, row_stride: Int64(stride), col_stride: repeated ? 0 : 1)
              let y = fs_view(
                data: layout == 0 ? nil : b0.baseAddress, row_stride: layout == 3 ? 0 : Int64(stride), col_stride: 1)
              table.row_sum(Int64(rows), Int64(columns), x, y, &sums, 2)
            }
          }
          for i in 0..<rows {
            let terms = (0..<columns).map { j in
              let left = a[i * stride + (repeated ? 0 : j)]
              return layout == 0 ? left : left * b[(layout == 3 ? 0 : i * stride) + j]
            }
            #expect(bits([sums[2 * i]]) == bits([laneSum(terms)]), "\(columns) columns, layout \(layout)")
            #expect(sums[2 * i + 1] == 3)
          }
        }
      }
    }
  }

  @Test(arguments: tableNames)
  func partsAreSummedAsABinaryTree(_ name: String) throws {
    let table = try kernels(name)
    for count in [0, 1, 2, 3, 5, 7, 8, 13, 40] {
      for width in [1, 5, 16, 700] {
        let stride = width + 3
        let start =
          count % 2 == 0 ? moderateFloats(count * stride + 1, stream: 43) : anyFloats(count * stride, stream: 43)
        var parts = start
        var out = [Float](repeating: 5, count: width)
        table.tree_sum(Int64(count), Int64(width), &parts, Int64(stride), &out)
        let wanted = (0..<width).map { column in tree((0..<count).map { start[$0 * stride + column] }) }
        #expect(bits(out) == bits(wanted), "\(count) parts of \(width)")
      }
    }
  }
}
