// An attempt: a process that works on a run and holds its lock.
internal import Synchronization

/// A process that works on a run and holds its lock, from `RunStore.beginAttempt` to `RunStore.end`.
///
/// A process that drops it without ending it leaves a run that shows as crashed.
package final class Attempt: Sendable {
  package let run: RunNumber
  /// 1, 2, 3, … within the run.
  package let number: Int
  private let locks: RunLocks
  private let open = Mutex(true)

  /// Takes over a lock that is held.
  init(run: RunNumber, number: Int, locks: RunLocks) {
    self.run = run
    self.number = number
    self.locks = locks
  }

  deinit {
    finish()
  }

  /// Does something that only the run's holder may do.
  func whileHeld<Value>(_ body: () throws -> Value) throws -> Value {
    guard open.withLock({ $0 }) else { throw StoreError.attemptEnded(run: run, attempt: number) }
    return try body()
  }

  /// Releases the lock; has no effect the second time.
  func finish() {
    let wasOpen = open.withLock { open in
      defer { open = false }
      return open
    }
    if wasOpen { locks.release(run) }
  }
}
