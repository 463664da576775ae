// A clock that tells what the test wants.
import Synchronization

final class Clock: Sendable {
  private let time: Mutex<String>

  init(_ time: String) {
    self.time = Mutex(time)
  }

  var now: String {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }
}
