// Work split into fixed chunks whose results come back in chunk order, whatever thread computed them.
import Dispatch

/// - Parameters:
///   - count: the number of chunks, a function of the data alone.
///   - threads: nil leaves the number of threads to the system; 1 stays on the calling thread.
/// - Returns: `body(0), body(1), ...` in this order; the same bits at any number of threads.
func mapChunks<Result>(_ count: Int, threads: Int?, _ body: @Sendable (Int) -> Result) -> [Result] {
  guard count > 1, threads != 1 else { return (0..<count).map(body) }
  return [Result](unsafeUninitializedCapacity: count) { buffer, initialised in
    nonisolated(unsafe) let results = buffer
    if let threads {
      let workers = max(1, min(threads, count))
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for chunk in stride(from: worker, to: count, by: workers) {
          results.initializeElement(at: chunk, to: body(chunk))
        }
      }
    } else {
      DispatchQueue.concurrentPerform(iterations: count) { results.initializeElement(at: $0, to: body($0)) }
    }
    initialised = count
  }
}
