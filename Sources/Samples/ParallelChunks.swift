// Loops over fixed chunks on all cores, with results in chunk order whatever thread computed them.
internal import Dispatch

/// The results of a function of 0..<count, computed in parallel, in order.
func inChunks<Result: Sendable>(count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
  guard count > 1 else { return (0..<max(0, count)).map(body) }
  return [Result?](unsafeUninitializedCapacity: count) { buffer, initialised in
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: count) { index in
      slots.baseAddress.unsafelyUnwrapped.advanced(by: index).initialize(to: body(index))
    }
    initialised = count
  }.compactMap { $0 }
}

/// An array whose chunks are filled in parallel.
/// - Parameter fill: writes the elements of a range of rows; the buffer holds `stride` elements for each of its rows.
func filledInChunks<Element: BitwiseCopyable>(
  rows: Int, stride: Int = 1, chunk: Int = 16384, zero: Element,
  _ fill: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Element>) -> Void
) -> [Element] {
  [Element](unsafeUninitializedCapacity: rows * stride) { buffer, initialised in
    buffer.initialize(repeating: zero)
    nonisolated(unsafe) let whole = buffer
    let chunks = (rows + chunk - 1) / chunk
    DispatchQueue.concurrentPerform(iterations: chunks) { index in
      let range = index * chunk..<min(rows, (index + 1) * chunk)
      fill(range, UnsafeMutableBufferPointer(rebasing: whole[range.lowerBound * stride..<range.upperBound * stride]))
    }
    initialised = rows * stride
  }
}
