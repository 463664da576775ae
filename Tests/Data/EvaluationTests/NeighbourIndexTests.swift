// Neighbours are those of a search through all pairs, in the same order, by every search and instruction set.
import Evaluation
import ReferenceCases
import Testing

/// All rows by (square, row), the squares summed in the order of the dimensions.
private func sortedRows(_ points: PointRows, _ query: ArraySlice<Double>) -> [(square: Double, row: Int)] {
  (0..<points.count).map { row in
    var square = 0.0
    for (a, b) in zip(query, points[row]) { square += (a - b) * (a - b) }
    return (square, row)
  }.sorted { ($0.square, $0.row) < ($1.square, $1.row) }
}

private func rows(_ random: inout RandomSample, _ count: Int, _ dimensions: Int, grid: Bool) -> PointRows {
  // On a grid most distances are tied.
  let values = (0..<count * dimensions).map { _ in grid ? (3 * random.uniform()).rounded() : random.normal() }
  return PointRows(values: values, count: count, dimensions: dimensions)
}

@Suite(.timeLimit(.minutes(20))) struct NeighbourIndexTests {
  @Test(arguments: [(1, false), (2, true), (3, false), (5, false), (8, true), (9, false), (17, true)])
  func neighboursAreThoseOfAllPairs(dimensions: Int, grid: Bool) throws {
    var random = RandomSample(seed: 31 + UInt64(dimensions))
    let points = rows(&random, 333, dimensions, grid: grid)
    let queries = rows(&random, 150, dimensions, grid: grid)
    let limits = (0..<150).map { _ in 2 * random.uniform() * Double(dimensions) }
    for search in [NeighbourIndex.Search.automatic, .tree, .tiles] {
      let index = try NeighbourIndex(points, search: search)
      let own = index.nearest(4, of: points, excludingSelf: true, threads: 2)
      for row in stride(from: 0, to: 333, by: 7) {
        let expected = sortedRows(points, points[row]).filter { $0.row != row }.prefix(4)
        #expect((0..<4).map { own.row(row, $0) } == expected.map(\.row))
        #expect((0..<4).map { own.square(row, $0) } == expected.map(\.square))
      }
      let inside = index.within(limits, of: queries, threads: 2)
      var touched = [UInt8](repeating: 0, count: points.count)
      for query in 0..<150 {
        let expected = sortedRows(points, queries[query]).filter { $0.square < limits[query] }.map(\.row).sorted()
        #expect(inside.counts[query] == expected.count)
        #expect(index.rows(within: limits[query], of: queries[query], count: 333) == expected)
        for row in expected { touched[row] = 1 }
      }
      #expect(inside.touched == touched)
    }
  }

  @Test func instructionSetsAndThreadsChangeNoNeighbour() throws {
    var random = RandomSample(seed: 77)
    for dimensions in [3, 12] {
      let (points, queries) = (rows(&random, 700, dimensions, grid: false), rows(&random, 300, dimensions, grid: false))
      let expected = try NeighbourIndex(points, instructions: "portable").nearest(5, of: queries, threads: 1)
      for name in ["sse2", "avx2", "avx512", "neon"] {
        for threads in [1, 2, 5] {
          #expect(try NeighbourIndex(points, instructions: name).nearest(5, of: queries, threads: threads) == expected)
        }
      }
    }
  }

  @Test func fewerPointsThanNeighboursLeavePlacesEmpty() throws {
    let points = PointRows(values: [1, 2, 2], count: 3, dimensions: 1)
    let found = try NeighbourIndex(points).nearest(4, of: points, excludingSelf: true, threads: 1)
    #expect(found.rows == [1, 2, -1, -1, 2, 0, -1, -1, 1, 0, -1, -1])
    #expect(found.square(0, 2) == .infinity)
    #expect(throws: EvaluationError.self) { try NeighbourIndex(PointRows(values: [], count: 0, dimensions: 2)) }
  }

  @Test func neighboursAgreeWithTheReference() throws {
    let reference = try ReferenceCase("nd_distances")
    let x = PointRows(try reference.points("x.npy"))
    let y = PointRows(try reference.points("y.npy")).rows(Array(0..<20))
    let found = try NeighbourIndex(x).nearest(3, of: y, threads: nil)
    #expect(try reference.mismatch("knn3_distances_first20_y_in_x", found.squares.map { $0.squareRoot() }) == nil)
    #expect(try reference.mismatch("knn3_indices", found.rows.map(Double.init)) == nil)
  }
}
