// The loop over the rows of a simulated table: memory taken once, filled in fixed chunks on any number of threads.
internal import Numerics
internal import Synchronization

/// The columns of a simulated table while rows are being written, and how the rows are shared out among threads.
///
/// Every row is a function of its index, so that threads and chunks decide when it is computed but not what it holds.
struct RowLoop {
  static let maximumRows = 1_000_000_000
  private static let chunk = 1024

  private let rows: Int
  private let threads: Int?
  private let progress: (@Sendable (Int) -> Void)?

  /// - Parameters:
  ///   - rows: 1 … 10⁹.
  ///   - columns: how many columns will be filled.
  ///   - threads: the largest number of threads; nil for one on each core.
  ///   - progress: called after each chunk with the rows done so far, in ascending order, never by two threads at the
  ///     same time.
  /// - Throws: `SimulationError.rowCount`, `.threadCount` or `.memory`.
  init(rows: Int, columns: Int, threads: Int?, progress: (@Sendable (Int) -> Void)?) throws(SimulationError) {
    guard rows >= 1, rows <= Self.maximumRows else { throw .rowCount(rows) }
    if let threads, threads < 1 { throw .threadCount(threads) }
    let needed = rows * columns * MemoryLayout<Double>.stride
    let available = memoryOfOneRequest()
    guard needed <= available else { throw .memory(rows: rows, needed: needed, available: available) }
    self.rows = rows
    self.threads = threads
    self.progress = progress
  }

  /// The filled columns, each of `rows` values.
  /// - Parameter body: writes every column of the rows of a range.
  func columns(_ count: Int, body: @Sendable (Range<Int>, ColumnPointers) -> Void) -> [[Double]] {
    allocate(count, pointers: []) { run(ColumnPointers(pointers: $0), body: body) }
  }

  /// Nests the closures in which arrays lend their uninitialised memory.
  private func allocate(
    _ count: Int, pointers: [UnsafeMutablePointer<Double>], fill: ([UnsafeMutablePointer<Double>]) -> Void
  ) -> [[Double]] {
    guard count > 0 else {
      fill(pointers)
      return []
    }
    var others: [[Double]] = []
    let column = [Double](unsafeUninitializedCapacity: rows) { buffer, initialised in
      // There is at least one row, so that the buffer has an address.
      let address = buffer.baseAddress.unsafelyUnwrapped
      others = allocate(count - 1, pointers: pointers + [address], fill: fill)
      initialised = rows
    }
    return [column] + others
  }

  private func run(_ pointers: ColumnPointers, body: @Sendable (Range<Int>, ColumnPointers) -> Void) {
    let chunks = RowChunks(rows, size: Self.chunk)
    let done = Mutex(0)
    forEachChunk(chunks.count, threads: threads) { chunk in
      let range = chunks[chunk]
      body(range, pointers)
      if let progress {
        done.withLock {
          $0 += range.count
          progress($0)
        }
      }
    }
  }
}

/// Where the columns' values are written. Threads write different rows, so that no two touch the same memory.
struct ColumnPointers: @unchecked Sendable {
  fileprivate let pointers: [UnsafeMutablePointer<Double>]

  /// Stores a value that has not been stored yet.
  @inline(__always)
  func store(_ value: Double, row: Int, column: Int) {
    (pointers[column] + row).initialize(to: value)
  }
}
