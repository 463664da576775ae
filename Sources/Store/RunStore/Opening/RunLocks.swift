// The sidecar file whose byte N is locked by the process that works on run N.
internal import Files
internal import Glibc
internal import Synchronization

/// Locks on single bytes of `<store>-lock`. The kernel releases them when the process ends, for whatever reason.
///
/// On Linux they are open-file-description locks, so that two handles of one process exclude each other, too. The
/// file stays empty and is never removed; removing it while a run is in training would make the run look crashed.
package final class RunLocks: Sendable {
  private struct State {
    var descriptor: Int32 = -1
    var held: Set<RunNumber> = []
  }

  private let path: String
  private let creates: Bool
  private let state = Mutex(State())

  /// - Parameter creates: makes the file when it is needed; else an absent file means that nothing is locked.
  package init(path: String, creates: Bool) {
    self.path = path
    self.creates = creates
  }

  deinit {
    state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
  }

  /// Locks the run's byte; false when another handle has it.
  package func acquire(_ run: RunNumber) throws(StoreError) -> Bool {
    try state.withLock { (state) throws(StoreError) -> Bool in
      guard !state.held.contains(run), let file = try opened(&state) else { return false }
      guard control(file, Command.set, F_WRLCK, run) != nil else {
        if errno == EAGAIN || errno == EACCES { return false }
        throw .inputOutput(path: path, reason: "the file system has no locks: \(systemReason(errno))")
      }
      state.held.insert(run)
      return true
    }
  }

  /// Unlocks the run's byte.
  package func release(_ run: RunNumber) {
    state.withLock { state in
      guard state.held.remove(run) != nil else { return }
      _ = control(state.descriptor, Command.set, F_UNLCK, run)
    }
  }

  /// Whether any process, this one included, works on the run.
  package func isHeld(_ run: RunNumber) throws(StoreError) -> Bool {
    try state.withLock { (state) throws(StoreError) -> Bool in
      if state.held.contains(run) { return true }
      guard let file = try opened(&state) else { return false }
      guard let answer = control(file, Command.get, F_WRLCK, run) else {
        throw .inputOutput(path: path, reason: "the file system has no locks: \(systemReason(errno))")
      }
      return answer.l_type != Int16(F_UNLCK)
    }
  }

  private func opened(_ state: inout State) throws(StoreError) -> Int32? {
    if state.descriptor < 0 {
      let flags = (creates ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC
      state.descriptor = open(path, flags, 0o666)
      guard state.descriptor >= 0 else {
        if errno == ENOENT { return nil }
        throw .unreadable(path: path, reason: systemReason(errno))
      }
    }
    return state.descriptor
  }

  private enum Command {
    static let get: Int32 = 36
    static let set: Int32 = 37
  }

  /// What the kernel answers; nil with `errno` set when it refuses.
  private func control(_ file: Int32, _ command: Int32, _ type: some BinaryInteger, _ run: RunNumber) -> flock? {
    var lock = flock()
    lock.l_type = Int16(type)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(run.value)
    lock.l_len = 1
    return fcntl(file, command, &lock) == 0 ? lock : nil
  }
}
