// A clock that tells what the test wants.
internal import Synchronization

package final class Clock: Sendable {
  private let time: Mutex<String>

  package init(_ time: String) {
    self.time = Mutex(time)
  }

  package var now: String {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }
}
