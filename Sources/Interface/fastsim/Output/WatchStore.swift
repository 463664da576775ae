// A list that is printed again when the store has changed.
import ArgumentParser
import Foundation
import Output
import RunStore
import Training

/// Prints a list, and prints it again whenever another one comes out, until a signal ends it.
///
/// On a terminal each list takes the place of the one before; elsewhere they follow each other, with an empty line
/// between them. The list is made when the store was written to, or while something on it may change by itself.
///
/// - Parameters:
///   - list: creates the list, given the terminal's number of lines, or nil without a terminal.
///   - print: prints it.
/// - Throws: `ExitCode` 128 + the signal.
func watchStore(
  _ store: RunStore, every seconds: Double, list: (Int?) throws -> (listing: Listing, isAlive: Bool),
  print: (Listing) throws -> Void
) throws {
  let interruption = Interruption()
  interruption.install()
  var shown: [[String]]?
  var seen: Int64?
  var isAlive = false
  while interruption.signal == nil {
    let writes = try store.writesSeen()
    if isAlive || writes != seen {
      seen = writes
      let next = try list(Terminal.output.isInteractive ? terminalHeight() : nil)
      isAlive = next.isAlive
      let texts = [next.listing.columns] + (0..<next.listing.rowCount).map { next.listing.row($0).map(\.exactText) }
      if texts != shown {
        if Terminal.output.isInteractive {
          try writeResult(Array("\u{1B}[H\u{1B}[2J".utf8))
        } else if shown != nil {
          try printResult("")
        }
        try print(next.listing)
        shown = texts
      }
    }
    let end = ContinuousClock.now + .seconds(seconds)
    while interruption.signal == nil, ContinuousClock.now < end {
      // The reader has closed the pipe.
      if outputIsClosed() { return }
      usleep(20_000)
    }
  }
  throw ExitCode(128 + (interruption.signal ?? SIGINT))
}

/// Lines of the terminal; nil where unknown.
private func terminalHeight() -> Int? {
  var size = winsize()
  return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : nil
}

private func outputIsClosed() -> Bool {
  var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
  return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR | POLLNVAL) != 0
}
