// SIGINT, SIGTERM and SIGHUP become a request that the training loop sees between two steps.
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns termination signals into a flag between `install` and `remove`.
///
/// The sources of the signals are made once and stay: a source that is cancelled and made again may miss a signal. While
/// nobody catches signals, one ends the process as by default.
package final class Interruption: Sendable {
  private let signalNumber = Atomic<Int32>(0)
  private let users = Mutex(0)

  private static let active = Mutex<[Interruption]>([])
  private static let sources = Mutex<[any DispatchSourceSignal]>([])

  private static func makeSources() {
    sources.withLock { sources in
      guard sources.isEmpty else { return }
      let queue = DispatchQueue(label: "fastsim.signals")
      for number in [SIGINT, SIGTERM, SIGHUP] {
        Foundation.signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { received(number) }
        source.resume()
        sources.append(source)
      }
    }
  }

  private static func received(_ number: Int32) {
    let interruptions = active.withLock { $0 }
    let isFirst = interruptions.map { interruption in
      interruption.signalNumber.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing)
        .exchanged
    }
    if isFirst.isEmpty || isFirst.contains(false) { exit(128 + number) }
  }

  package init() {}

  /// The signal that requested an end, if one did.
  package var signal: Int32? {
    let number = signalNumber.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// Catches signals until `remove` is called as often. A second signal ends the process immediately: what was stored
  /// before is safe.
  package func install() {
    users.withLock { users in
      users += 1
      guard users == 1 else { return }
      Self.active.withLock { $0.append(self) }
      Self.makeSources()
    }
  }

  /// Leaves the signals to their default handling.
  package func remove() {
    users.withLock { users in
      users -= 1
      guard users == 0 else { return }
      Self.active.withLock { $0.removeAll { $0 === self } }
    }
  }
}
