// Single keys from the terminal, without a line end and without an echo.
internal import Foundation

/// What a person pressed.
package enum Key: Equatable, Sendable {
  case character(Character)
  /// Ctrl-C, Ctrl-D, or the end of the input.
  case end
}

/// Reads keys while it lives; the terminal is then as it was.
///
///     let keys = try KeyReader()
///     defer { keys.restore() }
///     let key = keys.next(within: 1) { interruption.signal != nil }
package final class KeyReader {
  private var former = termios()
  private var isRestored = false

  /// - Throws: `CommandFailure` where standard input is no terminal.
  package init() throws {
    guard Terminal.input.isInteractive, tcgetattr(STDIN_FILENO, &former) == 0 else {
      throw CommandFailure("standard input is no terminal")
    }
    var raw = former
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    guard tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else {
      throw CommandFailure("the terminal gives no single keys")
    }
  }

  deinit { restore() }

  package func restore() {
    guard !isRestored else { return }
    isRestored = true
    tcsetattr(STDIN_FILENO, TCSANOW, &former)
  }

  /// Forgets keys that were pressed and not read.
  package func discard() { tcflush(STDIN_FILENO, TCIFLUSH) }

  /// The next key.
  /// - Parameters:
  ///   - seconds: how long to wait; nil for as long as it takes.
  ///   - isStopped: asked ten times a second.
  /// - Returns: nil where none was pressed in time, or where waiting was stopped.
  package func next(within seconds: Double? = nil, until isStopped: () -> Bool) -> Key? {
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    while !isStopped() {
      let left = end.map { max(0, ($0 - ContinuousClock.now) / .milliseconds(1)) } ?? 100
      var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wanted, 1, Int32(min(100, left.rounded(.up))))
      if ready > 0 { return read() }
      if ready < 0, errno != EINTR { return .end }
      if let end, ContinuousClock.now >= end { return nil }
    }
    return nil
  }

  private func read() -> Key {
    var byte: UInt8 = 0
    guard Foundation.read(STDIN_FILENO, &byte, 1) == 1, byte != 3, byte != 4 else { return .end }
    return .character(Character(Unicode.Scalar(byte)))
  }
}
