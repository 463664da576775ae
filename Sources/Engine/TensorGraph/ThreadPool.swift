// A fixed set of worker threads that share out chunks of work.
internal import CKernels

/// Chunks of work, made once and run often: running them allocates nothing.
final class ChunkedWork {
  let chunks: Int
  let body: (_ chunk: Int, _ worker: Int) -> Void

  init(chunks: Int, _ body: @escaping (_ chunk: Int, _ worker: Int) -> Void) {
    (self.chunks, self.body) = (chunks, body)
  }
}

/// Workers for the executor. Which worker computes a chunk never changes a bit of it.
package final class ThreadPool {
  let pool: OpaquePointer
  package let threads: Int

  package init(threads: Int) {
    self.threads = max(1, threads)
    pool = fs_pool_create(Int32(self.threads))
  }

  deinit { fs_pool_destroy(pool) }

  /// Does every chunk once and returns when all are done.
  func run(_ work: ChunkedWork) {
    fs_pool_run(
      pool, Int64(work.chunks),
      { context, chunk, worker in
        Unmanaged<ChunkedWork>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.body(Int(chunk), Int(worker)) }
      }, Unmanaged.passUnretained(work).toOpaque())
  }
}
