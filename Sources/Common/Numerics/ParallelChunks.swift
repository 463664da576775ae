// Loops over fixed chunks on several threads, with results in chunk order.
internal import Dispatch

/// The rows `0..<rows` cut into chunks of equal size, the last one shorter.
///
///     let chunks = RowChunks(values.count, size: 4096)
///     let sums = mapChunks(chunks.count) { chunk in values[chunks[chunk]].reduce(0, +) }
///
/// What is summed by chunks has the same bits at any number of threads, because the chunks depend on the data alone.
@usableFromInline
package struct RowChunks: Sendable {
  @usableFromInline package let rows: Int
  @usableFromInline package let size: Int

  /// - Parameters:
  ///   - rows: 0 or more.
  ///   - size: rows in a chunk, 1 or more.
  @inlinable
  package init(_ rows: Int, size: Int) {
    self.rows = rows
    self.size = size
  }

  @inlinable
  package var count: Int { rows / size + (rows % size == 0 ? 0 : 1) }

  /// The rows of a chunk, one of `0..<count`.
  @inlinable
  package subscript(chunk: Int) -> Range<Int> {
    let first = chunk * size
    return first..<first + min(size, rows - first)
  }
}

/// Calls `body(0)`, …, `body(count - 1)` on several threads, in no promised order, and returns when all are done.
/// - Parameters:
///   - count: the number of chunks, a function of the data alone.
///   - threads: the largest number of threads; nil leaves their number to the system, 1 stays on the calling thread.
@usableFromInline
package func forEachChunk(_ count: Int, threads: Int? = nil, _ body: @Sendable (Int) -> Void) {
  let workers = min(max(1, threads ?? count), count)
  guard workers > 1 else {
    for chunk in 0..<max(0, count) { body(chunk) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    for chunk in stride(from: worker, to: count, by: workers) { body(chunk) }
  }
}

/// The results of `body(0)`, …, `body(count - 1)` in this order, computed as by ``forEachChunk(_:threads:_:)``.
@inlinable
package func mapChunks<Result>(_ count: Int, threads: Int? = nil, _ body: @Sendable (Int) -> Result) -> [Result] {
  [Result](unsafeUninitializedCapacity: max(0, count)) { buffer, initialised in
    // Each chunk writes its own element.
    nonisolated(unsafe) let results = buffer
    forEachChunk(count, threads: threads) { results.initializeElement(at: $0, to: body($0)) }
    initialised = max(0, count)
  }
}

/// An array whose rows are filled in chunks, on as many threads as the machine has.
/// - Parameters:
///   - stride: the elements of a row.
///   - chunk: rows in a chunk.
///   - zero: what every element is before `fill` runs.
///   - fill: writes the elements of a range of rows; the buffer holds `stride` elements for each of its rows.
/// - Returns: shape [rows * stride].
@inlinable
package func filledInChunks<Element: BitwiseCopyable & Sendable>(
  rows: Int, stride: Int = 1, chunk: Int = 16384, zero: Element,
  _ fill: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Element>) -> Void
) -> [Element] {
  [Element](unsafeUninitializedCapacity: rows * stride) { buffer, initialised in
    buffer.initialize(repeating: zero)
    // Each chunk writes its own rows.
    nonisolated(unsafe) let whole = buffer
    let chunks = RowChunks(rows, size: chunk)
    forEachChunk(chunks.count) { index in
      let range = chunks[index]
      fill(range, UnsafeMutableBufferPointer(rebasing: whole[range.lowerBound * stride..<range.upperBound * stride]))
    }
    initialised = rows * stride
  }
}
