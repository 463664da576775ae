// Chunks cover every row once, and their results come in order at any number of threads.
import Numerics
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct ParallelChunksTests {
  @Test(arguments: [(0, 4), (1, 4), (4, 4), (5, 4), (4096, 1), (10, 100)])
  func chunksCoverEveryRowOnceInOrder(_ rows: Int, _ size: Int) {
    let chunks = RowChunks(rows, size: size)
    let ranges = (0..<chunks.count).map { chunks[$0] }
    #expect(ranges.flatMap(Array.init) == Array(0..<rows))
    #expect(ranges.dropLast().allSatisfy { $0.count == size })
    #expect(ranges.allSatisfy { !$0.isEmpty })
  }

  @Test func theLargestCountsDoNotOverflow() {
    let chunks = RowChunks(.max, size: 1 << 61)
    #expect(chunks.count == 4)
    #expect(chunks[3].upperBound == .max)
  }

  @Test(arguments: [nil, 1, 2, 3, 64, 0, -1] as [Int?])
  func resultsComeInChunkOrder(_ threads: Int?) {
    #expect(mapChunks(100, threads: threads) { "\($0)" } == (0..<100).map { "\($0)" })
    #expect(mapChunks(0, threads: threads) { $0 } == [])
    let calls = Mutex([Int]())
    forEachChunk(50, threads: threads) { chunk in calls.withLock { $0.append(chunk) } }
    #expect(calls.withLock { $0.sorted() } == Array(0..<50))
  }

  @Test func arraysAreFilledRowByRowAndZeroElsewhere() {
    let filled = filledInChunks(rows: 1000, stride: 3, chunk: 64, zero: -1) { range, buffer in
      for (offset, row) in range.enumerated() {
        buffer[3 * offset] = row
        buffer[3 * offset + 2] = 2 * row
      }
    }
    #expect(filled == (0..<1000).flatMap { [$0, -1, 2 * $0] })
    #expect(filledInChunks(rows: 0, zero: 0.0) { _, _ in }.isEmpty)
  }
}
