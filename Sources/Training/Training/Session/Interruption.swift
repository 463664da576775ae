// SIGINT, SIGTERM and SIGHUP become a request that the training loop sees between two steps.
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Turns termination signals into a flag while it lives.
package final class Interruption: Sendable {
  private let signalNumber = Atomic<Int32>(0)
  private let state = Mutex<(users: Int, sources: [any DispatchSourceSignal])>((0, []))

  package init() {}

  /// The signal that requested an end, if one did.
  package var signal: Int32? {
    let number = signalNumber.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// Catches signals until `remove` is called as often. A second signal ends the process immediately: what was stored
  /// before is safe.
  package func install() {
    let queue = DispatchQueue(label: "fastsim.signals")
    state.withLock { state in
      state.users += 1
      guard state.users == 1 else { return }
      for number in [SIGINT, SIGTERM, SIGHUP] {
        Foundation.signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [self] in
          let (first, _) = signalNumber.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing)
          if !first { exit(128 + number) }
        }
        source.resume()
        state.sources.append(source)
      }
    }
  }

  /// Restores the default handling of the signals.
  package func remove() {
    state.withLock { state in
      state.users -= 1
      guard state.users == 0 else { return }
      for source in state.sources { source.cancel() }
      state.sources = []
      for number in [SIGINT, SIGTERM, SIGHUP] { Foundation.signal(number, SIG_DFL) }
    }
  }
}
