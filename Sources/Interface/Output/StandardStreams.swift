// Results on standard output, everything else on standard error.
internal import Files
internal import Foundation
internal import Text

/// A failure of the command itself, in one line: what, where, how to repair it.
package struct CommandFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// Writes a result and a line break.
///
/// When the reader has closed the pipe, as `head` does, the rest is dropped silently.
/// - Throws: `CommandFailure` where the output cannot be written, as on a full disk.
package func printResult(_ text: String) throws {
  try writeResult(Array((text + "\n").utf8))
}

/// Writes a result's bytes as they are.
/// - Throws: as `printResult`.
package func writeResult(_ bytes: [UInt8]) throws {
  let failure = write(bytes, to: STDOUT_FILENO)
  guard failure == 0 || failure == EPIPE else {
    throw CommandFailure(
      "standard output cannot be written (\(systemReason(failure))); free some space or write somewhere else")
  }
}

/// Writes a line to standard error. Failures are ignored.
package func printNotice(_ text: String) {
  _ = write(Array((text + "\n").utf8), to: STDERR_FILENO)
}

/// Writes text as it is for the person who watches.
package func writeNotice(_ text: String) {
  _ = write(Array(text.utf8), to: STDERR_FILENO)
}

/// A text with its line breaks and runs of white space replaced by single spaces, and what would steer a terminal by
/// escapes.
package func oneLine(_ text: String) -> String {
  printable(
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: " "))
}

/// - Returns: 0, or the number of the error that stopped the writing.
private func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
  bytes.withUnsafeBytes { buffer in
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let count = write(descriptor, base + done, buffer.count - done)
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        return count == 0 ? ENOSPC : errno
      }
    }
    return 0
  }
}
