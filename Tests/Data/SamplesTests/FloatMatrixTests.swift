// Rows of columns become row-major float32.
import Samples
import Testing

@Suite(.timeLimit(.minutes(20))) struct FloatMatrixTests {
  @Test func matricesAreRowMajorInTheAskedOrder() {
    let columns = [[1.0, 2, 3], [0.1, 0.2, 0.3]]
    #expect(floatMatrix(columns: columns) == [1, 0.1, 2, 0.2, 3, 0.3])
    #expect(floatMatrix(columns: columns, rows: [2, 0, 2]) == [3, 0.3, 1, 0.1, 3, 0.3])
    #expect(floatMatrix(columns: columns, rows: []) == [])
    #expect(floatMatrix(columns: [], rows: [0]) == [])
    #expect(floatMatrix(columns: [[1e300, -1e300]]) == [.infinity, -.infinity])
  }

  @Test func largeMatricesAreTheSameAsSmallOnes() {
    let rows = 100_003
    let columns = (0..<3).map { column in (0..<rows).map { normal(20 + UInt64(column), $0) } }
    let order = (0..<rows).map { ($0 * 7919) % rows }
    let matrix = floatMatrix(columns: columns, rows: order)
    #expect(matrix.count == 3 * rows)
    for position in stride(from: 0, to: rows, by: 997) {
      #expect(Array(matrix[3 * position..<3 * position + 3]) == columns.map { Float($0[order[position]]) })
    }
  }
}
