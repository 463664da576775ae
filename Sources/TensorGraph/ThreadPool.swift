// A fixed set of worker threads that share out chunks of work.
internal import CKernels

/// Workers for the executor. Which worker computes a chunk never changes a bit of it.
package final class ThreadPool {
  let pool: OpaquePointer
  package let threads: Int

  package init(threads: Int) {
    self.threads = max(1, threads)
    pool = fs_pool_create(Int32(self.threads))
  }

  deinit { fs_pool_destroy(pool) }

  /// Calls `body(chunk, worker)` once for every chunk and returns when all are done.
  func run(chunks: Int, _ body: (Int, Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var escaping = body
      withUnsafeMutablePointer(to: &escaping) { pointer in
        fs_pool_run(
          pool, Int64(chunks),
          { context, chunk, worker in
            let body = context!.assumingMemoryBound(to: ((Int, Int) -> Void).self)
            body.pointee(Int(chunk), Int(worker))
          }, pointer)
      }
    }
  }
}
