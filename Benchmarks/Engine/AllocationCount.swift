// Counts the memory that the Swift runtime hands out to the calling thread, by the hook that its own instruments use.
#if canImport(Glibc)
  internal import Glibc

  private typealias Allocate =
    @convention(c) (_ metadata: UnsafeRawPointer?, _ size: Int, _ alignmentMask: Int) -> UnsafeMutableRawPointer?

  /// The thread whose allocations count, how many there were, and what really allocates.
  nonisolated(unsafe) private var countedThread: pthread_t = 0
  nonisolated(unsafe) private var count = 0
  nonisolated(unsafe) private var allocate: Allocate?

  /// How often `body` allocates an object, a closure's context or an array on this thread; nil where the runtime has no
  /// hook. For a process that does nothing else meanwhile: the hook is the whole process's.
  func allocations(_ body: () throws -> Void) rethrows -> Int? {
    let name = "_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly"
    guard let hook = dlsym(nil, "_swift_allocObject")?.assumingMemoryBound(to: Allocate.self),
      let enabled = dlsym(nil, name)?.assumingMemoryBound(to: Bool.self)
    else { return nil }
    allocate = hook.pointee
    count = 0
    countedThread = pthread_self()
    hook.pointee = { metadata, size, alignmentMask in
      if pthread_equal(countedThread, pthread_self()) != 0 { count += 1 }
      return allocate?(metadata, size, alignmentMask)
    }
    enabled.pointee = true
    defer {
      enabled.pointee = false
      if let allocate { hook.pointee = allocate }
    }
    try body()
    return count
  }
#endif
