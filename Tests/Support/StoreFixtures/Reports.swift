// Errors on several threads, as a test expects none.
internal import Synchronization

/// What several threads report.
package final class Reports: Sendable {
  private let lines = Mutex<[String]>([])

  package init() {}

  package func collect(_ body: () throws -> Void) {
    do { try body() } catch { lines.withLock { $0.append("\(error)") } }
  }

  package var all: [String] { lines.withLock { $0 } }
}
